-- What the rows of matrix.txt ask for; {name} is the id that fixture.rs gives the name.
-- Everything about one person holds that person's mark (Zowner, Zother, ...), by which lists are judged.

INSERT INTO training_staff (id, rank, first_name, last_name, email, is_profile_completed) VALUES
    ({staff_member}, 'Sgt', 'Maria', 'Zstaff', 'zstaff@example.test', FALSE),
    ({other_staff_member}, 'Sgt', 'Pedro', 'Zcolleague', 'zcolleague@example.test', FALSE);
INSERT INTO training_staff (id, rank, first_name, last_name, is_archived) VALUES
    ({archived_staff_member}, 'Sgt', 'Old', 'Zretired', TRUE);

INSERT INTO cadets (id, rank, first_name, last_name, email, company, platoon, cadet_course, status, student_id,
                    is_profile_completed, is_archived) VALUES
    ({cadet}, 'Cdt', 'Juan', 'Zowner', 'zowner@example.test', 'Alpha', '1st', 'MS1', 'Ongoing', 'Z-1', FALSE, FALSE),
    ({other_cadet}, 'Cdt', 'Ana', 'Zother', 'zother@example.test', 'Alpha', '1st', 'MS1', 'Ongoing', 'Z-2', FALSE, FALSE),
    ({pending_cadet}, 'Cdt', 'Neo', 'Zpending', NULL, 'Alpha', '1st', 'MS1', 'Ongoing', 'Z-3', FALSE, FALSE),
    ({completed_cadet}, 'Cdt', 'Rizal', 'Zcompleted', NULL, 'Alpha', '1st', 'MS2', 'Completed', 'Z-4', TRUE, FALSE),
    ({archived_cadet}, 'Cdt', 'Gone', 'Zarchived', NULL, 'Alpha', '1st', 'MS1', 'Ongoing', 'Z-5', TRUE, TRUE);

INSERT INTO users (id, username, email, password, role, cadet_id, staff_id, is_approved, is_archived) VALUES
    ({admin_user}, 'Zadmin', 'zadmin@example.test', 'x', 'admin', NULL, NULL, 1, FALSE),
    ({staff_user}, 'Zstaff', 'zstaff@example.test', 'x', 'training_staff', NULL, {staff_member}, 1, FALSE),
    ({owner_user}, 'Zowner', 'zowner@example.test', 'x', 'cadet', {cadet}, NULL, 1, FALSE),
    ({other_user}, 'Zother', 'zother@example.test', 'x', 'cadet', {other_cadet}, NULL, 1, FALSE),
    ({pending_user}, 'Zpending', NULL, 'x', 'cadet', {pending_cadet}, NULL, 0, FALSE),
    ({archived_user}, 'Zarchived', NULL, 'x', 'cadet', {archived_cadet}, NULL, 0, TRUE);
UPDATE users SET last_latitude = 8.5, last_longitude = 124.2, last_location_at = now();

INSERT INTO grades (cadet_id, merit_points, lifetime_merit_points) VALUES ({cadet}, 60, 60), ({other_cadet}, 5, 5);
INSERT INTO merit_demerit_logs (id, cadet_id, type, points, reason) VALUES
    ({ledger_entry}, {cadet}, 'merit', 60, 'Zowner'), (DEFAULT, {other_cadet}, 'merit', 5, 'Zother');

INSERT INTO training_days (id, date, title) VALUES ({training_day}, '2026-02-01', 'Drill');
INSERT INTO attendance_records (id, training_day_id, cadet_id, status, remarks) VALUES
    ({attendance_record}, {training_day}, {cadet}, 'present', 'Zowner'),
    (DEFAULT, {training_day}, {other_cadet}, 'present', 'Zother');
INSERT INTO staff_attendance_records (id, training_day_id, staff_id, status, remarks) VALUES
    ({staff_attendance_record}, {training_day}, {staff_member}, 'present', 'Zstaff'),
    (DEFAULT, {training_day}, {other_staff_member}, 'present', 'Zcolleague');

INSERT INTO excuse_letters (id, cadet_id, date_absent, reason, file_url) VALUES
    ({excuse_letter}, {cadet}, '2026-02-01', 'Zowner', '/uploads/{letter}'),
    (DEFAULT, {other_cadet}, '2026-02-01', 'Zother', '/uploads/letter-zother.pdf');
UPDATE cadets SET profile_pic = '/uploads/{photo}' WHERE id = {cadet};
UPDATE training_staff SET profile_pic = '/uploads/{photo}' WHERE id = {staff_member};
UPDATE users SET profile_pic = '/uploads/{photo}' WHERE id = {admin_user};
INSERT INTO muster.uploads (address, kind, uploaded_by) VALUES ('/uploads/{upload}.png', 'profile_pic', '{owner_user}');

INSERT INTO notifications (id, user_id, message, type) VALUES
    ({announcement}, NULL, 'Hello', 'announcement'), ({notice}, {owner_user}, 'Zowner', 'grade'),
    (DEFAULT, {other_user}, 'Zother', 'grade'), (DEFAULT, {staff_user}, 'Zstaff', 'attendance'),
    (DEFAULT, {admin_user}, 'Zadmin', 'ask_admin');
INSERT INTO admin_messages (id, user_id, sender_role, subject, message) VALUES
    ({question}, {owner_user}, 'cadet', 'Zowner', 'Why?'), (DEFAULT, {other_user}, 'cadet', 'Zother', 'When?'),
    (DEFAULT, {staff_user}, 'training_staff', 'Zstaff', 'How?');
INSERT INTO staff_messages (id, sender_staff_id, content) VALUES
    ({chat_message}, {staff_member}, 'Zstaff'), ({colleagues_chat_message}, {other_staff_member}, 'Zcolleague');

INSERT INTO activities (id, title, type, image_path, images) VALUES
    ({activity}, 'Cleaning', 'activity', '/uploads/{photo}', '["/uploads/{photo}", "/uploads/second.png"]');
INSERT INTO activity_images (id, activity_id, image_path) VALUES
    ({activity_image}, {activity}, '/uploads/{photo}'), (DEFAULT, {activity}, '/uploads/second.png');
INSERT INTO system_settings (key, value) VALUES ('{setting}', '2025-2026');

INSERT INTO muster.jobs (id, kind, queue, payload, result, created_by) VALUES
    ('{job}', 'nothing', 'import', '{}', '"Zowner"', {owner_user}),
    (DEFAULT, 'nothing', 'import', '{}', '"Zother"', {other_user}), (DEFAULT, 'nothing', 'import', '{}', '"Zstaff"', {staff_user}),
    (DEFAULT, 'nothing', 'import', '{}', '"Zadmin"', {admin_user});
INSERT INTO muster.workers (id, name, queues, at_once, started_at, seen_at)
    VALUES (gen_random_uuid(), 'a test', '{import}', 2, '2026-02-02 08:00Z', '2026-02-02 08:00Z');
