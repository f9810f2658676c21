//! What Django REST Framework does around every view: who asks, how often, and in which format; OPTIONS as a description of
//! the view; and for every POST of somebody signed in, `Idempotency-Key`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use serde::Serialize;
use tower::ServiceExt;

use super::{Accepts, negotiation};
use crate::{
    App, Error, Result,
    auth::{
        principal::{Principal, required},
        rate_limit::Limit,
    },
    db::UserKey,
    error::{Kind, not_acceptable, too_many_requests},
    http::{
        Json,
        address::client_address,
        idempotency::{Repetitions, pass_once},
    },
    text::capitalized,
};

/// The rules of a system.
pub struct Gate<P: Principal> {
    /// Routes that anybody may call, or that look for a token elsewhere, by the beginning of their templates. Everywhere else
    /// nobody gets further than 401 without a token that holds.
    pub open: &'static [&'static str],
    /// Routes that do not count against [`Self::anonymous`].
    pub uncounted: &'static [&'static str],
    /// Media types that count as JSON.
    pub accepts: Accepts,
    /// Routes that have formats of their own.
    pub other_formats: &'static [&'static str],
    /// Requests of an address that nobody is signed in for.
    pub anonymous: Limit,
    /// Requests of somebody signed in.
    pub of_user: fn(&P) -> Limit,
    /// How repeated requests are treated.
    pub repetitions: &'static Repetitions,
}

/// Puts the layer around the routes of a system.
pub fn gated<P: Principal>(routes: Router<App>, app: &App, gate: &'static Gate<P>) -> Router<App> {
    let views = routes.clone().with_state(app.clone());
    let layer = Layer { app: app.clone(), gate, counts: Arc::default(), views };
    routes.layer(middleware::from_fn_with_state(layer, pass::<P>))
}

/// What the layer works with.
struct Layer<P: Principal> {
    app: App,
    gate: &'static Gate<P>,
    counts: Arc<Counts>,
    /// The routes without this layer.
    views: Router,
}

impl<P: Principal> Clone for Layer<P> {
    fn clone(&self) -> Self {
        Self {
            app: self.app.clone(),
            gate: self.gate,
            counts: self.counts.clone(),
            views: self.views.clone(),
        }
    }
}

async fn pass<P: Principal>(State(layer): State<Layer<P>>, request: Request, next: Next) -> Response {
    // What no route matched is 404 for everybody, and for nobody's account.
    let Some(route) = request.extensions().get::<MatchedPath>().cloned() else {
        return next.run(request).await;
    };
    let route = route.as_str();
    if !route.starts_with("/api") {
        return next.run(request).await;
    }
    match through(&layer, route, request, next).await {
        Ok(response) => response,
        Err(refused) => refused.into_response(),
    }
}

async fn through<P: Principal>(
    Layer { app, gate, counts, views }: &Layer<P>,
    route: &str,
    request: Request,
    next: Next,
) -> Result<Response> {
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| route.starts_with(prefix));
    let (parts, body) = request.into_parts();
    // Before anything is counted: a token that has expired leads its owner to the sign-in, however many there are.
    let asked: Option<P> = match required(app, &parts, P::SOURCES).await {
        Err(refused) if !begins(gate.open) => return Err(refused),
        asked => asked.ok(),
    };
    let person = asked.as_ref();
    let signed_in = person.is_some();
    if app.config.rate_limits {
        let (limit, who) = match person {
            Some(person) => {
                let user = person.actor().user.as_ref().map(UserKey::as_str).unwrap_or_default().to_owned();
                (Some((gate.of_user)(person)), user)
            }
            None => {
                let address = client_address(&parts, app.config.trusted_hops);
                ((!begins(gate.uncounted)).then_some(gate.anonymous), address.unwrap_or_default())
            }
        };
        if let Some(limit) = limit {
            counts.count(app, limit, &who).await?;
        }
    }
    if !begins(gate.other_formats) {
        negotiation::format(&parts.uri)?;
        if !gate.accepts.json(&parts.headers) {
            return Err(not_acceptable("Could not satisfy the request Accept header."));
        }
    }
    if parts.method == Method::OPTIONS {
        let seen = if begins(gate.other_formats) { None } else { refused_to_read(views, parts).await };
        return Ok(seen.unwrap_or_else(|| Json(Described::of(route)).into_response()));
    }
    let key = parts.headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let is_post = parts.method == Method::POST;
    let request = Request::from_parts(parts, body);
    let response = match (key, person) {
        (Some(key), Some(person)) if is_post => {
            pass_once(app, gate.repetitions, &person.actor(), &key, request, next).await?
        }
        _ => next.run(request).await,
    };
    Ok(if signed_in { not_stored(response) } else { response })
}

/// The refusal that a GET in place of this OPTIONS meets: a view describes itself to whoever may see it.
async fn refused_to_read(views: &Router, mut parts: Parts) -> Option<Response> {
    parts.method = Method::GET;
    let Ok(response) = views.clone().oneshot(Request::from_parts(parts, Body::empty())).await;
    let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
    refused.contains(&response.status()).then_some(response)
}

/// What somebody signed in is answered is for them alone, unless the view says how it may be kept.
fn not_stored(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// What OPTIONS tells of a view.
#[derive(Debug, Serialize)]
struct Described {
    name: String,
    description: &'static str,
    renders: [&'static str; 1],
    parses: [&'static str; 3],
}

impl Described {
    fn of(route: &str) -> Self {
        let words =
            route.split('/').filter(|part| !part.is_empty() && *part != "api" && !part.starts_with('{'));
        let words: Vec<String> = words.flat_map(|part| part.split(['-', '_'])).map(capitalized).collect();
        Self {
            name: words.join(" "),
            description: "",
            renders: ["application/json"],
            parses: ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
        }
    }
}

/// The requests of one caller that a process has seen in a window.
#[derive(Debug)]
struct Seen {
    since: DateTime<Utc>,
    hits: i32,
    /// Those that the count of all processes does not know yet.
    untold: i32,
    refused: bool,
}

/// How many requests a process counts alone. A count for all processes is a write, and must not be paid for every request.
const BATCH: i32 = 10;

/// How many callers are remembered; beyond that only the count of all processes holds.
const CALLERS: usize = 10_000;

/// What one process has seen.
#[derive(Debug, Default)]
struct Counts(Mutex<HashMap<String, Seen>>);

impl Counts {
    async fn count(&self, app: &App, limit: Limit, who: &str) -> Result<()> {
        let now = app.clock.now();
        let key = format!("{}:{who}", limit.name);
        let (untold, ends) = {
            let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let window = TimeDelta::seconds(limit.seconds);
            if callers.len() > CALLERS {
                callers.retain(|_, seen| now - seen.since <= window);
            }
            let new = || Seen { since: now, hits: 0, untold: 0, refused: false };
            let seen = callers.entry(key.clone()).or_insert_with(new);
            if now - seen.since > window {
                *seen = new();
            }
            let ends = seen.since + window;
            seen.hits += 1;
            seen.untold += 1;
            if seen.refused || seen.hits > limit.hits {
                return Err(throttled(ends - now));
            }
            let due = seen.untold >= BATCH;
            (if due { std::mem::take(&mut seen.untold) } else { 0 }, ends)
        };
        if untold == 0 {
            return Ok(());
        }
        match limit.hit_by(app, who, untold).await {
            Err(refused) if refused.kind() == Kind::TooManyRequests => {
                if let Some(seen) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&key) {
                    seen.refused = true;
                }
                Err(throttled(ends - now))
            }
            counted => counted,
        }
    }
}

/// Counts a request of `who`, and refuses one too many in the words of the framework.
pub async fn within(app: &App, limit: Limit, who: &str) -> Result<()> {
    if limit.allows(app, who).await? { Ok(()) } else { Err(throttled(TimeDelta::seconds(limit.seconds))) }
}

/// 429 in the words of the framework; at least a second remains.
pub fn throttled(remaining: TimeDelta) -> Error {
    let seconds = remaining.num_seconds().max(1).unsigned_abs();
    too_many_requests(format!("Request was throttled. Expected available in {seconds} seconds."), seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_named_by_their_route() {
        assert_eq!(Described::of("/api/audit-logs/{id}").name, "Audit Logs");
        assert_eq!(Described::of("/api/finance/payments").name, "Finance Payments");
    }
}
