//! The job that sends mails.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::NotSent;
use crate::{
    App, Error, Result,
    error::unavailable,
    jobs::{Job, Queue, Task},
    row, sql,
};

/// Mails read at once.
const BATCH: i64 = 20;

/// Sends the mails that were stored with it. Written by [`crate::db::Change::mails`].
///
/// Safe to run twice: a mail that was sent is noted at once and not sent again. A worker that dies in the moment between
/// repeats that one mail, with the same message id.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendMails {}

row! {
    pub(super) struct StoredMail {
        pub(super) id: i64,
        pub(super) job_id: Uuid,
        pub(super) recipient: String,
        pub(super) subject: String,
        pub(super) text_body: String,
        pub(super) html_body: String,
    }
}

impl Job for SendMails {
    const KIND: &'static str = "send_mails";
    const QUEUE: Queue = Queue::Delivery;

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        if !app.mailer.is_configured() {
            return keep(task).await;
        }
        let (mut after, mut sent, mut later) = (0, 0, None);
        loop {
            let mails = batch(task, after).await?;
            let Some(last) = mails.last() else { break };
            after = last.id;
            for mail in &mails {
                let outcome = app.mailer.send(mail).await;
                note(app, mail.id, &outcome).await?;
                match outcome {
                    Ok(()) => sent += 1,
                    Err(NotSent::Refused(_)) => {}
                    Err(NotSent::Later(cause)) => later = Some(cause),
                }
            }
        }
        tracing::info!(job = %task.id, sent, "mails sent");
        later.map_or(Ok(()), |cause| Err(unavailable("Mail").caused_by(Cause(cause.to_string()))))
    }
}

/// An error as the cause of another.
#[derive(Debug)]
struct Cause(String);

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cause {}

/// The next mails of this job that have not left.
async fn batch(task: &Task, after: i64) -> Result<Vec<StoredMail>> {
    let find = sql!(
        "SELECT id, job_id, recipient, subject, text_body, html_body FROM muster.mails
         WHERE job_id = $1 AND sent_at IS NULL AND refused_at IS NULL AND id > $2 ORDER BY id LIMIT $3"
    );
    task.app.db.read().await?.all(find, &[&task.id, &after, &BATCH]).await
}

/// Nothing is configured any more: the mails wait until something is.
async fn keep(task: &Task) -> Result<()> {
    let keep = sql!("UPDATE muster.mails SET job_id = NULL WHERE job_id = $1 AND sent_at IS NULL");
    let mut change = task.app.db.change_for_system("mail delivery").await?;
    change.execute(keep, &[&task.id]).await?;
    change.commit().await
}

/// A mail that was sent keeps no body: links in it are secrets. Nor does one that nobody takes.
async fn note(app: &App, id: i64, outcome: &Result<(), NotSent>) -> Result<()> {
    let (sent, error): (bool, Option<&Error>) = match outcome {
        Ok(()) => (true, None),
        Err(NotSent::Refused(cause)) => (false, Some(cause)),
        Err(NotSent::Later(cause)) => return later(app, id, cause).await,
    };
    if let Some(cause) = error {
        tracing::warn!(mail = id, %cause, "a mail was refused");
    }
    let end = sql!(
        "UPDATE muster.mails
         SET sent_at = CASE WHEN $2 THEN $3::timestamptz END, refused_at = CASE WHEN NOT $2 THEN $3::timestamptz END,
             tries = tries + 1, last_error = $4, text_body = '', html_body = ''
         WHERE id = $1"
    );
    let mut change = app.db.change_for_system("mail delivery").await?;
    let error = error.map(Error::to_string);
    change.execute(end, &[&id, &sent, &app.clock.now(), &error]).await?;
    change.commit().await
}

async fn later(app: &App, id: i64, cause: &Error) -> Result<()> {
    tracing::warn!(mail = id, %cause, "a mail could not be sent");
    let note = sql!("UPDATE muster.mails SET tries = tries + 1, last_error = $2 WHERE id = $1");
    let mut change = app.db.change_for_system("mail delivery").await?;
    change.execute(note, &[&id, &cause.to_string()]).await?;
    change.commit().await
}
