//! Doing the jobs that wait.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::JobKind;
use crate::{App, Result, row, sql};

/// What came of some jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Jobs done.
    pub done: usize,
    /// Jobs that failed and will be tried again.
    pub postponed: usize,
    /// Jobs that failed for the last time.
    pub failed: usize,
}

row! {
    struct Claimed {
        id: Uuid,
        payload: Value,
        tries: i32,
    }
}

/// Does every job of these kinds that is due, one after the other, and tells what came of them.
///
/// Safe to run at once in several processes: a job is claimed before it is done, and stays claimed until its lease is over.
pub async fn run_due(app: &App, kinds: &[JobKind]) -> Result<Tally> {
    let mut tally = Tally::default();
    for kind in kinds {
        while let Some(job) = claim(app, kind).await? {
            match (kind.run)(app.clone(), job.payload).await {
                Ok(()) => {
                    finish(app, job.id, "done", None).await?;
                    tally.done += 1;
                }
                Err(cause) if job.tries >= kind.tries => {
                    tracing::error!(job = %job.id, kind = kind.name, %cause, "a job failed for the last time");
                    finish(app, job.id, "failed", Some(&cause.to_string())).await?;
                    tally.failed += 1;
                }
                Err(cause) => {
                    tracing::warn!(job = %job.id, kind = kind.name, %cause, "a job will be tried again");
                    postpone(app, job.id, job.tries, &cause.to_string()).await?;
                    tally.postponed += 1;
                }
            }
        }
    }
    Ok(tally)
}

/// Starts the jobs that run by themselves, each when its last run is long enough ago.
pub async fn plan(app: &App, kinds: &[JobKind]) -> Result<()> {
    for kind in kinds {
        let Some(every) = kind.every else { continue };
        let since: DateTime<Utc> = app.clock.now() - TimeDelta::from_std(every)?;
        let start = sql!(
            "INSERT INTO muster.jobs (kind, payload) SELECT $1, '{}'
             WHERE NOT EXISTS (SELECT FROM muster.jobs
                               WHERE kind = $1 AND (status IN ('queued', 'running') OR finished_at > $2))"
        );
        let mut change = app.db.change_for_system("jobs").await?;
        change.execute(start, &[&kind.name, &since]).await?;
        change.commit().await?;
    }
    Ok(())
}

/// The oldest job that is due, or that a worker left, now ours.
async fn claim(app: &App, kind: &JobKind) -> Result<Option<Claimed>> {
    let now = app.clock.now();
    let lease_until: DateTime<Utc> = now + TimeDelta::from_std(kind.lease)?;
    let claim = sql!(
        "UPDATE muster.jobs SET status = 'running', tries = tries + 1, lease_until = $3
         WHERE id = (SELECT id FROM muster.jobs
                     WHERE kind = $1 AND status IN ('queued', 'running')
                       AND CASE status WHEN 'queued' THEN run_at IS NULL OR run_at <= $2 ELSE lease_until <= $2 END
                     ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, payload, tries"
    );
    let mut change = app.db.change_for_system("jobs").await?;
    let job = change.one(claim, &[&kind.name, &now, &lease_until]).await?;
    change.commit().await?;
    Ok(job)
}

async fn finish(app: &App, id: Uuid, status: &'static str, error: Option<&str>) -> Result<()> {
    let finish = sql!(
        "UPDATE muster.jobs SET status = $2, last_error = $3, finished_at = $4, lease_until = NULL WHERE id = $1"
    );
    let mut change = app.db.change_for_system("jobs").await?;
    change.execute(finish, &[&id, &status, &error, &app.clock.now()]).await?;
    change.commit().await
}

/// Tries again after 1, 2, 4 ... minutes, at most six hours.
async fn postpone(app: &App, id: Uuid, tries: i32, error: &str) -> Result<()> {
    let minutes = 1_i64 << tries.clamp(1, 10).saturating_sub(1);
    let run_at = app.clock.now() + TimeDelta::minutes(minutes.min(360));
    let postpone = sql!(
        "UPDATE muster.jobs SET status = 'queued', run_at = $2, last_error = $3, lease_until = NULL WHERE id = $1"
    );
    let mut change = app.db.change_for_system("jobs").await?;
    change.execute(postpone, &[&id, &run_at, &error]).await?;
    change.commit().await
}
