//! Events of providers: their signatures, and that each acts once.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use hmac::{Hmac, Mac};
use http::{HeaderMap, HeaderName};
use sha2::Sha256;
use shared::{
    Error, Result,
    db::Actor,
    error::invalid,
    http::webhook::{EventId, RawBody, Webhook, is_recent, is_signed},
    jobs,
};
use tests::TestApp;

const BODY: &str = r#"{"id": "evt_1", "type": "payment.captured"}"#;
const KEY: &[u8] = b"a key that we share";

fn refused() -> Error {
    invalid("bad_signature", "The signature is not valid.")
}

fn header<'a>(request: &'a RawBody, name: &str) -> Result<&'a str> {
    request.headers.get(name).and_then(|value| value.to_str().ok()).ok_or_else(refused)
}

fn event(request: &RawBody) -> Result<EventId> {
    let event: serde_json::Value = serde_json::from_slice(&request.body)?;
    event["id"].as_str().map(|id| EventId(id.to_owned())).ok_or_else(refused)
}

fn hmac(parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("a key");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// `Stripe-Signature: t=..,v1=..,v1=..`: one of the signatures fits, and the time is near.
struct Stripe;

impl Webhook for Stripe {
    const SOURCE: &'static str = "stripe";

    fn verify(&self, request: &RawBody, now: DateTime<Utc>) -> Result<EventId> {
        let signature = header(request, "stripe-signature")?;
        let parts = || signature.split(',').filter_map(|part| part.split_once('='));
        let time = parts().find(|(name, _)| *name == "t").ok_or_else(refused)?.1;
        let signed_at = time.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let recent = signed_at.is_some_and(|at| is_recent(at, now, Duration::from_mins(5)));
        let signed = parts().filter(|(name, _)| *name == "v1").any(|(_, hex)| {
            let signature = hex::decode(hex).unwrap_or_default();
            is_signed(KEY, &[time.as_bytes(), b".", &request.body], &signature)
        });
        if recent && signed { event(request) } else { Err(refused()) }
    }
}

/// `X-Razorpay-Signature`: the body's signature in hexadecimal digits; the id of the event is a header.
struct Razorpay;

impl Webhook for Razorpay {
    const SOURCE: &'static str = "razorpay";

    fn verify(&self, request: &RawBody, _: DateTime<Utc>) -> Result<EventId> {
        let signature = hex::decode(header(request, "x-razorpay-signature")?)?;
        if !is_signed(KEY, &[&request.body], &signature) {
            return Err(refused());
        }
        Ok(EventId(header(request, "x-razorpay-event-id")?.to_owned()))
    }
}

/// `PayPal-Transmission-Sig`: id, time, webhook id and checksum of the body, signed, in base64.
struct PayPal;

impl Webhook for PayPal {
    const SOURCE: &'static str = "paypal";

    fn verify(&self, request: &RawBody, _: DateTime<Utc>) -> Result<EventId> {
        let (id, time) =
            (header(request, "paypal-transmission-id")?, header(request, "paypal-transmission-time")?);
        let signature = BASE64_STANDARD.decode(header(request, "paypal-transmission-sig")?)?;
        let checksum = checksum(&request.body).to_string();
        let parts = [id.as_bytes(), b"|", time.as_bytes(), b"|WH-1|", checksum.as_bytes()];
        if is_signed(KEY, &parts, &signature) { event(request) } else { Err(refused()) }
    }
}

/// CRC-32.
fn checksum(body: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(body);
    crc.sum()
}

fn request(headers: &[(&'static str, String)], body: &str) -> RawBody {
    let header = |(name, value): &(&'static str, String)| {
        (HeaderName::from_static(name), value.parse().expect("a header"))
    };
    RawBody { headers: headers.iter().map(header).collect::<HeaderMap>(), body: body.to_owned().into() }
}

fn stripe(signed_at: DateTime<Utc>, body: &str) -> RawBody {
    let time = signed_at.timestamp().to_string();
    let signature = hex::encode(hmac(&[time.as_bytes(), b".", BODY.as_bytes()]));
    request(&[("stripe-signature", format!("t={time},v1=00ff,v1={signature},v0=old"))], body)
}

#[tokio::test]
async fn signature_is_of_these_bytes_and_of_this_time() {
    let now = DateTime::from_timestamp(1_770_019_200, 0).expect("a moment");
    let id = |request: &RawBody| Stripe.verify(request, now).map(|id| id.0).ok();

    assert_eq!(id(&stripe(now, BODY)).as_deref(), Some("evt_1"));
    assert_eq!(id(&stripe(now, &BODY.replace("evt_1", "evt_2"))), None, "another body");
    assert_eq!(id(&stripe(now - TimeDelta::seconds(301), BODY)), None, "recorded and sent again");
    assert_eq!(id(&stripe(now + TimeDelta::seconds(301), BODY)), None, "of the future");
    assert_eq!(id(&request(&[("stripe-signature", "t=1".to_owned())], BODY)), None);
    assert_eq!(id(&request(&[], BODY)), None);
}

#[tokio::test]
async fn signatures_in_hexadecimal_and_base64_hold_and_forged_ones_do_not() {
    let now = DateTime::from_timestamp(1_770_019_200, 0).expect("a moment");
    let event = ("x-razorpay-event-id", "pay_7".to_owned());
    let signed = ("x-razorpay-signature", hex::encode(hmac(&[BODY.as_bytes()])));
    assert_eq!(
        Razorpay.verify(&request(&[event.clone(), signed.clone()], BODY), now).expect("signed").0,
        "pay_7"
    );
    let forged = ("x-razorpay-signature", signed.1.replace(&signed.1[..2], "zz"));
    assert!(Razorpay.verify(&request(&[event, forged], BODY), now).is_err());

    let parts =
        ["tr-1", "|", "2026-02-02T08:00:00Z", "|WH-1|", &checksum(BODY.as_bytes()).to_string()].concat();
    let headers = [
        ("paypal-transmission-id", "tr-1".to_owned()),
        ("paypal-transmission-time", "2026-02-02T08:00:00Z".to_owned()),
        ("paypal-transmission-sig", BASE64_STANDARD.encode(hmac(&[parts.as_bytes()]))),
    ];
    assert_eq!(PayPal.verify(&request(&headers, BODY), now).expect("signed").0, "evt_1");
    assert!(PayPal.verify(&request(&headers, "{}"), now).is_err());
}

#[tokio::test]
async fn event_that_comes_twenty_times_at_once_is_stored_once_with_its_body() {
    let app = TestApp::crowded().await;
    let sent = stripe(app.clock.now(), BODY);
    let receive = async || {
        let mut change = app.app.db.change_for_system("webhook").await.expect("a transaction");
        let stored = change.receive(&Stripe, &sent).await.expect("a signed event");
        change.commit().await.expect("committed");
        stored
    };
    let stored: Vec<i64> = join_all((0..20).map(|_| receive())).await.into_iter().flatten().collect();

    assert_eq!(stored.len(), 1);
    let mut change = app.app.db.change(&Actor::default()).await.expect("a transaction");
    assert_eq!(change.received(stored[0]).await.expect("a row").as_deref(), Some(BODY.as_bytes()));
}

#[tokio::test]
async fn event_whose_transaction_was_undone_comes_for_the_first_time_again() {
    let app = TestApp::rotc().await;
    let event = EventId("evt_1".to_owned());
    let first_time = async |source: &str, commit: bool| {
        let mut change = app.app.db.change(&Actor::default()).await.expect("a transaction");
        let first = change.first_time(source, &event).await.expect("stored");
        if commit {
            change.commit().await.expect("committed");
        }
        first
    };
    assert!(first_time("stripe", false).await);
    assert!(first_time("stripe", true).await);
    assert!(!first_time("stripe", true).await);
    assert!(first_time("paypal", true).await, "ids of another provider");

    app.clock.advance(TimeDelta::days(90));
    jobs::put_in_order(&app.app, &rotc::SYSTEM).await.expect("a sweep");
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.webhook_events", &[]).await, 0);
}
