//! What a backup holds: every legacy table, each with every column but passwords and push keys.

use shared::{db::Sql, sql};

/// Tables and how their rows are read: first those of the legacy backup, in its order.
pub const TABLES: &[(&str, Sql)] = &[
    (
        "cadets",
        sql!(
            "SELECT id, rank, first_name, middle_name, last_name, suffix_name, email, contact_number, address, course,
                    year_level, school_year, battalion, company, platoon, cadet_course, semester, corp_position, gender,
                    status, student_id, profile_pic, is_profile_completed, is_archived, has_seen_guide, created_at,
                    religion, birthdate
             FROM cadets ORDER BY id"
        ),
    ),
    (
        "users",
        sql!(
            "SELECT id, username, role, cadet_id, staff_id, is_approved, email, profile_pic, gender, is_archived,
                    last_latitude, last_longitude, last_location_at, last_seen, created_at, last_location_accuracy,
                    last_location_provider
             FROM users ORDER BY id"
        ),
    ),
    (
        "grades",
        sql!(
            "SELECT id, cadet_id, attendance_present, merit_points, demerit_points, prelim_score, midterm_score,
                    final_score, status, lifetime_merit_points
             FROM grades ORDER BY id"
        ),
    ),
    (
        "activities",
        sql!("SELECT id, title, description, date, image_path, images, type FROM activities ORDER BY id"),
    ),
    (
        "merit_demerit_logs",
        sql!(
            "SELECT id, cadet_id, type, points, reason, date_recorded, issued_by_user_id, issued_by_name
             FROM merit_demerit_logs ORDER BY id"
        ),
    ),
    (
        "training_days",
        sql!("SELECT id, date, title, description FROM training_days ORDER BY id"),
    ),
    (
        "attendance_records",
        sql!(
            "SELECT id, training_day_id, cadet_id, status, remarks, time_in, time_out
             FROM attendance_records ORDER BY id"
        ),
    ),
    (
        "training_staff",
        sql!(
            "SELECT id, rank, first_name, middle_name, last_name, suffix_name, email, contact_number, role, profile_pic,
                    afpsn, birthdate, birthplace, age, height, weight, blood_type, address, civil_status, nationality,
                    gender, language_spoken, combat_boots_size, uniform_size, bullcap_size, facebook_link, rotc_unit,
                    mobilization_center, is_profile_completed, has_seen_guide, created_at, is_archived, qr_code_data
             FROM training_staff ORDER BY id"
        ),
    ),
    (
        "staff_attendance_records",
        sql!(
            "SELECT id, training_day_id, staff_id, status, remarks, time_in, time_out
             FROM staff_attendance_records ORDER BY id"
        ),
    ),
    (
        "notifications",
        sql!("SELECT id, user_id, message, type, is_read, created_at FROM notifications ORDER BY id"),
    ),
    (
        "staff_messages",
        sql!("SELECT id, sender_staff_id, content, created_at FROM staff_messages ORDER BY id"),
    ),
    (
        "user_settings",
        sql!(
            "SELECT user_id, email_alerts, push_notifications, activity_updates, dark_mode, compact_mode, primary_color,
                    custom_bg
             FROM user_settings ORDER BY user_id"
        ),
    ),
    (
        "excuse_letters",
        sql!(
            "SELECT id, cadet_id, training_day_id, date_absent, reason, file_url, status, created_at
             FROM excuse_letters ORDER BY id"
        ),
    ),
    (
        "activity_images",
        sql!("SELECT id, activity_id, image_path, created_at FROM activity_images ORDER BY id"),
    ),
    (
        "admin_messages",
        sql!(
            "SELECT id, user_id, sender_role, subject, message, status, admin_reply, created_at
             FROM admin_messages ORDER BY id"
        ),
    ),
    (
        "push_subscriptions",
        sql!("SELECT id, user_id, created_at FROM push_subscriptions ORDER BY id"),
    ),
    (
        "system_settings",
        sql!("SELECT id, key, value FROM system_settings ORDER BY id"),
    ),
    (
        "audit_logs",
        sql!(
            "SELECT id, table_name, operation, record_id, user_id, payload, created_at
             FROM audit_logs ORDER BY id"
        ),
    ),
    (
        "sync_events",
        sql!(
            "SELECT id, event_type, cadet_id, payload, created_at, processed, processed_at
             FROM sync_events ORDER BY id"
        ),
    ),
    (
        "staff_audit",
        sql!(
            "SELECT id, action, staff_id, before_json, after_json, user_id, created_at
             FROM staff_audit ORDER BY id"
        ),
    ),
];
