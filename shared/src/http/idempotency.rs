//! A POST that is sent twice has its effect once: with an `Idempotency-Key`, or recognised by its body.

use axum::{
    body::{HttpBody, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Receiving;
use crate::{
    App, Error, Result,
    db::{Actor, Change, UserKey},
    error::{Kind, invalid, too_large},
    row, sql,
};

/// How a system treats repeated requests.
#[derive(Clone, Copy, Debug)]
pub struct Repetitions {
    /// How long a response is kept.
    pub keep: TimeDelta,
    /// Characters of a key.
    pub longest: usize,
    /// Marks a response that was made before: `idempotent-replayed: true`.
    pub replayed: &'static str,
    /// What the same key with another body is answered.
    pub mismatch: (Kind, &'static str),
    /// What a request is answered whose twin is still running.
    pub running: (Kind, &'static str),
}

/// The key of a request, and where it means something.
#[derive(Clone, Debug)]
pub struct RequestKey {
    scope: String,
    key: String,
    digest: Vec<u8>,
}

/// A JSON response that can be stored.
#[derive(Clone, Debug)]
pub struct Reply {
    status: StatusCode,
    body: Bytes,
}

/// How long a request that refuses its twins may run. After that another try with its key may do the work.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// Bytes of the largest request that is let through once: a list to import, in its form.
const LARGEST: usize = 12 * 1024 * 1024;

/// How long a request waits for its twin.
const PATIENCE: &str = "20s";

impl RequestKey {
    /// The key that a client sent, of 1 to `longest` visible characters, for the actor at this path.
    pub fn new(rules: &Repetitions, actor: &Actor, path: &str, key: &str, body: &[u8]) -> Result<Self> {
        if !(1..=rules.longest).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let longest = rules.longest;
            return Err(invalid(
                "bad_idempotency_key",
                format!("The Idempotency-Key must have 1 to {longest} characters"),
            ));
        }
        Ok(Self::scoped(actor, path, key.to_owned(), body))
    }

    /// For a client that sends no key: the same body by the same user at the same path is the same request.
    pub fn of_body(actor: &Actor, path: &str, body: &[u8]) -> Self {
        Self::scoped(actor, path, format!("body:{}", hex::encode(Sha256::digest(body))), body)
    }

    fn scoped(actor: &Actor, path: &str, key: String, body: &[u8]) -> Self {
        let user = actor.user.as_ref().map(UserKey::as_str).unwrap_or_default();
        // No part can hold a line feed, so no two scopes look alike.
        let scope = format!("{}\n{user}\n{path}", actor.scope.cache_key());
        Self { scope, key, digest: Sha256::digest(body).to_vec() }
    }
}

impl Reply {
    /// A response with this JSON.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Self> {
        Ok(Self { status, body: serde_json::to_vec(body)?.into() })
    }

    fn response(self, replayed: Option<&'static str>) -> Response {
        let kind = HeaderValue::from_static("application/json; charset=utf-8");
        let mut response = (self.status, [(header::CONTENT_TYPE, kind)], self.body).into_response();
        if let Some(name) = replayed {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static("true"));
        }
        response
    }
}

row! {
    struct Stored {
        same_request: bool,
        status: Option<i16>,
        response: Option<Vec<u8>>,
    }
}

impl Stored {
    /// The response of the first request.
    fn replay(self, rules: &Repetitions) -> Result<Response> {
        let (mismatch, running) = (rules.mismatch, rules.running);
        if !self.same_request {
            return Err(Error::new(mismatch.0, "idempotency_mismatch", mismatch.1));
        }
        let (Some(status), Some(body)) = (self.status, self.response) else {
            return Err(Error::new(running.0, "idempotency_running", running.1).retry_after(1));
        };
        let status = StatusCode::from_u16(status.try_into()?)?;
        Ok(Reply { status, body: body.into() }.response(Some(rules.replayed)))
    }
}

/// Does `make` once for a key: a request that comes meanwhile waits for the first and gets its response. When `make` fails
/// everything is undone, the key too, and whoever waited does it.
///
/// For work within the database: `make` gets the transaction in which the key is stored.
pub async fn idempotent(
    app: &App,
    rules: &Repetitions,
    actor: &Actor,
    key: &RequestKey,
    make: impl AsyncFnOnce(&mut Change) -> Result<Reply>,
) -> Result<Response> {
    let mut change = app.db.change(actor).await?;
    if let Some(stored) = claim(&mut change, rules, key, app.clock.now(), None).await? {
        return stored.replay(rules);
    }
    let reply = make(&mut change).await?;
    finish(&mut change, key, &reply).await?;
    change.commit().await?;
    Ok(reply.response(None))
}

/// Does `make` once for a key that is committed before: a request that comes meanwhile is refused. When `make` fails the
/// key is given back.
///
/// For work outside of the database, such as a payment: `make` holds no transaction while it asks a provider, and gives
/// the one that stores what came of it. If the process dies the key stays taken for five minutes; what a second try must
/// not do twice, it tells the provider with a key of its own.
pub async fn idempotent_or_refused(
    app: &App,
    rules: &Repetitions,
    actor: &Actor,
    key: &RequestKey,
    make: impl AsyncFnOnce() -> Result<(Change, Reply)>,
) -> Result<Response> {
    let now = app.clock.now();
    let mut change = app.db.change(actor).await?;
    if let Some(stored) = claim(&mut change, rules, key, now, Some(now + LEASE)).await? {
        return stored.replay(rules);
    }
    change.commit().await?;
    match make().await {
        Ok((mut change, reply)) => {
            finish(&mut change, key, &reply).await?;
            change.commit().await?;
            Ok(reply.response(None))
        }
        Err(cause) => {
            let mut change = app.db.change(actor).await?;
            give_back(&mut change, key).await?;
            change.commit().await?;
            Err(cause)
        }
    }
}

/// Lets a request through once for its key, for a layer of every POST of a system: a success with JSON is kept, after anything
/// else the key is given back. A request that comes meanwhile is refused.
///
/// The key is committed before the work and the response after it. If the process dies in between, the key stays taken for
/// five minutes, and what must not be done twice is refused by the rules of its table.
pub async fn pass_once(
    app: &App,
    rules: &Repetitions,
    actor: &Actor,
    key: &str,
    request: Request,
    next: Next,
) -> Result<Response> {
    let (parts, body) = request.into_parts();
    Receiving::admit(&parts.extensions, body.size_hint().upper()).await?;
    let body = to_bytes(body, LARGEST).await.map_err(|_| too_large("The request body is too large"))?;
    let key = RequestKey::new(rules, actor, parts.uri.path(), key, &body)?;
    let now = app.clock.now();
    let mut change = app.db.change(actor).await?;
    if let Some(stored) = claim(&mut change, rules, &key, now, Some(now + LEASE)).await? {
        return stored.replay(rules);
    }
    change.commit().await?;
    let response = next.run(Request::from_parts(parts, body.into())).await;
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let mut change = app.db.change(actor).await?;
    if !response.status().is_success() || !is_json {
        give_back(&mut change, &key).await?;
        change.commit().await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let reply = Reply { status: parts.status, body: to_bytes(body, usize::MAX).await? };
    finish(&mut change, &key, &reply).await?;
    change.commit().await?;
    Ok(Response::from_parts(parts, reply.body.into()))
}

async fn give_back(change: &mut Change, key: &RequestKey) -> Result<()> {
    let give_back =
        sql!("DELETE FROM muster.idempotency_keys WHERE scope = $1 AND key = $2 AND status IS NULL");
    change.execute(give_back, &[&key.scope, &key.key]).await?;
    Ok(())
}

/// Takes the key, or gives what is stored under it. An expired row and one whose process died are taken over.
async fn claim(
    change: &mut Change,
    rules: &Repetitions,
    key: &RequestKey,
    now: DateTime<Utc>,
    lease_until: Option<DateTime<Utc>>,
) -> Result<Option<Stored>> {
    let wait = sql!("SELECT current_setting('lock_timeout'), set_config('lock_timeout', $1, true)");
    let (usual, _): (String, String) = change.only(wait, &[&PATIENCE]).await?;
    let claim = sql!(
        "INSERT INTO muster.idempotency_keys AS keys (scope, key, request, lease_until, expires_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (scope, key) DO UPDATE
             SET request = excluded.request, status = NULL, response = NULL, lease_until = excluded.lease_until,
                 expires_at = excluded.expires_at
             WHERE keys.expires_at <= $6 OR keys.status IS NULL AND keys.lease_until <= $6"
    );
    let expires_at = now + rules.keep;
    let taken =
        change.execute(claim, &[&key.scope, &key.key, &key.digest, &lease_until, &expires_at, &now]).await;
    let taken = taken.map_err(|cause| match cause.code() {
        "lock_timeout" => Error::new(rules.running.0, "idempotency_running", rules.running.1).retry_after(1),
        _ => cause,
    })?;
    let _patience: (String, String) = change.only(wait, &[&usual]).await?;
    if taken == 1 {
        return Ok(None);
    }
    let stored = sql!(
        "SELECT request = $3 AS same_request, status, response FROM muster.idempotency_keys
         WHERE scope = $1 AND key = $2"
    );
    change.only(stored, &[&key.scope, &key.key, &key.digest]).await.map(Some)
}

async fn finish(change: &mut Change, key: &RequestKey, reply: &Reply) -> Result<()> {
    let finish = sql!(
        "UPDATE muster.idempotency_keys SET status = $3, response = $4, lease_until = NULL WHERE scope = $1 AND key = $2"
    );
    let status = i16::try_from(reply.status.as_u16())?;
    change.execute(finish, &[&key.scope, &key.key, &status, &&reply.body[..]]).await?;
    Ok(())
}

/// Deletes what nobody is answered with any more: expired keys, and events of providers after 90 days.
pub(crate) async fn trim(app: &App) -> Result<()> {
    if app.config.database.read_only {
        return Ok(());
    }
    let now = app.clock.now();
    let events_before = now - super::webhook::KEPT;
    let any = sql!(
        "SELECT EXISTS (SELECT FROM muster.idempotency_keys WHERE expires_at <= $1)
             OR EXISTS (SELECT FROM muster.webhook_events WHERE received_at <= $2)"
    );
    if !app.db.read().await?.only::<bool>(any, &[&now, &events_before]).await? {
        return Ok(());
    }
    let mut change = app.db.change_for_system("trim repeated requests").await?;
    change.execute(sql!("DELETE FROM muster.idempotency_keys WHERE expires_at <= $1"), &[&now]).await?;
    change
        .execute(sql!("DELETE FROM muster.webhook_events WHERE received_at <= $1"), &[&events_before])
        .await?;
    change.commit().await
}
