//! Background work as people see it: which jobs there are, how they go, who does them, and stopping one.
//!
//! `only_of` is the key of a user who sees their own jobs only; everybody's are shown without it, so a system with tenants
//! always gives it to people of one tenant.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    App, Result,
    db::{Change, Read},
    error::{conflict, not_found},
    http::Page,
    row, sql,
};

/// A worker says every minute that it lives.
const SILENT: TimeDelta = TimeDelta::minutes(3);

/// A job that has waited for so long since it was due, in a queue that did nothing else, is taken by nobody.
const STUCK_SECONDS: i64 = 15 * 60;

/// The column `status` of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It waits, for its first try or another.
    Queued,
    /// A worker has it.
    Running,
    /// It has ended well.
    Done,
    /// It has failed for good.
    Failed,
    /// Somebody has stopped it.
    Cancelled,
}

impl Status {
    /// The status of a text; one that is none counts as failed.
    pub fn parse(text: &str) -> Self {
        match text {
            "queued" => Self::Queued,
            "running" => Self::Running,
            "done" => Self::Done,
            "cancelled" => Self::Cancelled,
            _ => Self::Failed,
        }
    }

    /// Whether it stays like this.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

row! {
    /// A job as it is stored.
    #[derive(Clone, Debug)]
    pub struct JobRecord {
        /// Its id.
        pub id: Uuid,
        /// What it does.
        pub kind: String,
        /// The queue it waits in.
        pub queue: String,
        /// See [`Status`].
        pub status: String,
        /// How often it was tried.
        pub tries: i32,
        /// How much is done, if it says so.
        pub progress_done: Option<i64>,
        /// Of how much.
        pub progress_of: Option<i64>,
        /// What came of it.
        pub result: Option<Value>,
        /// Why the last try failed, in words for whoever started it.
        pub problem: Option<String>,
        /// The key of the user who started it; null for the system.
        pub created_by: Option<String>,
        /// When it was started.
        pub created_at: DateTime<Utc>,
        /// When its first try began.
        pub started_at: Option<DateTime<Utc>>,
        /// When it ended.
        pub finished_at: Option<DateTime<Utc>>,
        /// When it is tried next, if it waits for a certain time.
        pub run_at: Option<DateTime<Utc>>,
    }
}

/// Which jobs are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// One that has this status.
    pub status: Option<String>,
    /// One that does this.
    pub kind: Option<String>,
    /// One that this user has started.
    pub only_of: Option<String>,
}

/// Jobs, newest first, and how many there are on all pages.
pub async fn list(read: &mut Read, filter: &Filter, page: Page) -> Result<(i64, Vec<JobRecord>)> {
    let count = sql!(
        "SELECT count(*) FROM muster.jobs
         WHERE ($1::text IS NULL OR created_by = $1) AND ($2::text IS NULL OR status = $2)
           AND ($3::text IS NULL OR kind = $3)"
    );
    let list = sql!(
        "SELECT id, kind, queue, status, tries, progress_done, progress_of, result, problem, created_by, created_at,
                started_at, finished_at, run_at
         FROM muster.jobs
         WHERE ($1::text IS NULL OR created_by = $1) AND ($2::text IS NULL OR status = $2)
           AND ($3::text IS NULL OR kind = $3)
         ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5"
    );
    let Filter { status, kind, only_of } = filter;
    let total = read.only(count, &[only_of, status, kind]).await?;
    let jobs = read.all(list, &[only_of, status, kind, &page.limit, &page.offset()]).await?;
    Ok((total, jobs))
}

/// A job.
pub async fn find(read: &mut Read, id: Uuid, only_of: Option<&str>) -> Result<Option<JobRecord>> {
    let find = sql!(
        "SELECT id, kind, queue, status, tries, progress_done, progress_of, result, problem, created_by, created_at,
                started_at, finished_at, run_at
         FROM muster.jobs WHERE id = $1 AND ($2::text IS NULL OR created_by = $2)"
    );
    read.one(find, &[&id, &only_of]).await
}

/// Stops a job; tells whether it was running. Its worker notices before it keeps anything ([`Change::finish`]) and gives up.
///
/// 404 `missing` if there is none, 409 `job_ended` if it has ended; stopping twice is fine.
pub async fn cancel(
    change: &mut Change,
    id: Uuid,
    only_of: Option<&str>,
    now: DateTime<Utc>,
    missing: &'static str,
) -> Result<bool> {
    let find = sql!(
        "SELECT status FROM muster.jobs WHERE id = $1 AND ($2::text IS NULL OR created_by = $2) FOR UPDATE"
    );
    let found: Option<String> = change.one(find, &[&id, &only_of]).await?;
    let status = Status::parse(&found.ok_or_else(|| not_found(missing))?);
    match status {
        Status::Queued | Status::Running => {}
        Status::Cancelled => return Ok(false),
        Status::Done | Status::Failed => return Err(conflict("job_ended", "The task has already ended")),
    }
    let cancel = sql!(
        "UPDATE muster.jobs SET status = 'cancelled', finished_at = $2, lease_until = NULL WHERE id = $1"
    );
    change.execute(cancel, &[&id, &now]).await?;
    Ok(status == Status::Running)
}

row! {
    /// Who does jobs: a server, or (by its schedule) the functions of the queues.
    #[derive(Clone, Debug)]
    pub struct WorkerRecord {
        /// Its id, new at each start.
        pub id: Uuid,
        /// The system, and the number of the process.
        pub name: String,
        /// The queues it takes from.
        pub queues: Vec<String>,
        /// Jobs of one queue that it does at the same time.
        pub at_once: i32,
        /// When it was started.
        pub started_at: DateTime<Utc>,
        /// When it last said that it lives.
        pub seen_at: DateTime<Utc>,
    }
}

/// The workers that were heard of in the last three minutes.
pub async fn workers(app: &App) -> Result<Vec<WorkerRecord>> {
    let list = sql!(
        "SELECT id, name, queues, at_once, started_at, seen_at FROM muster.workers
         WHERE seen_at > $1 ORDER BY started_at, id"
    );
    app.db.read().await?.all(list, &[&(app.clock.now() - SILENT)]).await
}

row! {
    /// What waits in a queue.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct QueueState {
        /// Its name.
        pub name: String,
        /// Jobs that are due.
        pub waiting: i64,
        /// Jobs that are to be tried again later.
        pub postponed: i64,
        /// Jobs that a worker has.
        pub running: i64,
        /// Jobs of the last 30 days that failed for good.
        pub failed: i64,
        /// How long the oldest that is due has waited.
        pub oldest_seconds: i64,
        /// How long ago one was begun or ended; 0 while one runs.
        pub idle_seconds: i64,
    }
}

impl QueueState {
    /// Whether nobody takes its jobs: one that is due has waited for a quarter of an hour in which it did nothing else.
    pub fn is_stuck(&self) -> bool {
        self.oldest_seconds.min(self.idle_seconds) > STUCK_SECONDS
    }
}

/// The queues that have anything in them.
pub async fn queues(app: &App) -> Result<Vec<QueueState>> {
    let list = sql!(
        "SELECT queue AS name,
                count(*) FILTER (WHERE status = 'queued' AND (run_at IS NULL OR run_at <= $1)) AS waiting,
                count(*) FILTER (WHERE status = 'queued' AND run_at > $1) AS postponed,
                count(*) FILTER (WHERE status = 'running') AS running,
                count(*) FILTER (WHERE status = 'failed') AS failed,
                greatest(0, coalesce(extract(epoch FROM $1 - min(coalesce(run_at, created_at))
                    FILTER (WHERE status = 'queued' AND (run_at IS NULL OR run_at <= $1))), 0))::bigint AS oldest_seconds,
                CASE WHEN bool_or(status = 'running') THEN 0
                     ELSE greatest(0, extract(epoch FROM $1 - coalesce(max(greatest(started_at, finished_at)), 'epoch')))
                END::bigint AS idle_seconds
         FROM muster.jobs GROUP BY queue ORDER BY queue"
    );
    app.db.read().await?.all(list, &[&app.clock.now()]).await
}

row! {
    /// How many jobs of the last 30 days have which status.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Counts {
        /// Waiting for their first try.
        pub queued: i64,
        /// Waiting for another.
        pub retried: i64,
        /// A worker has them.
        pub running: i64,
        /// Ended well.
        pub done: i64,
        /// Failed for good.
        pub failed: i64,
        /// Stopped by somebody.
        pub cancelled: i64,
    }
}

/// Counts all jobs.
pub async fn counts(app: &App) -> Result<Counts> {
    let count = sql!(
        "SELECT count(*) FILTER (WHERE status = 'queued' AND tries = 0) AS queued,
                count(*) FILTER (WHERE status = 'queued' AND tries > 0) AS retried,
                count(*) FILTER (WHERE status = 'running') AS running,
                count(*) FILTER (WHERE status = 'done') AS done,
                count(*) FILTER (WHERE status = 'failed') AS failed,
                count(*) FILTER (WHERE status = 'cancelled') AS cancelled
         FROM muster.jobs"
    );
    app.db.read().await?.only(count, &[]).await
}
