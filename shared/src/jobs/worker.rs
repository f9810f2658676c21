//! Doing one job, and the next.

use std::{panic::AssertUnwindSafe, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use serde_json::Value;
use tokio::time::timeout;
use uuid::Uuid;

use super::{JobKind, Jobs, Task, beat, outcome};
use crate::{
    App, Result,
    db::{Actor, Scope, unit_of_work},
    error::{internal, unavailable_because},
    queue::{Message, VISIBILITY},
    row, sql,
};

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The job is done.
    Done,
    /// It failed and will be tried again.
    Postponed,
    /// It failed for the last time.
    Failed,
    /// There was nothing to do: it is done, or cancelled, or another worker has it.
    NotOurs,
}

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
        scope: Option<Value>,
        tries: i32,
    }
}

/// The clocks of two machines differ a little: a message that comes this much too early is not.
const EARLY: TimeDelta = TimeDelta::seconds(5);

/// Does a job that a message names, within `longest`. An error means that nothing could be noted about it.
///
/// Safe to call at once for the same job, in any number of processes: it is claimed before it is done, and stays claimed
/// until its lease is over.
pub async fn handle(app: &App, jobs: &Jobs, id: Uuid, longest: Duration) -> Result<Outcome> {
    match claim(app, jobs, Some(id)).await? {
        Some((job, kind)) => run(app, jobs, job, kind, longest, None).await,
        None => Ok(Outcome::NotOurs),
    }
}

/// The same for a message that was received here: it is kept from others while the job runs, and acknowledged.
pub async fn receive(app: &App, jobs: &Jobs, message: &Message) -> Result<Outcome> {
    let Some(id) = message.job() else {
        // It comes again until it is a dead letter, for somebody to look at.
        return Err(internal(format!("a message of the queue {} is none of ours", message.queue.name())));
    };
    let outcome = match claim(app, jobs, Some(id)).await? {
        Some((job, kind)) => run(app, jobs, job, kind, kind.lease, Some(message)).await?,
        None => Outcome::NotOurs,
    };
    app.broker.acknowledge(message).await?;
    Ok(outcome)
}

/// Does every job that is due, one after the other, and tells what came of them: for a process that ends then.
pub async fn run_due(app: &App, jobs: &Jobs) -> Result<Tally> {
    let mut tally = Tally::default();
    while let Some((job, kind)) = claim(app, jobs, None).await? {
        match run(app, jobs, job, kind, kind.lease, None).await? {
            Outcome::Done => tally.done += 1,
            Outcome::Postponed => tally.postponed += 1,
            Outcome::Failed => tally.failed += 1,
            Outcome::NotOurs => {}
        }
    }
    Ok(tally)
}

async fn run(
    app: &App,
    jobs: &Jobs,
    job: Claimed,
    kind: &'static JobKind,
    longest: Duration,
    message: Option<&Message>,
) -> Result<Outcome> {
    let scope: Result<Scope> = job.scope.map_or(Ok(Scope::None), |scope| Ok(serde_json::from_value(scope)?));
    let task = Task::new(app.clone(), job.id, scope.clone().unwrap_or_default(), job.tries);
    let started = app.clock.now();
    let work = AssertUnwindSafe(unit_of_work((kind.run)(task.clone(), job.payload))).catch_unwind();
    let work = async {
        scope?;
        match timeout(longest.min(kind.lease), work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(internal("the job panicked")),
            Err(_) => Err(unavailable_because("The job took too long.")),
        }
    };
    let ended = tokio::select! {
        ended = work => ended,
        () = beat::until_lost(&task, message) => Ok(()),
    };
    let outcome = outcome::note(&task, jobs, kind, ended).await?;
    let took = (app.clock.now() - started).num_milliseconds();
    tracing::info!(job = %job.id, kind = kind.name, tries = job.tries, ?outcome, took, "a job ended");
    Ok(outcome)
}

/// How long a claim holds. While the worker lives it is extended, if that takes no connection away from the job.
fn held_for(app: &App, kind: &JobKind) -> Duration {
    if app.config.database.pool_size > 1 { kind.lease.min(VISIBILITY) } else { kind.lease }
}

/// The job with this id if it is due, or the oldest that is; or one that a worker left. It is ours then.
async fn claim(app: &App, jobs: &Jobs, id: Option<Uuid>) -> Result<Option<(Claimed, &'static JobKind)>> {
    let now = app.clock.now();
    let (mut names, mut leases, mut tries) = (Vec::new(), Vec::<DateTime<Utc>>::new(), Vec::new());
    for kind in jobs.runnable(app) {
        names.push(kind.name);
        leases.push(now + TimeDelta::from_std(held_for(app, kind))?);
        tries.push(kind.tries);
    }
    let due = if id.is_some() { now + EARLY } else { now };
    let claim = sql!(
        "UPDATE muster.jobs
         SET status = 'running', tries = jobs.tries + 1, lease_until = due.lease_until,
             started_at = coalesce(started_at, $2), progress_done = NULL, progress_of = NULL
         FROM (SELECT jobs.id, ours.lease_until
               FROM muster.jobs JOIN unnest($1::text[], $3::timestamptz[], $4::int[])
                                     AS ours (kind, lease_until, tries) USING (kind)
               WHERE status IN ('queued', 'running') AND (status = 'queued' OR jobs.tries < ours.tries)
                 AND ($5::uuid IS NULL OR jobs.id = $5)
                 AND CASE status WHEN 'queued' THEN run_at IS NULL OR run_at <= $6
                                 ELSE jobs.lease_until <= $2 END
               ORDER BY created_at, jobs.id LIMIT 1 FOR UPDATE OF jobs SKIP LOCKED) AS due
         WHERE jobs.id = due.id
         RETURNING jobs.id, kind, payload, scope, jobs.tries"
    );
    let mut change = app.db.change_for_access(&Actor::default(), "jobs").await?;
    if let Some(id) = id {
        // Whoever holds the row may only be noting that the job was sent: a message that passed over it would be lost.
        change.execute(sql!("SELECT FROM muster.jobs WHERE id = $1 FOR NO KEY UPDATE"), &[&id]).await?;
    }
    let job: Option<Claimed> = change.one(claim, &[&names, &now, &leases, &tries, &id, &due]).await?;
    change.commit().await?;
    Ok(job.and_then(|job| Some((jobs.kind(&job.kind)?, job))).map(|(kind, job)| (job, kind)))
}

impl Tally {
    /// Whether there was nothing to do.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
