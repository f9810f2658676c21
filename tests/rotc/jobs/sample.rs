//! Jobs that do what a test wants.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use shared::{
    Result,
    error::{conflict, internal, invalid},
    jobs::{Job, JobKind, Jobs, Queue, Task},
    sql,
    system::System,
};
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

/// The samples.
pub static JOBS: Jobs = Jobs {
    kinds: &[
        JobKind::of::<Effect>(),
        JobKind::of::<Failing>(),
        JobKind::of::<Panicking>(),
        JobKind::of::<Unreadable>(),
        JobKind::of::<Waiting>(),
    ],
    failed: |app, change, kind, id| (rotc::jobs::ALL.failed)(app, change, kind, id),
};

/// A system of nothing but the samples.
pub static SYSTEM: System = System {
    name: "sample",
    title: "Sample",
    about: "A system of one test",
    envelope: &rotc::envelope::RotcEnvelope,
    http: &rotc::http_policy::HTTP,
    groups: &[],
    workers: &[],
    jobs: &JOBS,
    alarm: None,
    clean_up: &[],
    sockets: None,
    events: None,
    migrations: &rotc::migrations::ROTC,
    sign_in: None,
    examples: "{}",
    storage: rotc::SYSTEM.storage,
    settings: None,
    admin: None,
    demo: None,
    legacy: None,
    imitations: &[],
};

/// Stores an event and ends with it. Safe to run twice: it ends in the transaction of its effect.
#[derive(Debug, Serialize, Deserialize)]
pub struct Effect {}

impl Job for Effect {
    const KIND: &'static str = "sample_effect";
    const QUEUE: Queue = Queue::Import;

    async fn run(self, task: &Task) -> Result<()> {
        let mut change = task.app.db.change_for_system("a test").await?;
        change.execute(sql!("INSERT INTO sync_events (event_type) VALUES ('sample')"), &[]).await?;
        for done in 1..=1_000 {
            task.progress(done, 1_000);
        }
        change.finish(task, &"done well").await?;
        change.commit().await
    }
}

/// Never succeeds. Safe to run twice: it does nothing.
#[derive(Debug, Serialize, Deserialize)]
pub struct Failing {
    /// Whether it is the fault of whoever started it.
    pub told: bool,
}

impl Job for Failing {
    const KIND: &'static str = "sample_failing";
    const QUEUE: Queue = Queue::Import;

    async fn run(self, _task: &Task) -> Result<()> {
        match self.told {
            true => Err(conflict("no_good", "The third row has no name.")),
            false => Err(internal("secret details of row 3")),
        }
    }
}

/// Is given what nobody can read. Safe to run twice: it does nothing.
#[derive(Debug, Serialize, Deserialize)]
pub struct Unreadable {}

impl Job for Unreadable {
    const KIND: &'static str = "sample_unreadable";
    const QUEUE: Queue = Queue::Import;

    async fn run(self, _task: &Task) -> Result<()> {
        Err(invalid("unreadable_document", "The document cannot be read"))
    }
}

/// Panics. Safe to run twice: it does nothing.
#[derive(Debug, Serialize, Deserialize)]
pub struct Panicking {}

impl Job for Panicking {
    const KIND: &'static str = "sample_panicking";
    const QUEUE: Queue = Queue::Import;

    async fn run(self, _task: &Task) -> Result<()> {
        panic!("as the test wants")
    }
}

/// Stores an event, says that it is half done, and waits at its gate before it ends. Safe to run twice: it ends in the
/// transaction of its effect.
#[derive(Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// Its gate.
    pub gate: Uuid,
}

impl Job for Waiting {
    const KIND: &'static str = "sample_waiting";
    const QUEUE: Queue = Queue::Import;
    const LEASE: Duration = Duration::from_mins(10);

    async fn run(self, task: &Task) -> Result<()> {
        let gate = Gate::of(self.gate);
        let mut change = task.app.db.change_for_system("a test").await?;
        change.execute(sql!("INSERT INTO sync_events (event_type) VALUES ('sample')"), &[]).await?;
        task.progress(2, 4);
        gate.inside.send_modify(|inside| *inside += 1);
        let pass = gate.passes.acquire().await?;
        pass.forget();
        gate.inside.send_modify(|inside| *inside -= 1);
        change.finish(task, &serde_json::json!({ "stored": 1 })).await?;
        change.commit().await
    }
}

/// Where jobs wait for the test.
pub struct Gate {
    id: Uuid,
    inside: watch::Sender<usize>,
    passes: Semaphore,
}

static GATES: LazyLock<Mutex<HashMap<Uuid, Arc<Gate>>>> = LazyLock::new(Mutex::default);

impl Gate {
    /// A closed gate.
    pub fn closed() -> Arc<Self> {
        Self::of(shared::ids::Ids.uuid())
    }

    fn of(id: Uuid) -> Arc<Self> {
        let mut gates = GATES.lock().expect("nobody panicked");
        let new = || Arc::new(Self { id, inside: watch::Sender::new(0), passes: Semaphore::new(0) });
        gates.entry(id).or_insert_with(new).clone()
    }

    /// A job that waits here.
    pub fn job(&self) -> Waiting {
        Waiting { gate: self.id }
    }

    /// Waits until so many jobs wait here.
    pub async fn holds(&self, jobs: usize) {
        let mut inside = self.inside.subscribe();
        let come = tokio::time::timeout(Duration::from_secs(60), inside.wait_for(|inside| *inside == jobs));
        come.await.expect("they come to the gate").expect("the gate is there");
    }

    /// How many wait here.
    pub fn count(&self) -> usize {
        *self.inside.borrow()
    }

    /// Lets so many through.
    pub fn open(&self, jobs: usize) {
        self.passes.add_permits(jobs);
    }
}
