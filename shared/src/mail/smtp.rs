//! Mail by SMTP.

use std::error::Error as _;

use futures_util::{FutureExt, future::BoxFuture};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, transport::smtp::Error as SmtpError,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

use super::{NotSent, Then, Transport};

/// A mail server.
pub(super) struct Smtp {
    url: SecretString,
    server: OnceCell<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Smtp {
    /// Nothing is contacted.
    pub(super) fn new(url: SecretString) -> Self {
        Self { url, server: OnceCell::new() }
    }

    async fn send(&self, mail: Message) -> Result<(), NotSent> {
        let connect =
            async || Ok(AsyncSmtpTransport::<Tokio1Executor>::from_url(self.url.expose_secret())?.build());
        let server = self.server.get_or_try_init(connect).await;
        let server = server.map_err(|cause: SmtpError| NotSent::new(Then::Stop, cause))?;
        server.send(mail).await.map(drop).map_err(|cause| not_sent(&cause))
    }
}

fn not_sent(cause: &SmtpError) -> NotSent {
    let words = cause.to_string();
    let Some(status) = cause.status().map(u16::from) else {
        // Nothing but a reply names whom a mail is for.
        let (then, code) = match cause.is_client() || cause.is_response() {
            true => (Then::Later, "the conversation failed".to_owned()),
            false => (Then::Stop, words.clone()),
        };
        return NotSent { then, code, words };
    };
    let reply = cause.source().map(ToString::to_string).unwrap_or_default();
    let enhanced = enhanced(&reply);
    let code = match enhanced {
        Some([class, subject, detail]) => format!("SMTP {status} {class}.{subject}.{detail}"),
        None => format!("SMTP {status}"),
    };
    NotSent { then: then(status, enhanced), code, words }
}

/// The enhanced code (RFC 3463) that a reply begins with: `5.1.1 no such mailbox`.
fn enhanced(reply: &str) -> Option<[u16; 3]> {
    let mut parts = reply.split_whitespace().next()?.split('.').map(str::parse);
    let code = [parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?];
    (parts.next().is_none() && matches!(code[0], 4 | 5)).then_some(code)
}

/// What follows from a reply. The code alone does not tell: Gmail says 550 also when an account has sent enough for a day.
fn then(status: u16, enhanced: Option<[u16; 3]>) -> Then {
    match (status, enhanced) {
        // About us: the server ends the conversation, wants to know us, or takes no more for a while.
        (421 | 454 | 530 | 534 | 535 | 538, _) | (_, Some([_, 4, 5])) => Then::Stop,
        // About the sender's address.
        (_, Some([_, 1, 7 | 8])) => Then::Later,
        // Nobody has this address, or its mailbox is closed.
        (500.., Some([5, 1, _] | [5, 2, 1])) | (550, None) => Then::Refused,
        _ => Then::Later,
    }
}

impl Transport for Smtp {
    fn send<'a>(&'a self, mail: &'a Message) -> BoxFuture<'a, Result<(), NotSent>> {
        self.send(mail.clone()).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::{Then, enhanced, then};

    #[test]
    fn only_what_is_about_the_recipient_is_refused_for_good() {
        for (status, reply, outcome) in [
            (550, "no such mailbox", Then::Refused),
            (550, "5.1.1 The email account that you tried to reach does not exist.", Then::Refused),
            (553, "5.1.3 The recipient address is not a valid RFC 5321 address.", Then::Refused),
            (550, "5.2.1 The email account that you tried to reach is disabled.", Then::Refused),
            (552, "5.2.2 The recipient's inbox is out of storage space.", Then::Later),
            (550, "5.4.5 Daily user sending limit exceeded.", Then::Stop),
            (550, "5.7.1 Our system has detected that this message is likely unsolicited mail.", Then::Later),
            (550, "5.7.26 This mail is unauthenticated.", Then::Later),
            (553, "5.1.8 The sender's address is rejected.", Then::Later),
            (553, "sorry, your envelope sender is not ours", Then::Later),
            (450, "4.2.1 The user is receiving mail too quickly.", Then::Later),
            (451, "greylisted, try again", Then::Later),
            (421, "4.7.0 Try again later, closing connection.", Then::Stop),
            (535, "5.7.8 Username and Password not accepted.", Then::Stop),
        ] {
            assert_eq!(then(status, enhanced(reply)), outcome, "{status} {reply}");
        }
    }
}
