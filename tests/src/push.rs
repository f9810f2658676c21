//! A push service, and browsers that are subscribed to it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};
use web_push_native::{
    Auth,
    p256::{
        SecretKey,
        ecdsa::{Signature, VerifyingKey, signature::Verifier},
        elliptic_curve::sec1::ToEncodedPoint,
    },
};

/// A message as it came in.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// Which browser it is for.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// The encrypted message.
    pub body: Bytes,
}

#[derive(Default)]
struct Inbox {
    received: Vec<Pushed>,
    answers: HashMap<String, Vec<u16>>,
}

/// Takes messages (RFC 8030) and checks who sent them (RFC 8292).
pub struct PushServer {
    address: SocketAddr,
    inbox: Arc<Mutex<Inbox>>,
}

impl PushServer {
    /// A server that takes every message whose signature holds.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let inbox = Arc::<Mutex<Inbox>>::default();
        let router = Router::new().fallback(take).with_state((address, inbox.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, inbox }
    }

    /// Its origin.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers the next messages for this browser so, one after the other, and then takes them.
    pub fn answers(&self, browser: &Browser, statuses: &[u16]) {
        let mut inbox = self.inbox.lock().expect("nobody panicked");
        inbox.answers.insert(browser.path.clone(), statuses.to_vec());
    }

    /// What came in for this browser and was taken, as the browser reads it.
    pub fn shown_on(&self, browser: &Browser) -> Vec<Value> {
        self.all()
            .iter()
            .filter(|pushed| pushed.path == browser.path)
            .map(|pushed| browser.read(pushed))
            .collect()
    }

    /// Everything that was taken.
    pub fn all(&self) -> Vec<Pushed> {
        self.inbox.lock().expect("nobody panicked").received.clone()
    }
}

async fn take(
    State((address, inbox)): State<(SocketAddr, Arc<Mutex<Inbox>>)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    if !signed(&headers, &format!("http://{address}")) || body.len() > 4096 {
        return StatusCode::FORBIDDEN;
    }
    let path = uri.path().to_owned();
    let mut inbox = inbox.lock().expect("nobody panicked");
    let answers = inbox.answers.get_mut(&path).filter(|answers| !answers.is_empty());
    if let Some(status) = answers.map(|answers| answers.remove(0)) {
        return StatusCode::from_u16(status).expect("a status");
    }
    inbox.received.push(Pushed { path, headers, body });
    StatusCode::CREATED
}

/// Whether the token is signed with the key it comes with, for this service, for a day at most.
fn signed(headers: &HeaderMap, origin: &str) -> bool {
    let Some((token, key)) = credentials(headers) else { return false };
    let (Some((signed, signature)), Some(key)) = (token.rsplit_once('.'), decode(key)) else { return false };
    let signature = decode(signature).and_then(|bytes| Signature::from_slice(&bytes).ok());
    let key = VerifyingKey::from_sec1_bytes(&key).ok();
    let (Some(key), Some(signature)) = (key, signature) else { return false };
    let claims = signed.split('.').nth(1).and_then(decode);
    let claims: Value = claims.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
    key.verify(signed.as_bytes(), &signature).is_ok()
        && claims["aud"] == origin
        && claims["sub"] == "mailto:unit@example.test"
        && claims["exp"].as_i64().is_some_and(is_soon)
}

/// By the clock of the tests, which stands at 8:00 on 2 February 2026, or by that of a program they start.
fn is_soon(exp: i64) -> bool {
    let now = shared::clock::Clock::default().now().timestamp();
    [1_770_019_200, now].into_iter().any(|now| (now..=now + 90_000).contains(&exp))
}

/// The token and the public key of `Authorization: vapid t=.., k=..`.
fn credentials(headers: &HeaderMap) -> Option<(&str, &str)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (token, key) = value.strip_prefix("vapid t=")?.split_once(", k=")?;
    Some((token, key))
}

impl Pushed {
    /// The public key the message was signed with.
    pub fn key(&self) -> &str {
        credentials(&self.headers).map(|(_, key)| key).unwrap_or_default()
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// A browser with its keys.
pub struct Browser {
    path: String,
    secret: SecretKey,
    auth: Auth,
}

impl Browser {
    /// A browser called `name`; no two in a test should have the same.
    pub fn called(name: &str) -> Self {
        let mut seed = [7; 32];
        for (place, byte) in seed.iter_mut().zip(name.bytes()) {
            *place = byte;
        }
        let mut auth = Auth::default();
        auth.copy_from_slice(&seed[..16]);
        Self { path: format!("/wpush/{name}"), secret: SecretKey::from_slice(&seed).expect("a key"), auth }
    }

    /// What it says about itself when it subscribes.
    pub fn subscription(&self, server: &PushServer) -> Value {
        let point = self.secret.public_key().to_encoded_point(false);
        json!({
            "endpoint": format!("{}{}", server.url(), self.path),
            "expirationTime": null,
            "keys": {
                "p256dh": BASE64_URL_SAFE_NO_PAD.encode(point.as_bytes()),
                "auth": BASE64_URL_SAFE_NO_PAD.encode(self.auth),
            },
        })
    }

    /// Decrypts a message (RFC 8291).
    fn read(&self, pushed: &Pushed) -> Value {
        let plain = web_push_native::decrypt(pushed.body.to_vec(), &self.secret, &self.auth);
        serde_json::from_slice(&plain.expect("the message is for this browser")).expect("JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 8291, appendix A: what the browsers of the tests can read is what the standard says.
    #[test]
    fn the_example_of_the_standard_is_read() {
        let secret = decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94").expect("base64url");
        let mut auth = Auth::default();
        auth.copy_from_slice(&decode("BTBZMqHH6r4Tts7J_aSIgg").expect("base64url"));
        let body = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        let body = decode(body).expect("base64url");
        let secret = SecretKey::from_slice(&secret).expect("a key");
        let plain = web_push_native::decrypt(body, &secret, &auth).expect("readable");
        assert_eq!(plain, b"When I grow up, I want to be a watermelon");
    }
}
