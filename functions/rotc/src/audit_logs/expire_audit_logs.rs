//! Forgetting audit rows that are old enough.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    jobs::{Job, Task},
    sql,
};

use crate::settings::keys::{AUDIT_RETENTION_DAYS, retention_days};

/// Rows of one transaction.
const BATCH: i64 = 5_000;

/// Deletes the audit rows that are older than the setting `audit_retention_days` says, and leaves one row that tells
/// how many.
///
/// Safe to run twice: what is gone is gone, and without old rows nothing is told.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExpireAuditLogs {}

impl Job for ExpireAuditLogs {
    const KIND: &'static str = "expire_audit_logs";

    const EVERY: Option<Duration> = Some(Duration::from_hours(24));

    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        let days = kept_days(app).await?;
        let now = app.clock.now();
        let before: NaiveDateTime = (now - TimeDelta::days(days)).naive_utc();
        let (mut summary, mut all) = (None, 0);
        loop {
            let mut change = app.db.change_for_system("audit retention").await?;
            let delete = sql!(
                "DELETE FROM audit_logs WHERE id IN (
                     SELECT id FROM audit_logs WHERE created_at < $1 ORDER BY created_at LIMIT $2)"
            );
            let deleted = change.execute(delete, &[&before, &BATCH]).await?;
            if deleted == 0 {
                return Ok(());
            }
            all += deleted;
            let payload = json!({ "as": "audit retention", "deleted": all, "created_before": before.and_utc(), "days": days });
            // In the transaction of each batch, so that the row is true even when the next one fails.
            let tell = match summary {
                None => sql!(
                    "INSERT INTO audit_logs (record_id, table_name, operation, payload, created_at)
                     VALUES ($1, 'audit_logs', 'RETENTION', $2, $3) RETURNING id"
                ),
                Some(_) => {
                    sql!("UPDATE audit_logs SET payload = $2, created_at = $3 WHERE id = $1 RETURNING id")
                }
            };
            let id: i32 = change.only(tell, &[&summary, &payload, &now.naive_utc()]).await?;
            summary = Some(id);
            change.commit().await?;
        }
    }
}

/// The setting as it is now: what a process has kept may be half an hour old.
async fn kept_days(app: &App) -> Result<i64> {
    let find = sql!("SELECT value FROM system_settings WHERE key = $1 ORDER BY id LIMIT 1");
    let stored: Option<Option<String>> = app.db.read().await?.one(find, &[&AUDIT_RETENTION_DAYS]).await?;
    Ok(retention_days(stored.flatten().as_deref()))
}
