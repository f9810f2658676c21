//! The end of what batches have printed.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use shared::{
    Result,
    jobs::{Job, Task},
    sql,
};
use uuid::Uuid;

use crate::reports::files::place;

/// How long who asked for them can fetch them. They are full of personal data.
const KEPT: TimeDelta = TimeDelta::days(7);

/// Deletes printed files that are a week old.
///
/// Safe to run twice: the second time there is nothing to delete. A file goes before its row.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExpireReports {}

impl Job for ExpireReports {
    const KIND: &'static str = "expire_reports";
    const EVERY: Option<Duration> = Some(Duration::from_hours(24));

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        let old = sql!("SELECT task_id FROM muster.report_files WHERE made_at < $1 ORDER BY made_at");
        let tasks: Vec<Uuid> = app.db.read().await?.all(old, &[&(app.clock.now() - KEPT)]).await?;
        for task in &tasks {
            app.files.vault().delete(&place(*task)).await?;
        }
        let forget = sql!("DELETE FROM muster.report_files WHERE task_id = ANY($1)");
        let mut change = app.db.change_for_system("expiry of reports").await?;
        change.execute(forget, &[&tasks]).await?;
        change.commit().await
    }
}
