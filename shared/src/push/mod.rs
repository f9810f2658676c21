//! Web push: messages to browsers that are not looking (RFC 8030), encrypted for each (RFC 8291) and signed (RFC 8292).

use std::time::Duration;

use http::{StatusCode, header};
use jsonwebtoken::{Algorithm, Header};
use secrecy::ExposeSecret;
use serde::Serialize;
use url::Url;

mod subscription;
mod vapid;

pub use subscription::{Subscription, WrongSubscription};
pub use vapid::Vapid;

use crate::{
    Result, auth::installation_key::InstallationKey, clock::Clock, config::PushConfig, db::Db,
    outbound::Outbound,
};

/// How long a push service keeps a message for a browser that is away, in seconds.
const KEPT_SECONDS: u32 = 24 * 60 * 60;

/// How long a signature is valid; a push service refuses more than a day.
const SIGNED_SECONDS: i64 = 12 * 60 * 60;

/// The longest wait for a push service.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Sends messages to browsers.
#[derive(Clone)]
pub struct Pusher {
    config: PushConfig,
    clock: Clock,
    outbound: Outbound,
    keys: InstallationKey<Vapid>,
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The push service has taken it.
    Delivered(StatusCode),
    /// The browser is not subscribed any more.
    Gone(StatusCode),
    /// It will never be taken; none when the subscription itself is wrong.
    Refused(Option<StatusCode>),
    /// It may be taken later; none when the service could not be reached.
    Later(Option<StatusCode>),
}

/// What a signature says (RFC 8292).
#[derive(Serialize)]
struct Claims<'a> {
    aud: String,
    exp: i64,
    sub: &'a str,
}

impl Pusher {
    /// Nothing is contacted.
    pub fn new(config: PushConfig, db: Db, clock: Clock, outbound: Outbound) -> Self {
        let configured = config.private_key.as_ref().map(|key| Vapid::decode(key.expose_secret()));
        let keys = InstallationKey::new("vapid_key", configured, db, Vapid::from_bytes);
        Self { config, clock, outbound, keys }
    }

    /// The key that browsers are given when they subscribe: an uncompressed point in base64url.
    pub async fn public_key(&self) -> Result<String> {
        Ok(self.keys.get().await?.public_key().to_owned())
    }

    /// Checks what a browser says about itself.
    pub fn subscription(
        &self,
        endpoint: &str,
        p256dh: &str,
        auth: &str,
    ) -> Result<Subscription, WrongSubscription> {
        Subscription::parse(endpoint, p256dh, auth, &self.config.services)
    }

    /// Sends a message of at most 3,900 bytes. Of two with the same `topic` (32 letters of base64url at most) that wait for
    /// one browser, only the later is kept.
    ///
    /// The error is about our own keys; what the push service makes of the message is the outcome.
    pub async fn send(&self, to: &Subscription, message: &[u8], topic: &str) -> Result<Outcome> {
        let Some(body) = to.encrypt(message) else { return Ok(Outcome::Refused(None)) };
        let client = if to.is_ours(&self.config.services) {
            self.outbound.client()?
        } else {
            self.outbound.public()?
        };
        let request = client
            .post(to.endpoint.clone())
            .timeout(ANSWER_WITHIN)
            .header(header::AUTHORIZATION, self.authorization(&to.endpoint).await?)
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header("ttl", KEPT_SECONDS)
            .header("topic", topic)
            .body(body);
        // The error would name the address, which is a secret of the browser.
        Ok(request.send().await.map_or(Outcome::Later(None), |answer| outcome(answer.status())))
    }

    /// Who sends: a signature for the origin of the push service.
    async fn authorization(&self, endpoint: &Url) -> Result<String> {
        let keys = self.keys.get().await?;
        let claims = Claims {
            aud: endpoint.origin().ascii_serialization(),
            exp: self.clock.now().timestamp() + SIGNED_SECONDS,
            sub: &self.config.subject,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, keys.signing_key())?;
        Ok(format!("vapid t={token}, k={}", keys.public_key()))
    }
}

fn outcome(status: StatusCode) -> Outcome {
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Outcome::Gone(status),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Outcome::Later(Some(status)),
        _ if status.is_success() => Outcome::Delivered(status),
        _ if status.is_server_error() => Outcome::Later(Some(status)),
        _ => Outcome::Refused(Some(status)),
    }
}
