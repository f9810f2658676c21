//! Where a browser gets its messages, and the keys they are encrypted with (RFC 8291).

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use url::{Host, Url};
use web_push_native::{Auth, p256::PublicKey};

/// Characters of an address; those of the known services have a few hundred.
const LONGEST: usize = 2_000;

/// A browser that wants messages.
#[derive(Clone)]
pub struct Subscription {
    /// Where its push service takes messages for it. Whoever knows it can send there: a secret.
    pub endpoint: Url,
    key: PublicKey,
    auth: Auth,
}

/// What is wrong with a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongSubscription {
    /// The address is none, or none of a push service.
    Endpoint,
    /// `p256dh` is no point of the curve P-256.
    Key,
    /// `auth` has not 16 bytes.
    Auth,
}

impl Subscription {
    pub(super) fn parse(
        endpoint: &str,
        p256dh: &str,
        auth: &str,
        ours: &[Url],
    ) -> Result<Self, WrongSubscription> {
        let endpoint = Url::parse(endpoint).ok().filter(|_| endpoint.len() <= LONGEST);
        let endpoint = endpoint.filter(|url| is_ours(url, ours) || is_service(url));
        let endpoint = endpoint.ok_or(WrongSubscription::Endpoint)?;
        let key = decode(p256dh).filter(|key| key.len() == 65);
        let key = key.and_then(|key| PublicKey::from_sec1_bytes(&key).ok()).ok_or(WrongSubscription::Key)?;
        let auth = decode(auth).filter(|auth| auth.len() == 16).ok_or(WrongSubscription::Auth)?;
        let mut secret = Auth::default();
        secret.copy_from_slice(&auth);
        Ok(Self { endpoint, key, auth: secret })
    }

    /// Whether its push service is one of those configured.
    pub(super) fn is_ours(&self, ours: &[Url]) -> bool {
        is_ours(&self.endpoint, ours)
    }

    /// A message that only this browser can read.
    pub(super) fn encrypt(&self, message: &[u8]) -> Option<Vec<u8>> {
        web_push_native::encrypt(message.to_vec(), &self.key, &self.auth).ok()
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("service", &self.endpoint.host_str()).finish_non_exhaustive()
    }
}

/// Browsers send base64url without padding; some libraries pad it.
fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

fn is_ours(endpoint: &Url, ours: &[Url]) -> bool {
    ours.iter().any(|service| service.origin() == endpoint.origin())
}

/// Whether an address can be that of a push service on the internet: https, by name, at the usual port. Where the name leads
/// is seen when it is looked up.
fn is_service(endpoint: &Url) -> bool {
    let named = match endpoint.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let inside = ["localhost", "local", "internal", "lan", "home", "arpa"];
            name.rsplit_once('.').is_some_and(|(_, last)| !inside.contains(&last))
        }
        _ => false,
    };
    named
        && endpoint.scheme() == "https"
        && endpoint.port().is_none()
        && endpoint.username().is_empty()
        && endpoint.password().is_none()
}
