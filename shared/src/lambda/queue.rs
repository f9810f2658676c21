//! A batch of messages in a function.

use std::time::{Duration, SystemTime};

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};

use crate::{
    App, Result,
    error::{internal, unavailable},
    jobs::{self, Jobs},
};

/// What is left of a function's time for noting what came of a job.
const RESERVE: Duration = Duration::from_secs(5);

/// Less time than this is not enough to begin a job.
const TOO_LITTLE: Duration = Duration::from_secs(10);

/// Does the jobs of a batch and answers the messages that could not be dealt with.
pub(super) async fn take(app: &App, jobs: &Jobs, event: SqsEvent, deadline: SystemTime) -> Vec<String> {
    let mut failed = Vec::new();
    for message in event.records {
        if let Err(cause) = handle(app, jobs, &message, deadline).await {
            let id = message.message_id.unwrap_or_default();
            tracing::warn!(message = id, %cause, "a message could not be dealt with");
            failed.push(id);
        }
    }
    failed
}

async fn handle(app: &App, jobs: &Jobs, message: &SqsMessage, deadline: SystemTime) -> Result<()> {
    let body = message.body.as_deref().unwrap_or_default().trim();
    let id = body.parse().map_err(|_| internal("the message is none of ours"))?;
    let left = left(deadline).saturating_sub(RESERVE);
    if left < TOO_LITTLE {
        return Err(unavailable("The function"));
    }
    jobs::handle(app, jobs, id, left).await.map(drop)
}

#[expect(clippy::disallowed_methods, reason = "the deadline is Lambda's, by the clock of the machine")]
fn left(deadline: SystemTime) -> Duration {
    deadline.duration_since(SystemTime::now()).unwrap_or_default()
}
