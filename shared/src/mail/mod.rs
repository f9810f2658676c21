//! Mail: stored by the change that causes it, sent after the commit by a job.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use lettre::{
    Message,
    message::{Mailbox, MultiPart},
};

use crate::{App, Error, Result, config::MailConfig, db::Change, error, sql};

mod send;
mod ses;
mod smtp;

pub use send::SendMails;

use ses::Ses;
use smtp::Smtp;

/// Mails of one job: sending them must fit in its time.
const IN_A_JOB: i64 = 100;

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
enum NotSent {
    /// It never will be: nobody takes it.
    Refused(Error),
    /// It may be tried again.
    Later(Error),
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
        let transport = self.transport.as_ref().ok_or_else(|| NotSent::Later(error::unavailable("Mail")))?;
        transport.send(&self.message(mail)?).await
    }

    /// The same mail always has the same id, so that one that is sent twice, because a worker died in between, is shown
    /// once.
    fn message(&self, mail: &send::StoredMail) -> Result<Message, NotSent> {
        let from: Mailbox = self.config.from.parse().map_err(|cause| NotSent::Later(Error::from(cause)))?;
        let to: Mailbox = mail.recipient.parse().map_err(|cause| NotSent::Refused(Error::from(cause)))?;
        let id = format!("<mail-{}.{}@{}>", mail.id, mail.job_id.simple(), from.email.domain());
        let body = MultiPart::alternative_plain_html(mail.text_body.clone(), mail.html_body.clone());
        let message = Message::builder().from(from).to(to).subject(mail.subject.clone());
        message.message_id(Some(id)).multipart(body).map_err(|cause| NotSent::Refused(Error::from(cause)))
    }
}

impl Change {
    /// Stores a mail to be sent after the commit.
    pub async fn mail(&mut self, mail: NewMail) -> Result<()> {
        self.mails(&[mail]).await
    }

    /// Stores many mails at once.
    pub async fn mails(&mut self, mails: &[NewMail]) -> Result<()> {
        // Where no mail is sent no job is started: they stay in the outbox.
        let insert = sql!(
            "WITH new AS (
                 SELECT recipient, subject, text_body, html_body, place, (place - 1) / $5 AS batch
                 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
                      AS new (recipient, subject, text_body, html_body, place)),
             batches AS (SELECT batch, gen_random_uuid() AS job_id FROM new WHERE $6 GROUP BY batch),
             started AS (
                 INSERT INTO muster.jobs (id, kind, queue, payload)
                 SELECT job_id, 'send_mails', 'delivery', '{}' FROM batches)
             INSERT INTO muster.mails (recipient, subject, text_body, html_body, job_id)
             SELECT recipient, subject, text_body, html_body, job_id FROM new LEFT JOIN batches USING (batch)
             ORDER BY place"
        );
        let column = |field: fn(&NewMail) -> &str| mails.iter().map(field).collect::<Vec<_>>();
        let (recipients, subjects) = (column(|mail| &mail.recipient), column(|mail| &mail.subject));
        let (texts, pages) = (column(|mail| &mail.text), column(|mail| &mail.html));
        let leave = self.mails_leave();
        self.execute(insert, &[&recipients, &subjects, &texts, &pages, &IN_A_JOB, &leave]).await?;
        Ok(())
    }
}

/// Starts jobs for the mails that have none, once mails can be sent: those stored while nothing was configured, and those
/// of an older version. A mail older than a week tells nobody anything new, and stays.
pub(crate) async fn adopt(app: &App) -> Result<()> {
    if !app.mailer.can_send() {
        return Ok(());
    }
    let adopt = sql!(
        "WITH waiting AS (
             SELECT id FROM muster.mails
             WHERE job_id IS NULL AND sent_at IS NULL AND refused_at IS NULL AND created_at > $1::timestamptz - interval '7 days'
             ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED),
         job AS (
             INSERT INTO muster.jobs (kind, queue, payload)
             SELECT 'send_mails', 'delivery', '{}' WHERE EXISTS (SELECT FROM waiting) RETURNING id)
         UPDATE muster.mails SET job_id = job.id FROM job WHERE mails.id IN (SELECT id FROM waiting)"
    );
    loop {
        let mut change = app.db.change_for_system("mail delivery").await?;
        let adopted = change.execute(adopt, &[&app.clock.now(), &IN_A_JOB]).await?;
        change.commit().await?;
        if i64::try_from(adopted)? < IN_A_JOB {
            return Ok(());
        }
    }
}
