//! The queues between the commit that starts a job and the worker that does it. A message carries the job's id and
//! nothing else: a lost one is sent again by the sweep, a doubled one finds nothing to do.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::{Result, clock::Clock, config::QueueConfig};

mod in_process;
mod sqs;

pub use in_process::InProcess;
pub use sqs::Sqs;

/// How long a message that was received is kept from other workers, unless that is extended.
pub const VISIBILITY: Duration = Duration::from_mins(1);

/// A message that was received so often without being done with is a dead letter: those who took it died, or could not
/// even note that the job failed.
pub const MOST_RECEIVES: u32 = 10;

/// The longest that a message can be held back.
pub const LONGEST_DELAY: Duration = Duration::from_mins(15);

/// Every queue: one for each kind of work that must not hold up the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    /// Mails to one person and push messages.
    Delivery,
    /// Work on stored files and pictures.
    Image,
    /// Imports.
    Import,
    /// Reading scanned letters.
    Ocr,
    /// Documents.
    Pdf,
    /// What is done by the clock (clean-up, reports), and mails to many people.
    Upkeep,
}

impl Queue {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Delivery, Self::Image, Self::Import, Self::Ocr, Self::Pdf, Self::Upkeep];

    /// Its name in the database and at the end of its address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Image => "image",
            Self::Import => "import",
            Self::Ocr => "ocr",
            Self::Pdf => "pdf",
            Self::Upkeep => "upkeep",
        }
    }

    /// The queue with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.name() == name)
    }
}

/// A message that this worker has received.
#[derive(Clone, Debug)]
pub struct Message {
    /// Where it came from.
    pub queue: Queue,
    /// The id of a job, if it is a message of ours.
    pub body: String,
    /// What the broker knows this receipt by.
    pub receipt: String,
}

impl Message {
    /// The job it is about; none if somebody else wrote it.
    pub fn job(&self) -> Option<Uuid> {
        self.body.trim().parse().ok()
    }
}

/// Holds the queues. Messages come at least once, in no certain order.
pub trait Broker: Send + Sync {
    /// Sends the ids of jobs, to be received after `delay` ([`LONGEST_DELAY`] at most).
    fn send<'a>(&'a self, queue: Queue, jobs: &'a [Uuid], delay: Duration) -> BoxFuture<'a, Result<()>>;

    /// Up to `most` messages (10 at most); waits up to `wait` (20 seconds at most) for the first.
    fn receive(&self, queue: Queue, most: usize, wait: Duration) -> BoxFuture<'_, Result<Vec<Message>>>;

    /// Keeps a message from others for another [`VISIBILITY`].
    fn extend<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>>;

    /// Gives a message back: it can be received at once.
    fn release<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>>;

    /// Is done with a message.
    fn acknowledge<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>>;

    /// Keeps the id of a job that failed for good with the dead letters of its queue, for whoever looks into it.
    fn bury(&self, queue: Queue, job: Uuid) -> BoxFuture<'_, Result<()>>;

    /// Whether messages end with the process: then no mark of having been sent can be trusted.
    fn is_volatile(&self) -> bool;
}

/// The broker that is configured: SQS, or else this process. Nothing is contacted.
pub fn broker(config: &QueueConfig, clock: &Clock) -> Arc<dyn Broker> {
    match &config.url_prefix {
        Some(prefix) => Arc::new(Sqs::new(prefix.clone(), config.aws.clone())),
        None => Arc::new(InProcess::new(clock.clone())),
    }
}
