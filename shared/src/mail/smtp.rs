//! Mail by SMTP.

use futures_util::{FutureExt, future::BoxFuture};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

use super::{NotSent, Transport};
use crate::Error;

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
        let server = server.map_err(|cause: lettre::transport::smtp::Error| NotSent::Later(cause.into()))?;
        match server.send(mail).await {
            Ok(_) => Ok(()),
            Err(cause) if is_about_the_mail(&cause) => Err(NotSent::Refused(Error::from(cause))),
            Err(cause) => Err(NotSent::Later(Error::from(cause))),
        }
    }
}

/// Whether the server refuses this mail for good (550 to 553: no such mailbox). Other refusals, as that of a password, are
/// about us, and may be put right.
fn is_about_the_mail(cause: &lettre::transport::smtp::Error) -> bool {
    cause.status().is_some_and(|code| (550..=553).contains(&u16::from(code)))
}

impl Transport for Smtp {
    fn send<'a>(&'a self, mail: &'a Message) -> BoxFuture<'a, Result<(), NotSent>> {
        self.send(mail.clone()).boxed()
    }
}
