//! The end of what the audit log keeps.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    Result,
    jobs::{Job, Task},
    sql,
};

use crate::settings::Settings;

/// Rows of one transaction: nobody who writes waits for long.
const BATCH: i64 = 5_000;

/// Removes rows of the audit log that are older than `AUDIT_DAYS`.
///
/// Safe to run twice: what is gone is gone.
#[derive(Debug, Serialize, Deserialize)]
pub struct CleanAudit {}

impl Job for CleanAudit {
    const KIND: &'static str = "clean_audit";

    const TRIES: i32 = 3;

    const EVERY: Option<Duration> = Some(Duration::from_hours(24));

    /// 03:20 in Nairobi.
    const AT: Duration = Duration::from_mins(20);

    async fn run(self, task: &Task) -> Result<()> {
        let delete = sql!(
            "DELETE FROM audit_logs WHERE id IN (
                 SELECT id FROM audit_logs WHERE created_at < $1 ORDER BY created_at LIMIT $2)"
        );
        let kept = TimeDelta::from_std(Settings::of(&task.app)?.audit)?;
        let before: DateTime<Utc> = task.app.clock.now() - kept;
        loop {
            // The table lets nobody else delete.
            let mut change = task.change("clean-up").await?;
            let deleted = change.execute(delete, &[&before, &BATCH]).await?;
            change.commit().await?;
            if deleted < BATCH.unsigned_abs() {
                return Ok(());
            }
        }
    }
}
