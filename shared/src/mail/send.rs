//! The job that sends mails.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{NotSent, Then, forget_stale};
use crate::{
    App, Result,
    db::Actor,
    error::unavailable,
    jobs::{Job, Queue, Task},
    row, sql,
};

/// Mails read at once.
const BATCH: i64 = 20;

/// About two days: a mail server may be down for long. What is left then gets another job.
const TRIES: i32 = 16;

/// Sends the one mail that was stored with it. Written by [`crate::db::Change::mail`].
///
/// Safe to run twice: a mail that was sent is noted at once and not sent again. A worker that dies in the moment between
/// repeats that one mail, with the same message id.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendMails {}

/// Sends the mails that were stored with it. Written by [`crate::db::Change::mails`].
///
/// Safe to run twice, as [`SendMails`] is.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendManyMails {}

row! {
    pub(super) struct StoredMail {
        pub(super) id: i64,
        pub(super) key: Uuid,
        pub(super) recipient: String,
        pub(super) subject: String,
        pub(super) text_body: String,
        pub(super) html_body: String,
    }
}

impl Job for SendMails {
    const KIND: &'static str = "send_mails";
    const QUEUE: Queue = Queue::Delivery;
    const TRIES: i32 = TRIES;
    const WHILE_READ_ONLY: bool = true;

    async fn run(self, task: &Task) -> Result<()> {
        send_all(task).await
    }
}

impl Job for SendManyMails {
    const KIND: &'static str = "send_many_mails";
    const QUEUE: Queue = Queue::Upkeep;
    const TRIES: i32 = TRIES;
    const WHILE_READ_ONLY: bool = true;
    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        send_all(task).await
    }
}

async fn send_all(task: &Task) -> Result<()> {
    let app = &task.app;
    if !app.mailer.is_configured() {
        return keep(task).await;
    }
    forget_stale(app).await?;
    let (mut after, mut sent, mut left) = (0, 0, None);
    'mails: loop {
        let mails = batch(task, after).await?;
        let Some(last) = mails.last() else { break };
        after = last.id;
        for mail in &mails {
            let outcome = app.mailer.send(mail).await;
            note(app, mail.id, &outcome).await?;
            match outcome {
                Ok(()) => sent += 1,
                Err(NotSent { then: Then::Refused, .. }) => {}
                Err(NotSent { then: Then::Later, code, .. }) => left = Some(code),
                Err(NotSent { then: Then::Stop, code, .. }) => {
                    left = Some(code);
                    break 'mails;
                }
            }
        }
    }
    tracing::info!(job = %task.id, sent, "mails sent");
    left.map_or(Ok(()), |code| Err(unavailable("Mail").caused_by(std::io::Error::other(code))))
}

/// The next mails of this job that have not left.
async fn batch(task: &Task, after: i64) -> Result<Vec<StoredMail>> {
    let find = sql!(
        "SELECT id, key, recipient, subject, text_body, html_body FROM muster.mails
         WHERE job_id = $1 AND sent_at IS NULL AND refused_at IS NULL AND id > $2 ORDER BY id LIMIT $3"
    );
    task.app.db.read().await?.all(find, &[&task.id, &after, &BATCH]).await
}

/// Nothing is configured any more: the mails wait until something is.
async fn keep(task: &Task) -> Result<()> {
    let keep = sql!("UPDATE muster.mails SET job_id = NULL WHERE job_id = $1 AND sent_at IS NULL");
    let mut change = task.app.db.change_for_access(&Actor::default(), "mail delivery").await?;
    change.execute(keep, &[&task.id]).await?;
    change.commit().await
}

/// A mail that was sent keeps no body: links in it are secrets. Nor does one that nobody takes.
async fn note(app: &App, id: i64, outcome: &Result<(), NotSent>) -> Result<()> {
    let (sent, cause) = match outcome {
        Ok(()) => (true, None),
        Err(cause) if cause.then == Then::Refused => (false, Some(cause)),
        Err(cause) => return later(app, id, cause).await,
    };
    if let Some(cause) = cause {
        tracing::warn!(mail = id, code = cause.code, "a mail was refused");
    }
    let end = sql!(
        "UPDATE muster.mails
         SET sent_at = CASE WHEN $2 THEN $3::timestamptz END, refused_at = CASE WHEN NOT $2 THEN $3::timestamptz END,
             tries = tries + 1, last_error = $4, text_body = '', html_body = ''
         WHERE id = $1"
    );
    let mut change = app.db.change_for_access(&Actor::default(), "mail delivery").await?;
    let words = cause.map(|cause| cause.words.as_str());
    change.execute(end, &[&id, &sent, &app.clock.now(), &words]).await?;
    change.commit().await
}

async fn later(app: &App, id: i64, cause: &NotSent) -> Result<()> {
    tracing::warn!(mail = id, code = cause.code, "a mail could not be sent");
    let note = sql!("UPDATE muster.mails SET tries = tries + 1, last_error = $2 WHERE id = $1");
    let mut change = app.db.change_for_access(&Actor::default(), "mail delivery").await?;
    change.execute(note, &[&id, &cause.words]).await?;
    change.commit().await
}
