//! Queues in Amazon SQS, or in any server that speaks its protocol.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry};
use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{Broker, LONGEST_DELAY, Message, Queue, VISIBILITY};
use crate::{Result, aws, config::AwsConfig, error};

/// The longest that a call may take beside what it waits for messages.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// As long as SQS waits for a message.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Entries of one call.
const BATCH: usize = 10;

/// The queues whose addresses begin alike: `<prefix>import`, and `<prefix>import-dead` for its dead letters.
pub struct Sqs {
    prefix: String,
    aws: AwsConfig,
    client: OnceCell<Client>,
}

impl Sqs {
    /// Nothing is contacted.
    pub fn new(prefix: String, aws: AwsConfig) -> Self {
        Self { prefix, aws, client: OnceCell::new() }
    }

    /// The address of a queue.
    pub fn url(&self, queue: Queue) -> String {
        format!("{}{}", self.prefix, queue.name())
    }

    /// The address of a queue's dead letters.
    pub fn dead_letters_url(&self, queue: Queue) -> String {
        format!("{}{}-dead", self.prefix, queue.name())
    }

    async fn client(&self) -> &Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(2))
            .operation_attempt_timeout(LONGEST_WAIT + ANSWER_WITHIN)
            .build();
        self.client.get_or_init(async || Client::new(&aws::connect(&self.aws, timeouts).await)).await
    }

    async fn send_batch(&self, queue: Queue, jobs: &[Uuid], delay: Duration) -> Result<()> {
        let delay_seconds = i32::try_from(delay.min(LONGEST_DELAY).as_secs())?;
        let entries = jobs.iter().map(|job| {
            let entry = SendMessageBatchRequestEntry::builder().id(job.simple().to_string());
            entry.message_body(job.to_string()).delay_seconds(delay_seconds).build()
        });
        let entries = entries.collect::<std::result::Result<Vec<_>, _>>()?;
        let send = self.client().await.send_message_batch().queue_url(self.url(queue));
        let sent = send.set_entries(Some(entries)).send().await.map_err(away)?;
        match sent.failed().first() {
            Some(failed) => Err(error::internal(format!("the queue took no message: {}", failed.code()))),
            None => Ok(()),
        }
    }

    async fn set_visibility(&self, message: &Message, visibility: Duration) -> Result<()> {
        let change = self.client().await.change_message_visibility().queue_url(self.url(message.queue));
        let change = change.receipt_handle(&message.receipt);
        change.visibility_timeout(i32::try_from(visibility.as_secs())?).send().await.map_err(away)?;
        Ok(())
    }

    async fn receive_batch(&self, queue: Queue, most: usize, wait: Duration) -> Result<Vec<Message>> {
        let receive = self.client().await.receive_message().queue_url(self.url(queue));
        let receive = receive
            .max_number_of_messages(i32::try_from(most.clamp(1, BATCH))?)
            .wait_time_seconds(i32::try_from(wait.min(LONGEST_WAIT).as_secs())?)
            .visibility_timeout(i32::try_from(VISIBILITY.as_secs())?);
        let received = receive.send().await.map_err(away)?;
        let messages = received.messages.unwrap_or_default().into_iter();
        Ok(messages
            .filter_map(|message| {
                let body = message.body.unwrap_or_default();
                Some(Message { queue, body, receipt: message.receipt_handle? })
            })
            .collect())
    }
}

impl Broker for Sqs {
    fn send<'a>(&'a self, queue: Queue, jobs: &'a [Uuid], delay: Duration) -> BoxFuture<'a, Result<()>> {
        async move {
            for batch in jobs.chunks(BATCH) {
                self.send_batch(queue, batch, delay).await?;
            }
            Ok(())
        }
        .boxed()
    }

    fn receive(&self, queue: Queue, most: usize, wait: Duration) -> BoxFuture<'_, Result<Vec<Message>>> {
        self.receive_batch(queue, most, wait).boxed()
    }

    fn extend<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>> {
        self.set_visibility(message, VISIBILITY).boxed()
    }

    fn release<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>> {
        self.set_visibility(message, Duration::ZERO).boxed()
    }

    fn acknowledge<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>> {
        async move {
            let delete = self.client().await.delete_message().queue_url(self.url(message.queue));
            delete.receipt_handle(&message.receipt).send().await.map_err(away)?;
            Ok(())
        }
        .boxed()
    }

    fn bury(&self, queue: Queue, job: Uuid) -> BoxFuture<'_, Result<()>> {
        async move {
            let send = self.client().await.send_message().queue_url(self.dead_letters_url(queue));
            send.message_body(job.to_string()).send().await.map_err(away)?;
            Ok(())
        }
        .boxed()
    }

    fn is_volatile(&self) -> bool {
        false
    }
}

fn away<E>(cause: E) -> error::Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    error::unavailable("The queue").caused_by(cause)
}
