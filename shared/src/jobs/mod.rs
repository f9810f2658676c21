//! Work that follows a change: written in its transaction, done after the commit, tried again until it succeeds.
//!
//! The row of `muster.jobs` is the job. A message with its id goes to the job's queue after the commit; whoever receives it
//! claims the row, does the work and notes what came of it.

use std::time::Duration;

use futures_util::{FutureExt, future::BoxFuture};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

mod beat;
pub mod board;
mod clean_up;
mod dispatch;
mod harness;
mod outcome;
mod schedule;
mod sweep;
mod worker;

pub use clean_up::{CleanUp, CleanUpRule};
pub use harness::{put_in_order, work};
pub use schedule::{cron, plan, start_kind};
pub use sweep::sweep;
pub use worker::{Outcome, Tally, handle, receive, run_due};

pub use crate::queue::Queue;
use crate::{
    App, Error, Result,
    db::{Change, Read, Scope},
    error::conflict,
    sql,
};

/// A job: its fields are what it needs to know, its type what it does.
///
/// A job may run twice, when a worker dies after doing it and before saying so. The docstring of each says why that is
/// harmless.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// The name its rows carry.
    const KIND: &'static str;

    /// Which workers do it.
    const QUEUE: Queue = Queue::Upkeep;

    /// How often it is tried before it counts as failed; the waits between double, up to six hours.
    const TRIES: i32 = 5;

    /// The first of these waits.
    const WAIT: Duration = Duration::from_mins(1);

    /// The longest it may take, a quarter of an hour at most: it is stopped then, and tried again.
    const LEASE: Duration = Duration::from_mins(5);

    /// Whether nobody asked for it: it follows a change, and only administrators see and stop it. Else it belongs to whoever
    /// made the change.
    const INTERNAL: bool = false;

    /// Whether it goes on while `READ_ONLY` refuses what others would write: people sign in by mails too.
    const WHILE_READ_ONLY: bool = false;

    /// How often it is started by itself; its payload is empty then.
    const EVERY: Option<Duration> = None;

    /// When in its period it is started by itself: after midnight (UTC), of Monday if the period is a week.
    const AT: Duration = Duration::ZERO;

    /// Does the work. Commits its effects with [`Change::finish`] where doing them twice would be seen.
    fn run(self, task: &Task) -> impl Future<Output = Result<()>> + Send;
}

/// A job while it is done.
#[derive(Clone)]
pub struct Task {
    /// What it works with.
    pub app: App,
    /// The job.
    pub id: Uuid,
    /// Whose rows it sees: that of the change that started it.
    pub scope: Scope,
    /// The try that this is: a worker that took over has another.
    pub(crate) tries: i32,
    progress: watch::Sender<Progress>,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    done: u64,
    of: u64,
}

impl Task {
    pub(crate) fn new(app: App, id: Uuid, scope: Scope, tries: i32) -> Self {
        Self { app, id, scope, tries, progress: watch::Sender::default() }
    }

    /// A connection for queries, in the scope of the job.
    pub async fn read(&self) -> Result<Read> {
        self.app.db.read_in(&self.scope).await
    }

    /// A transaction of the system itself, in the scope of the job; `what` ("import of books") stands in the audit rows.
    pub async fn change(&self, what: &'static str) -> Result<Change> {
        self.app.db.change_for_system_in(&self.scope, what).await
    }

    /// Says how far the job is: `done` of `of` rows, pages or whatever it counts. Whoever asks for its status sees it
    /// shortly after. Costs nothing and cannot fail, so it may be called for every row, also inside a transaction.
    pub fn progress(&self, done: u64, of: u64) {
        let now = Progress { done, of };
        self.progress.send_if_modified(|before| std::mem::replace(before, now) != now);
    }
}

/// A kind of job, for the list of a system's jobs.
pub struct JobKind {
    /// Its name.
    pub name: &'static str,
    /// Its queue.
    pub queue: Queue,
    /// The longest it may take.
    pub lease: Duration,
    /// How often it is started by itself.
    pub every: Option<Duration>,
    /// When in its period.
    pub at: Duration,
    /// How often it is tried.
    pub tries: i32,
    /// The wait before the second try.
    pub wait: Duration,
    /// Whether it goes on while `READ_ONLY` refuses what others would write.
    pub while_read_only: bool,
    run: fn(Task, Value) -> BoxFuture<'static, Result<()>>,
}

impl JobKind {
    /// The kind of `J`.
    pub const fn of<J: Job>() -> Self {
        Self {
            name: J::KIND,
            queue: J::QUEUE,
            tries: J::TRIES,
            wait: J::WAIT,
            while_read_only: J::WHILE_READ_ONLY,
            lease: J::LEASE,
            every: J::EVERY,
            at: J::AT,
            run: run_as::<J>,
        }
    }

    /// The same at another time of its period, where a job of all systems is not to run by day here.
    pub const fn at(self, at: Duration) -> Self {
        Self { at, ..self }
    }
}

fn run_as<J: Job>(task: Task, payload: Value) -> BoxFuture<'static, Result<()>> {
    async move { serde_json::from_value::<J>(payload)?.run(&task).await }.boxed()
}

/// The jobs of a system.
pub struct Jobs {
    /// Every kind.
    pub kinds: &'static [JobKind],
    /// Tells the administrators that a job has failed for the last time, in the transaction that notes it.
    pub failed: for<'a> fn(&'a App, &'a mut Change, &'a JobKind, Uuid) -> BoxFuture<'a, Result<()>>,
}

impl Jobs {
    /// Of a system without any.
    pub const NONE: Self =
        Self { kinds: &[], failed: |_, _, _, _| futures_util::future::ready(Ok(())).boxed() };

    /// The kinds that may run now: fewer while nothing may be written.
    fn runnable(&self, app: &App) -> impl Iterator<Item = &'static JobKind> + use<> {
        let read_only = app.config.database.read_only;
        self.kinds.iter().filter(move |kind| kind.while_read_only || !read_only)
    }

    fn kind(&self, name: &str) -> Option<&'static JobKind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }
}

impl Change {
    /// Starts a job when this change is committed; tells its id. It works in the scope of this change.
    pub async fn start<J: Job>(&mut self, job: &J) -> Result<Uuid> {
        let insert = sql!(
            "INSERT INTO muster.jobs (kind, queue, payload, created_by, scope)
             VALUES ($1, $2, $3, CASE WHEN NOT $4 THEN nullif(current_setting('muster.actor', true), '') END, $5)
             RETURNING id"
        );
        let payload = serde_json::to_value(job)?;
        let scope = self.scope().stored()?;
        self.only(insert, &[&J::KIND, &J::QUEUE.name(), &payload, &J::INTERNAL, &scope]).await
    }

    /// Ends a job together with its effects, so that it has them once: if a worker took it over meanwhile, or it was
    /// cancelled, this fails and nothing of the change is kept.
    pub async fn finish(&mut self, task: &Task, result: &impl Serialize) -> Result<()> {
        let finish = sql!(
            "UPDATE muster.jobs SET status = 'done', result = $3, last_error = NULL, problem = NULL, finished_at = $4,
                    lease_until = NULL
             WHERE id = $1 AND tries = $2 AND status = 'running'"
        );
        let result = serde_json::to_value(result)?;
        let finished = self.execute(finish, &[&task.id, &task.tries, &result, &task.app.clock.now()]).await?;
        still_ours(finished)
    }

    /// Ends a job as failed that would fail the same way every time, by no fault of ours: it is not tried again, and
    /// nobody is alarmed. Like [`Self::finish`] it fails when the job is not this worker's any more.
    pub async fn refuse(&mut self, task: &Task, problem: &str, result: &impl Serialize) -> Result<()> {
        let refuse = sql!(
            "UPDATE muster.jobs SET status = 'failed', result = $3, last_error = $4, problem = $4, finished_at = $5,
                    lease_until = NULL
             WHERE id = $1 AND tries = $2 AND status = 'running'"
        );
        let result = serde_json::to_value(result)?;
        let params: [crate::db::Param<'_>; 5] =
            [&task.id, &task.tries, &result, &problem, &task.app.clock.now()];
        let refused = self.execute(refuse, &params).await?;
        still_ours(refused)
    }
}

/// Fails when no row was the worker's to end.
fn still_ours(ended: u64) -> Result<()> {
    if ended == 0 { Err(conflict(TAKEN, "The job is no longer this worker's.")) } else { Ok(()) }
}

/// Whether an error says that the job is another worker's, or nobody's, by now.
pub fn is_lost(cause: &Error) -> bool {
    cause.code() == TAKEN
}

/// The code of the error when a job was cancelled, or taken over by another worker.
const TAKEN: &str = "job_taken";
