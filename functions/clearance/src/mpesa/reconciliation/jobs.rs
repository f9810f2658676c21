//! Reconciliations that nobody waits for.

use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Change,
    jobs::{Job, Task},
    row, sql,
};
use uuid::Uuid;

use super::{
    compare::{Comparison, compare},
    list::{Line, pull},
};
use crate::{
    mpesa::daraja::Daraja,
    settings::Settings,
    times::{nairobi, today},
};

/// Stores a list before it is compared; `user` is who gave it, none for the night.
pub async fn open(
    app: &App,
    change: &mut Change,
    source: &str,
    period: Option<(DateTime<Utc>, DateTime<Utc>)>,
    rows: usize,
    user: Option<Uuid>,
) -> Result<Uuid> {
    let insert = sql!(
        "INSERT INTO reconciliations (source, period_from, period_to, row_count, created_by_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"
    );
    let (from, to) = period.unzip();
    let rows = i32::try_from(rows)?;
    change.only(insert, &[&source, &from, &to, &rows, &user, &app.clock.now()]).await
}

/// Compares a long list. Portions that were compared are noted, so a second run goes on after them.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunReconciliation {
    /// The list.
    pub reconciliation: Uuid,
}

row! {
    struct Stored {
        source: String,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        lines: serde_json::Value,
    }
}

impl Job for RunReconciliation {
    const KIND: &'static str = "run_reconciliation";
    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        let find = sql!(
            "SELECT source, period_from AS from, period_to AS to, lines
             FROM reconciliations JOIN reconciliation_lists ON reconciliation_id = id
             WHERE id = $1 AND status = 'running'"
        );
        let stored: Option<Stored> = task.read().await?.one(find, &[&self.reconciliation]).await?;
        let Some(stored) = stored else { return Ok(()) };
        let lines: Vec<Line> = serde_json::from_value(stored.lines)?;
        let source = if stored.source == "pull" { "pull" } else { "statement" };
        let comparison = Comparison { id: self.reconciliation, source, from: stored.from, to: stored.to };
        compare(&task.app, comparison, &lines).await
    }
}

/// Notes that a list could not be compared, when its job has failed for the last time.
pub async fn given_up(change: &mut Change, job: Uuid) -> Result<()> {
    let note = sql!(
        "UPDATE reconciliations SET status = 'failed'
         WHERE status = 'running' AND id = (SELECT (payload ->> 'reconciliation')::uuid FROM muster.jobs
                       WHERE id = $1 AND kind = 'run_reconciliation')"
    );
    change.execute(note, &[&job]).await?;
    Ok(())
}

/// Compares the day before with what M-PESA hands out, where that is switched on. A second run finds everything booked.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReconcileMpesa {}

impl Job for ReconcileMpesa {
    const KIND: &'static str = "reconcile_mpesa";
    const EVERY: Option<Duration> = Some(Duration::from_hours(24));
    /// 2:30 in Nairobi.
    const AT: Duration = Duration::from_mins(23 * 60 + 30);
    const WAIT: Duration = Duration::from_hours(1);
    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        if !Settings::of(app)?.mpesa.pull {
            return Ok(());
        }
        let Some(daraja) = Daraja::of(app)? else { return Ok(()) };
        let midnight = today(app).and_time(NaiveTime::MIN).and_local_timezone(nairobi()).single();
        let Some(to) = midnight.map(|midnight| midnight.to_utc()) else { return Ok(()) };
        let from = to - TimeDelta::days(1);
        let lines = pull(&daraja, from, to).await?;
        let mut change = task.change("reconciliation").await?;
        let id = open(app, &mut change, "pull", Some((from, to)), lines.len(), None).await?;
        change.commit().await?;
        compare(app, Comparison { id, source: "pull", from: Some(from), to: Some(to) }, &lines).await
    }
}
