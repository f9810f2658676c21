//! Mail by Amazon SES, or any server that speaks its protocol.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_sesv2::{
    Client,
    error::ProvideErrorMetadata,
    operation::send_email::SendEmailError,
    primitives::Blob,
    types::{EmailContent, RawMessage},
};
use futures_util::{FutureExt, future::BoxFuture};
use lettre::Message;
use tokio::sync::OnceCell;

use super::{NotSent, Then, Transport};
use crate::{aws, config::AwsConfig, error::describe};

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
        let raw = RawMessage::builder().data(Blob::new(mail.formatted())).build();
        let raw = raw.map_err(|cause| NotSent::new(Then::Refused, cause))?;
        let content = EmailContent::builder().raw(raw).build();
        let sent = self.client().await.send_email().content(content).send().await;
        sent.map(drop).map_err(|cause| {
            let words = describe(&cause);
            match cause.as_service_error() {
                Some(reply) => {
                    let code = format!("SES {}", reply.code().unwrap_or("error"));
                    NotSent { then: then(reply), code, words }
                }
                None => NotSent::new(Then::Stop, words),
            }
        })
    }
}

/// What follows from a reply. What is wrong with the account may be put right.
fn then(reply: &SendEmailError) -> Then {
    match reply {
        SendEmailError::BadRequestException(_) => Then::Refused,
        SendEmailError::MessageRejected(_) => Then::Later,
        _ => Then::Stop,
    }
}

impl Transport for Ses {
    fn send<'a>(&'a self, mail: &'a Message) -> BoxFuture<'a, Result<(), NotSent>> {
        self.send(mail).boxed()
    }
}
