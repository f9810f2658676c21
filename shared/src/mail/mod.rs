//! Mail: stored by the change that causes it, sent after the commit by a job.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use lettre::{
    Message,
    message::{Mailbox, MultiPart},
};

use uuid::Uuid;

use crate::{
    App, Result,
    config::MailConfig,
    db::{Actor, Change},
    sql,
};

mod send;
mod ses;
mod smtp;

pub use send::{SendMails, SendManyMails};

use ses::Ses;
use smtp::Smtp;

/// Mails of one job: sending them must fit in its time.
const IN_A_JOB: i64 = 100;

/// A mail older than this tells nobody anything new.
const STALE: TimeDelta = TimeDelta::days(7);

/// A mail to store with [`Change::mail`].
#[derive(Clone, Debug)]
pub struct NewMail {
    /// The address.
    pub recipient: String,
    /// The subject line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Why a mail was not sent.
struct NotSent {
    /// What follows from it.
    then: Then,
    /// For the log: without the words of a server, which name whom the mail is for.
    code: String,
    /// In full, for the outbox.
    words: String,
}

impl NotSent {
    fn new(then: Then, cause: impl std::fmt::Display) -> Self {
        let words = cause.to_string();
        Self { then, code: words.clone(), words }
    }
}

/// What follows when a mail was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// It never will be: nobody takes it.
    Refused,
    /// It may be tried again; others may leave now.
    Later,
    /// None leaves at present: the server is away, or refuses us, or has had enough of us for a while.
    Stop,
}

/// A way for mails to leave. Connects on first use.
trait Transport: Send + Sync {
    /// Hands over one mail.
    fn send<'a>(&'a self, mail: &'a Message) -> BoxFuture<'a, Result<(), NotSent>>;
}

/// Sends mails in the configured way.
#[derive(Clone)]
pub struct Mailer {
    config: MailConfig,
    transport: Option<Arc<dyn Transport>>,
}

impl Mailer {
    /// A mailer; nothing is contacted.
    pub fn new(config: MailConfig) -> Self {
        let transport: Option<Arc<dyn Transport>> = match (&config.ses, &config.smtp) {
            (Some(ses), _) => Some(Arc::new(Ses::new(ses.clone()))),
            (None, Some(url)) => Some(Arc::new(Smtp::new(url.clone()))),
            (None, None) => None,
        };
        Self { config, transport }
    }

    /// Whether mails leave the outbox.
    pub fn is_configured(&self) -> bool {
        self.config.leaves()
    }

    /// Whether this process can send them.
    fn can_send(&self) -> bool {
        self.transport.is_some()
    }

    async fn send(&self, mail: &send::StoredMail) -> Result<(), NotSent> {
        let transport = self.transport.as_ref();
        let transport = transport.ok_or_else(|| NotSent::new(Then::Stop, "this process sends no mail"))?;
        transport.send(&self.message(mail)?).await
    }

    /// The same mail always has the same id, so that one that is sent twice, because a worker died in between, is shown
    /// once.
    fn message(&self, mail: &send::StoredMail) -> Result<Message, NotSent> {
        let from: Mailbox = self.config.from.parse().map_err(|cause| NotSent::new(Then::Stop, cause))?;
        let to: Mailbox = mail.recipient.parse().map_err(|cause| NotSent::new(Then::Refused, cause))?;
        let id = format!("<mail-{}@{}>", mail.key.simple(), from.email.domain());
        let body = MultiPart::alternative_plain_html(mail.text_body.clone(), mail.html_body.clone());
        let message = Message::builder().from(from).to(to).subject(mail.subject.clone());
        message.message_id(Some(id)).multipart(body).map_err(|cause| NotSent::new(Then::Refused, cause))
    }
}

impl Change {
    /// Stores a mail to be sent after the commit.
    pub async fn mail(&mut self, mail: NewMail) -> Result<()> {
        self.mails(&[mail]).await
    }

    /// Stores a mail that is worth nothing after a moment: it is not sent then any more.
    pub async fn mail_until(&mut self, mail: NewMail, until: DateTime<Utc>) -> Result<()> {
        self.store(&[mail], Some(until), &[]).await
    }

    /// Stores many mails at once.
    pub async fn mails(&mut self, mails: &[NewMail]) -> Result<()> {
        self.store(mails, None, &[]).await
    }

    /// Stores mails that are found again by these keys, such as the ids of notices (`muster.mails.key`).
    pub async fn keyed_mails(&mut self, mails: &[NewMail], keys: &[Uuid]) -> Result<()> {
        self.store(mails, None, keys).await
    }

    /// Jobs of many mails have a queue of their own, so that nobody waits behind them to sign in.
    async fn store(&mut self, mails: &[NewMail], until: Option<DateTime<Utc>>, keys: &[Uuid]) -> Result<()> {
        // Where no mail is sent no job is started: they stay in the outbox.
        let insert = sql!(
            "WITH new AS (
                 SELECT recipient, subject, text_body, html_body, key, place, (place - 1) / $5 AS batch
                 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $8::uuid[]) WITH ORDINALITY
                      AS new (recipient, subject, text_body, html_body, key, place)),
             batches AS (
                 SELECT batch, gen_random_uuid() AS job_id, count(*) > 1 AS many FROM new WHERE $6 GROUP BY batch),
             started AS (
                 INSERT INTO muster.jobs (id, kind, queue, payload, created_by)
                 SELECT job_id, CASE WHEN many THEN 'send_many_mails' ELSE 'send_mails' END,
                        CASE WHEN many THEN 'upkeep' ELSE 'delivery' END, '{}', NULL FROM batches)
             INSERT INTO muster.mails (recipient, subject, text_body, html_body, job_id, expires_at, key)
             SELECT recipient, subject, text_body, html_body, job_id, $7::timestamptz, coalesce(key, gen_random_uuid())
             FROM new LEFT JOIN batches USING (batch)
             ORDER BY place"
        );
        let column = |field: fn(&NewMail) -> &str| mails.iter().map(field).collect::<Vec<_>>();
        let (recipients, subjects) = (column(|mail| &mail.recipient), column(|mail| &mail.subject));
        let (texts, pages) = (column(|mail| &mail.text), column(|mail| &mail.html));
        let leave = self.mails_leave();
        self.execute(insert, &[&recipients, &subjects, &texts, &pages, &IN_A_JOB, &leave, &until, &keys])
            .await?;
        Ok(())
    }
}

/// Starts jobs for the mails that no job will send, once mails can be sent: those stored while nothing was configured, and
/// those whose job failed.
pub(crate) async fn adopt(app: &App) -> Result<()> {
    forget_stale(app).await?;
    if !app.mailer.can_send() {
        return Ok(());
    }
    let adopt = sql!(
        "WITH waiting AS (
             SELECT id FROM muster.mails
             WHERE sent_at IS NULL AND refused_at IS NULL
               AND NOT EXISTS (SELECT FROM muster.jobs WHERE jobs.id = mails.job_id AND status IN ('queued', 'running', 'cancelled'))
             ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED),
         job AS (
             INSERT INTO muster.jobs (kind, queue, payload)
             SELECT CASE WHEN mails > 1 THEN 'send_many_mails' ELSE 'send_mails' END,
                    CASE WHEN mails > 1 THEN 'upkeep' ELSE 'delivery' END, '{}'
             FROM (SELECT count(*) AS mails FROM waiting) AS counted WHERE mails > 0 RETURNING id)
         UPDATE muster.mails SET job_id = job.id FROM job WHERE mails.id IN (SELECT id FROM waiting)"
    );
    loop {
        let mut change = app.db.change_for_access(&Actor::default(), "mail delivery").await?;
        // One process at a time: another would not see that a mail has a job by now.
        let alone = sql!("SELECT pg_advisory_xact_lock(hashtextextended('muster.mails', 0))");
        change.execute(alone, &[]).await?;
        let adopted = change.execute(adopt, &[&IN_A_JOB]).await?;
        change.commit().await?;
        if i64::try_from(adopted)? < IN_A_JOB {
            return Ok(());
        }
    }
}

/// Gives up what is too old to be sent, and what somebody has cancelled: unsent mails keep their words no longer.
async fn forget_stale(app: &App) -> Result<()> {
    let forget = sql!(
        "UPDATE muster.mails
         SET refused_at = $1, text_body = '', html_body = '',
             last_error = coalesce(last_error, CASE WHEN cancelled THEN 'it was cancelled' ELSE 'it was too late to be sent' END)
         FROM (SELECT mails.id, jobs.status IS NOT DISTINCT FROM 'cancelled' AS cancelled
               FROM muster.mails LEFT JOIN muster.jobs ON jobs.id = mails.job_id
               WHERE mails.sent_at IS NULL AND refused_at IS NULL) AS waiting
         WHERE mails.id = waiting.id AND (cancelled OR mails.created_at < $2 OR expires_at <= $1)"
    );
    let now = app.clock.now();
    let mut change = app.db.change_for_access(&Actor::default(), "mail delivery").await?;
    let forgotten = change.execute(forget, &[&now, &(now - STALE)]).await?;
    change.commit().await?;
    if forgotten > 0 {
        tracing::warn!(mails = forgotten, "mails were given up: they are too old, or were cancelled");
    }
    Ok(())
}
