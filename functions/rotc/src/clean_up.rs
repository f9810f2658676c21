//! What goes every night of what only this system has.

use shared::{jobs::CleanUpRule, sql};

/// Old notices, events and results, and files full of personal data that nobody fetches any more.
pub static CLEAN_UP: &[CleanUpRule] = &[
    CleanUpRule::Rows {
        what: "notifications",
        after_days: 30,
        // The audit log gets one row for all notices of a batch (`R__watched_tables.sql`).
        delete: sql!(
            "WITH old AS (
                 SELECT id FROM notifications WHERE is_read AND created_at < $1::timestamptz AT TIME ZONE 'UTC'
                 ORDER BY created_at LIMIT $2),
             noted AS (
                 INSERT INTO audit_logs (table_name, operation, payload)
                 SELECT 'notifications', 'CLEAN_UP',
                        jsonb_build_object('as', 'clean-up', 'deleted', count(*), 'created_before', $1)
                 FROM old HAVING count(*) > 0)
             DELETE FROM notifications WHERE id IN (SELECT id FROM old)"
        ),
    },
    CleanUpRule::Rows {
        what: "notification_states",
        after_days: 0,
        // Notices are never given an old id again, so the moment does not matter.
        delete: sql!(
            "DELETE FROM muster.notification_states WHERE ctid IN (
                 SELECT states.ctid FROM muster.notification_states AS states
                 WHERE $1::timestamptz IS NOT NULL
                   AND (NOT EXISTS (SELECT FROM notifications WHERE notifications.id = states.notification_id)
                        OR NOT EXISTS (SELECT FROM users WHERE users.id = states.user_id))
                 LIMIT $2)"
        ),
    },
    CleanUpRule::Rows {
        what: "sync_events",
        after_days: 7,
        delete: sql!(
            "DELETE FROM sync_events WHERE id IN (
                 SELECT id FROM sync_events WHERE processed AND processed_at < $1::timestamptz AT TIME ZONE 'UTC'
                 ORDER BY processed_at LIMIT $2)"
        ),
    },
    CleanUpRule::Rows {
        what: "ocr_results",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.ocr_results WHERE ctid IN (
                 SELECT ctid FROM muster.ocr_results WHERE created_at < $1 LIMIT $2)"
        ),
    },
    // Those with a row go with it (`expire_reports`); a batch that was cancelled at its end has left none.
    CleanUpRule::Files {
        folder: "reports/",
        unneeded: sql!(
            "SELECT name FROM unnest($1::text[]) AS stored (name)
             WHERE NOT EXISTS (SELECT FROM muster.report_files WHERE 'reports/' || task_id = name)
               AND NOT EXISTS (SELECT FROM muster.jobs
                               WHERE 'reports/' || id = name AND status IN ('queued', 'running'))"
        ),
    },
];
