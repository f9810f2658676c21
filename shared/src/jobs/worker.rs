//! Doing the jobs that wait.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{JobKind, Task};
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
        kind: String,
        payload: Value,
        tries: i32,
    }
}

/// Does every job of these kinds that is due, one after the other, and tells what came of them.
///
/// Safe to run at once in several processes: a job is claimed before it is done, and stays claimed until its lease is over.
pub async fn run_due(app: &App, kinds: &[JobKind]) -> Result<Tally> {
    let mut tally = Tally::default();
    while let Some((job, kind)) = claim(app, kinds).await? {
        let task = Task { app: app.clone(), id: job.id, tries: job.tries };
        match (kind.run)(task.clone(), job.payload).await {
            Ok(()) => {
                finish(&task, "done", None).await?;
                tally.done += 1;
            }
            Err(cause) if job.tries >= kind.tries => {
                tracing::error!(job = %job.id, kind = kind.name, %cause, "a job failed for the last time");
                finish(&task, "failed", Some(&cause.to_string())).await?;
                tally.failed += 1;
            }
            Err(cause) => {
                tracing::warn!(job = %job.id, kind = kind.name, %cause, "a job will be tried again");
                postpone(&task, &cause.to_string()).await?;
                tally.postponed += 1;
            }
        }
    }
    Ok(tally)
}

/// Starts the jobs that run by themselves, each when its last run is long enough ago.
pub async fn plan(app: &App, kinds: &[JobKind]) -> Result<()> {
    let now = app.clock.now();
    let (mut names, mut since) = (Vec::new(), Vec::<DateTime<Utc>>::new());
    for (kind, every) in kinds.iter().filter_map(|kind| Some((kind, kind.every?))) {
        names.push(kind.name);
        since.push(now - TimeDelta::from_std(every)?);
    }
    let start = sql!(
        "INSERT INTO muster.jobs (kind, payload)
         SELECT kind, '{}' FROM unnest($1::text[], $2::timestamptz[]) AS periodic (kind, since)
         WHERE NOT EXISTS (SELECT FROM muster.jobs
                           WHERE jobs.kind = periodic.kind
                             AND (status IN ('queued', 'running') OR finished_at > periodic.since))"
    );
    let mut change = app.db.change_for_system("jobs").await?;
    change.execute(start, &[&names, &since]).await?;
    change.commit().await
}

/// The oldest job of these kinds that is due, or that a worker left, now ours.
async fn claim<'a>(app: &App, kinds: &'a [JobKind]) -> Result<Option<(Claimed, &'a JobKind)>> {
    let now = app.clock.now();
    let (mut names, mut leases) = (Vec::new(), Vec::<DateTime<Utc>>::new());
    for kind in kinds {
        names.push(kind.name);
        leases.push(now + TimeDelta::from_std(kind.lease)?);
    }
    let claim = sql!(
        "UPDATE muster.jobs SET status = 'running', tries = tries + 1, lease_until = due.lease_until
         FROM (SELECT jobs.id, ours.lease_until
               FROM muster.jobs JOIN unnest($1::text[], $3::timestamptz[]) AS ours (kind, lease_until) USING (kind)
               WHERE status IN ('queued', 'running')
                 AND CASE status WHEN 'queued' THEN run_at IS NULL OR run_at <= $2
                                 ELSE jobs.lease_until <= $2 END
               ORDER BY created_at, jobs.id LIMIT 1 FOR UPDATE OF jobs SKIP LOCKED) AS due
         WHERE jobs.id = due.id
         RETURNING jobs.id, kind, payload, tries"
    );
    let mut change = app.db.change_for_system("jobs").await?;
    let job: Option<Claimed> = change.one(claim, &[&names, &now, &leases]).await?;
    change.commit().await?;
    Ok(job.and_then(|job| {
        let kind = kinds.iter().find(|kind| kind.name == job.kind)?;
        Some((job, kind))
    }))
}

/// Ends a job that has not ended itself, unless it is another worker's by now.
async fn finish(task: &Task, status: &'static str, error: Option<&str>) -> Result<()> {
    let finish = sql!(
        "UPDATE muster.jobs SET status = $3, last_error = $4, finished_at = $5, lease_until = NULL
         WHERE id = $1 AND tries = $2 AND status = 'running'"
    );
    let mut change = task.app.db.change_for_system("jobs").await?;
    change.execute(finish, &[&task.id, &task.tries, &status, &error, &task.app.clock.now()]).await?;
    change.commit().await
}

/// Tries again after 1, 2, 4 ... minutes, at most six hours.
async fn postpone(task: &Task, error: &str) -> Result<()> {
    let minutes = 1_i64 << task.tries.clamp(1, 10).saturating_sub(1);
    let run_at = task.app.clock.now() + TimeDelta::minutes(minutes.min(360));
    let postpone = sql!(
        "UPDATE muster.jobs SET status = 'queued', run_at = $3, last_error = $4, lease_until = NULL
         WHERE id = $1 AND tries = $2 AND status = 'running'"
    );
    let mut change = task.app.db.change_for_system("jobs").await?;
    change.execute(postpone, &[&task.id, &task.tries, &run_at, &error]).await?;
    change.commit().await
}
