//! Background work: the queues, what workers make of it, and what people see of it.

mod claims;
mod harness;
mod queues;
mod sample;
mod status;
mod weekly;

use std::time::Duration;

use shared::{
    jobs::{self, Job, Outcome},
    queue::{Message, Queue},
};
use tests::{Amazon, TestApp};
use uuid::Uuid;

/// An app with one of the two makes of queues, and enough connections for workers that race.
pub struct Bench {
    pub app: TestApp,
    pub amazon: Option<Amazon>,
}

impl Bench {
    /// Queues in the process.
    pub async fn in_process() -> Self {
        Self { app: TestApp::crowded().await, amazon: None }
    }

    /// Queues that speak the protocol of SQS.
    pub async fn sqs() -> Self {
        let amazon = Amazon::start().await;
        let app = TestApp::with(|config| {
            config.queue = amazon.queues();
            config.database.pool_size = 8;
        })
        .await;
        Self { app, amazon: Some(amazon) }
    }

    /// Starts a job in a change of nobody.
    pub async fn start<J: Job>(&self, job: &J) -> Uuid {
        let mut change = self.app.app.db.change_for_system("a test").await.expect("a change");
        let id = change.start(job).await.expect("a job");
        change.commit().await.expect("a commit");
        id
    }

    /// What a queue holds at this moment.
    pub async fn receive(&self, queue: Queue) -> Vec<Message> {
        self.app.app.broker.receive(queue, 10, Duration::ZERO).await.expect("the queue is there")
    }

    /// The only message of the queue of the samples.
    pub async fn message(&self) -> Message {
        let mut messages = self.receive(Queue::Import).await;
        assert_eq!(messages.len(), 1, "{messages:?}");
        messages.remove(0)
    }

    /// What comes of a message.
    pub async fn work(&self, message: &Message) -> Outcome {
        jobs::receive(&self.app.app, &sample::JOBS, message).await.expect("the outcome is noted")
    }

    /// Sends what waits.
    pub async fn sweep(&self) -> usize {
        jobs::sweep(&self.app.app, &sample::JOBS).await.expect("a sweep")
    }

    /// How often the effect of the sample was committed.
    pub async fn effects(&self) -> i64 {
        self.app.value("SELECT count(*) FROM sync_events WHERE event_type = 'sample'", &[]).await
    }
}

/// The same tests on both makes of queues.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($bench:ident: $type:ty) $body:block)+) => {
        $($(#[$meta])* async fn $name($bench: $type) $body)+

        mod in_process {
            $(#[tokio::test] async fn $name() { super::$name(super::Bench::in_process().await).await; })+
        }

        mod sqs {
            $(#[tokio::test] async fn $name() { super::$name(super::Bench::sqs().await).await; })+
        }
    };
}
pub(crate) use on_both;
