//! Removing what nobody needs any more, every night.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    db::Sql,
    jobs::{Job, Task},
    sql,
};

use super::{NIGHT, clean_up_vault::clean_up_vault};
use crate::audit;

/// Rows of one transaction: others wait for none of them for long.
const BATCH: i64 = 5_000;

/// Removes read notices, sent events and mails, ended sessions and jobs, counts of the past, and stored files of exports,
/// imports and reports that nobody can fetch any more.
///
/// Safe to run twice: what is gone is gone.
#[derive(Debug, Serialize, Deserialize)]
pub struct CleanUp {}

impl Job for CleanUp {
    const KIND: &'static str = "clean_up";

    const EVERY: Option<Duration> = Some(Duration::from_hours(24));
    const AT: Duration = NIGHT;

    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        for rule in RULES {
            let deleted = remove(app, rule).await?;
            if deleted > 0 {
                tracing::info!(what = rule.what, deleted, "cleaned up");
            }
        }
        let deleted = clean_up_vault(app).await?;
        if deleted > 0 {
            tracing::info!(what = "files", deleted, "cleaned up");
        }
        Ok(())
    }
}

/// What goes when. The statement gets the moment before which it is old, and how many rows to take.
struct Rule {
    what: &'static str,
    after_days: i64,
    delete: Sql,
}

const RULES: &[Rule] = &[
    Rule {
        what: "notifications",
        after_days: 30,
        delete: sql!(
            "DELETE FROM notifications WHERE id IN (
                 SELECT id FROM notifications WHERE is_read AND created_at < $1::timestamptz AT TIME ZONE 'UTC'
                 ORDER BY created_at LIMIT $2)"
        ),
    },
    Rule {
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
    Rule {
        what: "sync_events",
        after_days: 7,
        delete: sql!(
            "DELETE FROM sync_events WHERE id IN (
                 SELECT id FROM sync_events WHERE processed AND processed_at < $1::timestamptz AT TIME ZONE 'UTC'
                 ORDER BY processed_at LIMIT $2)"
        ),
    },
    Rule {
        what: "sessions",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.sessions WHERE id IN (
                 SELECT id FROM muster.sessions
                 WHERE absolute_expires_at < $1 OR idle_expires_at < $1 OR revoked_at < $1 LIMIT $2)"
        ),
    },
    Rule {
        what: "signin_links",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.signin_links WHERE id IN (
                 SELECT id FROM muster.signin_links WHERE expires_at < $1 LIMIT $2)"
        ),
    },
    Rule {
        what: "signin_failures",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.signin_failures WHERE ctid IN (
                 SELECT ctid FROM muster.signin_failures WHERE at < $1 LIMIT $2)"
        ),
    },
    Rule {
        what: "lockouts",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.lockouts WHERE account IN (
                 SELECT account FROM muster.lockouts WHERE locked_until < $1 LIMIT $2)"
        ),
    },
    Rule {
        what: "rate_limits",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.rate_limits WHERE key IN (
                 SELECT key FROM muster.rate_limits WHERE window_start < $1 LIMIT $2)"
        ),
    },
    Rule {
        what: "jobs",
        after_days: 30,
        delete: sql!(
            "DELETE FROM muster.jobs WHERE id IN (
                 SELECT id FROM muster.jobs WHERE status IN ('done', 'failed', 'cancelled') AND finished_at < $1 LIMIT $2)"
        ),
    },
    Rule {
        what: "ocr_results",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.ocr_results WHERE ctid IN (
                 SELECT ctid FROM muster.ocr_results WHERE created_at < $1 LIMIT $2)"
        ),
    },
    Rule {
        what: "mails",
        after_days: 30,
        delete: sql!(
            "DELETE FROM muster.mails WHERE id IN (
                 SELECT id FROM muster.mails WHERE sent_at < $1 OR refused_at < $1 LIMIT $2)"
        ),
    },
];

/// Removes what a rule names, one batch at a time, and says how much. The audit log gets one row for all notices of a
/// batch (`R__watched_tables.sql`).
async fn remove(app: &App, rule: &Rule) -> Result<u64> {
    let before: DateTime<Utc> = app.clock.now() - TimeDelta::days(rule.after_days);
    let mut all = 0;
    loop {
        let mut change = app.db.change_for_system("clean-up").await?;
        let deleted = change.execute(rule.delete, &[&before, &BATCH]).await?;
        if deleted > 0 && rule.what == "notifications" {
            let payload = json!({ "as": "clean-up", "deleted": deleted, "created_before": before });
            audit::record(&mut change, "CLEAN_UP", "notifications", None, None, payload).await?;
        }
        change.commit().await?;
        all += deleted;
        if deleted < BATCH.unsigned_abs() {
            return Ok(all);
        }
    }
}
