//! Requests of providers: verified by their signature, stored first, acted on by a job.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use http::HeaderMap;
use sha2::Sha256;

use super::read_body;
use crate::{Error, Result, db::Change, sql};

/// How long events are kept: providers repeat for days, people ask for weeks.
pub(crate) const KEPT: TimeDelta = TimeDelta::days(90);

/// A body as it was sent: signatures are made of its bytes.
#[derive(Clone, Debug)]
pub struct RawBody {
    /// The headers, in which the signature stands.
    pub headers: HeaderMap,
    /// The bytes.
    pub body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let headers = request.headers().clone();
        Ok(Self { headers, body: read_body(request, state).await? })
    }
}

/// What a provider calls an event: the same when it is sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventId(pub String);

/// A provider that tells of events.
pub trait Webhook {
    /// The name of the provider in `muster.webhook_events`.
    const SOURCE: &'static str;

    /// The id of the event, if the signature holds at this time; else the error that the provider is to get.
    fn verify(&self, request: &RawBody, now: DateTime<Utc>) -> Result<EventId>;
}

impl Change {
    /// Whether this event of `source` comes for the first time. When it comes twice at once, the second waits for the first
    /// transaction; when that is undone, the second is the first.
    pub async fn first_time(&mut self, source: &str, event: &EventId) -> Result<bool> {
        Ok(self.store_event(source, event, None).await?.is_some())
    }

    /// Verifies and stores what a provider has sent. The id of its row is for the job that acts on it, to be started in
    /// the same transaction; none for an event that came before.
    pub async fn receive<W: Webhook>(&mut self, webhook: &W, request: &RawBody) -> Result<Option<i64>> {
        let event = webhook.verify(request, self.now())?;
        self.store_event(W::SOURCE, &event, Some(&request.body)).await
    }

    /// The body of a received event.
    pub async fn received(&mut self, id: i64) -> Result<Option<Vec<u8>>> {
        let body = sql!("SELECT coalesce(body, ''::bytea) FROM muster.webhook_events WHERE id = $1");
        self.one(body, &[&id]).await
    }

    async fn store_event(
        &mut self,
        source: &str,
        event: &EventId,
        body: Option<&[u8]>,
    ) -> Result<Option<i64>> {
        let store = sql!(
            "INSERT INTO muster.webhook_events (source, event_id, body, received_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (source, event_id) DO NOTHING RETURNING id"
        );
        let now = self.now();
        self.one(store, &[&source, &event.0, &body, &now]).await
    }
}

/// Whether `signature` is HMAC-SHA256 of the parts, one after the other, with the key that provider and we share. Takes as
/// long for a wrong signature as for the right one.
pub fn is_signed(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    parts.iter().for_each(|part| mac.update(part));
    mac.verify_slice(signature).is_ok()
}

/// Whether a signed time is near enough to now that the request is not one of the past, recorded and sent again.
pub fn is_recent(signed_at: DateTime<Utc>, now: DateTime<Utc>, tolerance: Duration) -> bool {
    (now - signed_at).abs().to_std().is_ok_and(|age| age <= tolerance)
}
