//! Work that follows a change: written in its transaction, done after the commit, tried again until it succeeds.

use std::time::Duration;

use futures_util::{FutureExt, future::BoxFuture};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

mod worker;

pub use worker::{Tally, plan, run_due};

use crate::{App, Result, db::Change, error::conflict, sql};

/// A job: its fields are what it needs to know, its type what it does.
///
/// A job may run twice, when a worker dies after doing it and before saying so. The docstring of each says why that is
/// harmless.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// The name its rows carry.
    const KIND: &'static str;

    /// How often it is tried before it counts as failed; the waits between double from a minute to six hours.
    const TRIES: i32 = 5;

    /// The longest it may take. Another worker takes it over after that.
    const LEASE: Duration = Duration::from_mins(5);

    /// How often it is started by itself; its payload is empty then.
    const EVERY: Option<Duration> = None;

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
    /// The try that this is: a worker that took over has another.
    tries: i32,
}

/// A kind of job, for the list of a system's jobs.
pub struct JobKind {
    /// Its name.
    pub name: &'static str,
    tries: i32,
    lease: Duration,
    every: Option<Duration>,
    run: fn(Task, Value) -> BoxFuture<'static, Result<()>>,
}

impl JobKind {
    /// The kind of `J`.
    pub const fn of<J: Job>() -> Self {
        Self { name: J::KIND, tries: J::TRIES, lease: J::LEASE, every: J::EVERY, run: run_as::<J> }
    }
}

fn run_as<J: Job>(task: Task, payload: Value) -> BoxFuture<'static, Result<()>> {
    async move { serde_json::from_value::<J>(payload)?.run(&task).await }.boxed()
}

impl Change {
    /// Starts a job when this change is committed; tells its id.
    pub async fn start<J: Job>(&mut self, job: &J) -> Result<Uuid> {
        let insert = sql!("INSERT INTO muster.jobs (kind, payload) VALUES ($1, $2) RETURNING id");
        let id = self.scalar(insert, &[&J::KIND, &serde_json::to_value(job)?]).await?;
        Ok(id)
    }

    /// Ends a job together with its effects, so that it has them once: if a worker took it over meanwhile, or it was
    /// cancelled, this fails and nothing of the change is kept.
    pub async fn finish(&mut self, task: &Task, result: &impl Serialize) -> Result<()> {
        let finish = sql!(
            "UPDATE muster.jobs SET status = 'done', result = $3, last_error = NULL, finished_at = $4, lease_until = NULL
             WHERE id = $1 AND tries = $2 AND status = 'running'"
        );
        let result = serde_json::to_value(result)?;
        let finished = self.execute(finish, &[&task.id, &task.tries, &result, &task.app.clock.now()]).await?;
        if finished == 0 { Err(conflict("job_taken", "The job is no longer this worker's.")) } else { Ok(()) }
    }
}
