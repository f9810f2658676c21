-- What the examples of the description ask for, beside the fixtures of the role matrix.
UPDATE cadets SET student_id = '2026-0001', first_name = 'Juan', last_name = 'Dela Cruz' WHERE id = 820001;
UPDATE users SET username = 'juan.delacruz', password = '{password}' WHERE id = 830003;
UPDATE users SET username = 'maria.reyes', password = '{password}' WHERE id = 830002;
INSERT INTO system_settings (key, value) VALUES ('cadet_list_source_url', '{list}');
INSERT INTO muster.uploads (address, kind, uploaded_by) VALUES ('/uploads/activity-riverside.png', 'activity_image', '830002');
DELETE FROM staff_attendance_records WHERE staff_id = 810002;
