//! Mail by Amazon SES, or any server that speaks its protocol.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_sesv2::{
    Client,
    operation::send_email::SendEmailError,
    primitives::Blob,
    types::{EmailContent, RawMessage},
};
use futures_util::{FutureExt, future::BoxFuture};
use lettre::Message;
use tokio::sync::OnceCell;

use super::{NotSent, Transport};
use crate::{Error, aws, config::AwsConfig, error};

/// The longest that one mail may take.
const WITHIN: Duration = Duration::from_secs(20);

/// The account of a region.
pub(super) struct Ses {
    config: AwsConfig,
    client: OnceCell<Client>,
}

impl Ses {
    /// Nothing is contacted.
    pub(super) fn new(config: AwsConfig) -> Self {
        Self { config, client: OnceCell::new() }
    }

    async fn client(&self) -> &Client {
        let timeouts = TimeoutConfig::builder().operation_timeout(WITHIN).build();
        self.client.get_or_init(async || Client::new(&aws::connect(&self.config, timeouts).await)).await
    }

    /// As it is: the parts and headers are made once, for every transport.
    async fn send(&self, mail: &Message) -> Result<(), NotSent> {
        let later = |cause: aws_sdk_sesv2::error::BuildError| NotSent::Later(Error::from(cause));
        let raw = RawMessage::builder().data(Blob::new(mail.formatted())).build().map_err(later)?;
        let content = EmailContent::builder().raw(raw).build();
        match self.client().await.send_email().content(content).send().await {
            Ok(_) => Ok(()),
            Err(cause) if cause.as_service_error().is_some_and(is_about_the_mail) => {
                Err(NotSent::Refused(Error::from(cause)))
            }
            Err(cause) => Err(NotSent::Later(error::unavailable("Mail").caused_by(cause))),
        }
    }
}

/// Whether this mail will never be taken. What is wrong with the account may be put right.
fn is_about_the_mail(cause: &SendEmailError) -> bool {
    cause.is_bad_request_exception()
}

impl Transport for Ses {
    fn send<'a>(&'a self, mail: &'a Message) -> BoxFuture<'a, Result<(), NotSent>> {
        self.send(mail).boxed()
    }
}
