//! Mail: stored by the change that causes it, sent after the commit.

use std::sync::Arc;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;

use crate::{App, Result, config::MailConfig, db::Change, error, row, sql};

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

/// Sends stored mails by SMTP. Connects on first use.
#[derive(Clone)]
pub struct Mailer {
    config: MailConfig,
    transport: Arc<OnceCell<AsyncSmtpTransport<Tokio1Executor>>>,
}

row! {
    struct StoredMail {
        id: i64,
        recipient: String,
        subject: String,
        text_body: String,
        html_body: String,
    }
}

/// Mails claimed by one delivery: a claimed mail is left alone by others for five minutes.
const BATCH: i64 = 20;

impl Mailer {
    /// A mailer; nothing is contacted.
    pub fn new(config: MailConfig) -> Self {
        Self { config, transport: Arc::default() }
    }

    /// Whether mails leave the outbox.
    pub fn is_configured(&self) -> bool {
        self.config.smtp.is_some()
    }

    async fn send(&self, mail: &StoredMail) -> Result<()> {
        let message = self.message(mail)?;
        let transport = self
            .transport
            .get_or_try_init(|| async {
                let url = self.config.smtp.as_ref().ok_or_else(|| error::unavailable("Mail"))?;
                Ok::<_, error::Error>(
                    AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())?.build(),
                )
            })
            .await?;
        transport.send(message).await?;
        Ok(())
    }

    fn message(&self, mail: &StoredMail) -> Result<Message> {
        let from: Mailbox = self.config.from.parse()?;
        let to: Mailbox = mail.recipient.parse()?;
        let body = MultiPart::alternative_plain_html(mail.text_body.clone(), mail.html_body.clone());
        Ok(Message::builder().from(from).to(to).subject(mail.subject.clone()).multipart(body)?)
    }
}

/// Sends the mails that wait, and tells how many left.
///
/// Safe to run twice at once: a mail is claimed before it is sent. A mail that fails is tried again
/// after 2, 4, 8 ... minutes, eight times in all.
pub async fn deliver(app: &App) -> Result<usize> {
    if !app.mailer.is_configured() {
        return Ok(0);
    }
    let mut sent = 0;
    loop {
        let mails = claim(app).await?;
        if mails.is_empty() {
            return Ok(sent);
        }
        for mail in &mails {
            let outcome = app.mailer.send(mail).await;
            sent += usize::from(outcome.is_ok());
            record(app, mail.id, outcome).await?;
        }
    }
}

async fn claim(app: &App) -> Result<Vec<StoredMail>> {
    let mut change: Change = app.db.change_for_system("mail delivery").await?;
    let claim = sql!(
        "UPDATE muster.mails SET tries = tries + 1, next_try_at = $1::timestamptz + interval '5 minutes'
         WHERE id IN (SELECT id FROM muster.mails
                      WHERE sent_at IS NULL AND tries < 8 AND (next_try_at IS NULL OR next_try_at <= $1)
                      ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING id, recipient, subject, text_body, html_body"
    );
    let mails = change.all(claim, &[&app.clock.now(), &BATCH]).await?;
    change.commit().await?;
    Ok(mails)
}

/// A sent mail keeps no body: links in it are secrets.
async fn record(app: &App, id: i64, outcome: Result<()>) -> Result<()> {
    let mut change = app.db.change_for_system("mail delivery").await?;
    match outcome {
        Ok(()) => {
            let done =
                sql!("UPDATE muster.mails SET sent_at = $2, text_body = '', html_body = '' WHERE id = $1");
            change.execute(done, &[&id, &app.clock.now()]).await?;
        }
        Err(cause) => {
            tracing::warn!(mail = id, cause = %cause, "a mail could not be sent");
            let later = sql!(
                "UPDATE muster.mails SET last_error = $3,
                        next_try_at = $2::timestamptz + make_interval(mins => (2 ^ least(tries, 8))::int)
                 WHERE id = $1"
            );
            change.execute(later, &[&id, &app.clock.now(), &cause.to_string()]).await?;
        }
    }
    change.commit().await
}
