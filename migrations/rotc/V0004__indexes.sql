-- Why: the indexes of the legacy server, under their legacy names so that its start finds them and adds none.
--
-- Some cover the same columns twice (idx_ and idx_perf_). The legacy server would create either again, so both stay.

-- Made at every start of the legacy server.
CREATE INDEX IF NOT EXISTS idx_cadets_company ON public.cadets (company);
CREATE INDEX IF NOT EXISTS idx_cadets_platoon ON public.cadets (platoon);
CREATE INDEX IF NOT EXISTS idx_cadets_status ON public.cadets (status);
CREATE INDEX IF NOT EXISTS idx_cadets_course ON public.cadets (course);
CREATE INDEX IF NOT EXISTS idx_users_is_approved ON public.users (is_approved);
CREATE INDEX IF NOT EXISTS idx_users_cadet_id ON public.users (cadet_id);
CREATE INDEX IF NOT EXISTS idx_attendance_cadet_id ON public.attendance_records (cadet_id);
CREATE INDEX IF NOT EXISTS idx_attendance_training_day_id ON public.attendance_records (training_day_id);
CREATE INDEX IF NOT EXISTS idx_staff_attendance_staff_id ON public.staff_attendance_records (staff_id);
CREATE INDEX IF NOT EXISTS idx_staff_attendance_training_day_id ON public.staff_attendance_records (training_day_id);
CREATE INDEX IF NOT EXISTS idx_notifications_user_id ON public.notifications (user_id);
CREATE INDEX IF NOT EXISTS idx_admin_messages_user_id ON public.admin_messages (user_id);
CREATE INDEX IF NOT EXISTS idx_training_days_date ON public.training_days (date);

-- Made by its performance migration.
CREATE INDEX IF NOT EXISTS idx_perf_grades_cadet_id ON public.grades (cadet_id);
CREATE INDEX IF NOT EXISTS idx_perf_users_cadet_id ON public.users (cadet_id);
CREATE INDEX IF NOT EXISTS idx_perf_users_staff_id ON public.users (staff_id);
CREATE INDEX IF NOT EXISTS idx_perf_merit_demerit_cadet_id ON public.merit_demerit_logs (cadet_id);
CREATE INDEX IF NOT EXISTS idx_perf_attendance_cadet_id ON public.attendance_records (cadet_id);
CREATE INDEX IF NOT EXISTS idx_perf_attendance_training_day_id ON public.attendance_records (training_day_id);
CREATE INDEX IF NOT EXISTS idx_perf_staff_attendance_staff_id ON public.staff_attendance_records (staff_id);
CREATE INDEX IF NOT EXISTS idx_perf_staff_attendance_training_day_id ON public.staff_attendance_records (training_day_id);
CREATE INDEX IF NOT EXISTS idx_perf_excuse_letters_cadet_id ON public.excuse_letters (cadet_id);
CREATE INDEX IF NOT EXISTS idx_perf_excuse_letters_training_day_id ON public.excuse_letters (training_day_id);
CREATE INDEX IF NOT EXISTS idx_perf_notifications_user_id ON public.notifications (user_id);
CREATE INDEX IF NOT EXISTS idx_perf_cadets_status ON public.cadets (status);
CREATE INDEX IF NOT EXISTS idx_perf_cadets_is_archived ON public.cadets (is_archived);
CREATE INDEX IF NOT EXISTS idx_perf_users_is_archived ON public.users (is_archived);
CREATE INDEX IF NOT EXISTS idx_perf_merit_demerit_type ON public.merit_demerit_logs (type);
CREATE INDEX IF NOT EXISTS idx_perf_merit_demerit_date ON public.merit_demerit_logs (date_recorded);
CREATE INDEX IF NOT EXISTS idx_perf_attendance_status ON public.attendance_records (status);
CREATE INDEX IF NOT EXISTS idx_perf_training_days_date ON public.training_days (date);
CREATE INDEX IF NOT EXISTS idx_perf_notifications_is_read ON public.notifications (is_read);
CREATE INDEX IF NOT EXISTS idx_perf_activities_type ON public.activities (type);
CREATE INDEX IF NOT EXISTS idx_perf_activities_date ON public.activities (date);
CREATE INDEX IF NOT EXISTS idx_perf_cadets_status_archived ON public.cadets (status, is_archived);
CREATE INDEX IF NOT EXISTS idx_perf_merit_demerit_cadet_type ON public.merit_demerit_logs (cadet_id, type);
CREATE INDEX IF NOT EXISTS idx_perf_attendance_training_cadet ON public.attendance_records (training_day_id, cadet_id);
CREATE INDEX IF NOT EXISTS idx_perf_notifications_user_read ON public.notifications (user_id, is_read);

-- Ours: sign-in without regard to case, the queue of unsent events, the newest notices of a user, the audit log by time
-- and by record.
CREATE INDEX IF NOT EXISTS idx_muster_users_username ON public.users (lower(username));
CREATE INDEX IF NOT EXISTS idx_muster_users_email ON public.users (lower(email));
CREATE INDEX IF NOT EXISTS idx_muster_cadets_email ON public.cadets (lower(email));
CREATE INDEX IF NOT EXISTS idx_muster_cadets_student_id ON public.cadets (lower(student_id));
CREATE INDEX IF NOT EXISTS idx_muster_sync_events_unprocessed ON public.sync_events (id) WHERE processed IS NOT TRUE;
CREATE INDEX IF NOT EXISTS idx_muster_notifications_user_created ON public.notifications (user_id, created_at);
CREATE INDEX IF NOT EXISTS idx_muster_merit_demerit_issuer ON public.merit_demerit_logs (issued_by_user_id);
CREATE INDEX IF NOT EXISTS idx_muster_audit_logs_created ON public.audit_logs (created_at);
CREATE INDEX IF NOT EXISTS idx_muster_audit_logs_record ON public.audit_logs (table_name, record_id);
