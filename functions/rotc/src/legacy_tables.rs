//! The database of the legacy server, for copying it into ours.

use shared::system::{DerivedColumn, LegacyTables};

/// All its tables.
pub static LEGACY: LegacyTables = LegacyTables {
    tables: &[
        "training_staff",
        "cadets",
        "users",
        "user_settings",
        "grades",
        "training_days",
        "attendance_records",
        "staff_attendance_records",
        "excuse_letters",
        "merit_demerit_logs",
        "activities",
        "activity_images",
        "admin_messages",
        "staff_messages",
        "notifications",
        "push_subscriptions",
        "system_settings",
        "audit_logs",
        "sync_events",
        "staff_audit",
    ],
    keys: &[("user_settings", "user_id")],
    marks: &["cadets", "merit_demerit_logs", "training_staff"],
    occupied: &["cadets", "users"],
    // A notice without a user is for everyone: emptying the column would publish a private notice.
    strict: &["notifications"],
    // On PostgreSQL the legacy server never marked an event as processed. Nobody waits for these any more.
    adjust: &[(
        "sync_events",
        "UPDATE stage SET processed = true, processed_at = coalesce(processed_at, created_at, now())
         WHERE processed IS NOT TRUE",
    )],
    // As the legacy server did when it added the column.
    derived: &[DerivedColumn {
        table: "grades",
        column: "lifetime_merit_points",
        fill: "UPDATE public.grades SET lifetime_merit_points = coalesce(
                   (SELECT sum(points) FROM public.merit_demerit_logs log
                    WHERE log.cadet_id = grades.cadet_id AND log.type = 'merit'), 0)",
    }],
    blank_is_null: &[],
    computed: &[],
    complete: None,
};
