//! The outermost layer of a system: request id, log line, headers, CORS, conditional requests, errors as JSON.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::{Cors, Receiving, envelope, etag, redirect};
use crate::{
    App, alarm,
    db::unit_of_work,
    error::{self, Kind, Problem},
    metrics::Operations,
    reports::Failed,
    system::System,
};

/// A request ends here, before the gateway's own limit of 30 s would cut it without an answer.
const LONGEST: Duration = Duration::from_secs(29);

/// The id of a request: the client's `X-Request-ID` when it is a sane one, else ours.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The route of a request, once there is one. Beside the response, because a request that takes too long gets none.
pub(super) type Matched = OnceLock<MatchedPath>;

/// Remembers the route of a request.
pub(super) fn note_route(request: &Request) {
    let route = request.extensions().get::<MatchedPath>().cloned();
    if let (Some(matched), Some(route)) = (request.extensions().get::<Arc<Matched>>(), route) {
        // Only the first of a request that is tried in two spellings.
        let _known = matched.set(route);
    }
}

/// What the layer needs to know.
#[derive(Clone)]
pub(super) struct Edge {
    pub app: App,
    pub system: &'static System,
    pub operations: Arc<Operations>,
}

pub(super) async fn edge(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let (started, facts) = (Instant::now(), Facts::of(&edge, &request));
    request.extensions_mut().insert(RequestId(facts.request_id.clone()));
    let matched = Arc::<Matched>::default();
    request.extensions_mut().insert(matched.clone());
    let receiving = Receiving::new(edge.app.clone());
    request.extensions_mut().insert(receiving.clone());
    let mut response = if is_preflight(edge.system, &request) {
        edge.system.http.cors.preflight.into_response()
    } else if let Some(elsewhere) = redirect::elsewhere(&edge.app.config, &request) {
        elsewhere
    } else {
        answer(&edge, &facts, request, next).await
    };
    receiving.answered();
    let took = started.elapsed();
    add_headers(&edge, &facts, response.headers_mut(), took);
    let route = matched.get().map(MatchedPath::as_str);
    facts.log(edge.system.name, route, response.status(), took);
    let operation = edge.operations.find(&facts.method, route);
    edge.app.metrics.requests().note(operation, response.status(), took);
    if let Some(problem) = failure(&response) {
        tell(&edge, &facts, &operation.route, &problem).await;
    }
    response
}

/// A browser asks whether a page may send a request; in most systems every OPTIONS is taken for one.
fn is_preflight(system: &System, request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && (system.http.layer.is_none()
            || request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD))
}

/// The failure of ours behind an answer.
fn failure(response: &Response) -> Option<Problem> {
    response.extensions().get::<Problem>().filter(|problem| problem.kind == Kind::Internal).cloned()
}

/// Reports it.
async fn tell(edge: &Edge, facts: &Facts, route: &str, problem: &Problem) {
    let what = format!("{} {route}", facts.method);
    let failed = Failed { system: edge.system.name, id: &facts.request_id, what: &what };
    edge.app.reports.report(problem, &failed, edge.app.ids.uuid(), edge.app.clock.now()).await;
    alarm::raise(&edge.app, &what).await;
}

/// What the client of a request is told that took longer.
const LATE: &str = "The server took too long to answer, please try again";

async fn answer(edge: &Edge, facts: &Facts, request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    let response = tokio::time::timeout(LONGEST, unit_of_work(next.run(request))).await;
    let response = response.unwrap_or_else(|_| error::unavailable_because(LATE).into_response());
    let production = edge.app.config.production;
    let response = envelope::render(edge.system, response, &facts.path, &facts.request_id, production);
    if is_get { etag::tagged(&facts.headers, response).await } else { response }
}

/// What is remembered of a request while it is answered.
struct Facts {
    request_id: String,
    method: Method,
    path: String,
    headers: HeaderMap,
}

impl Facts {
    fn of(edge: &Edge, request: &Request) -> Self {
        let wanted = [
            header::IF_NONE_MATCH,
            header::ORIGIN,
            header::USER_AGENT,
            header::ACCESS_CONTROL_REQUEST_HEADERS,
        ];
        let headers =
            wanted.into_iter().filter_map(|name| Some((name.clone(), request.headers().get(name)?.clone())));
        let given = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
        let sane = |id: &&str| {
            (8..=64).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        Self {
            request_id: given.filter(sane).map_or_else(|| edge.app.ids.uuid().to_string(), str::to_owned),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            headers: headers.collect(),
        }
    }

    fn log(&self, system: &str, route: Option<&str>, status: StatusCode, took: Duration) {
        let path = without_secrets(&self.path, route.unwrap_or_default());
        let agent = self.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        tracing::info!(
            system,
            request_id = self.request_id,
            method = %self.method,
            path = &*path,
            status = status.as_u16(),
            duration_ms = took.as_secs_f64() * 1000.0,
            device = agent.and_then(device),
            "request"
        );
    }
}

/// The path as it may be logged: a part that the route calls `{secret}` is left out.
fn without_secrets<'a>(path: &'a str, route: &str) -> Cow<'a, str> {
    if !route.contains("{secret}") {
        return Cow::Borrowed(path);
    }
    let names = route.split('/').chain(std::iter::repeat(""));
    let shown = path.split('/').zip(names).map(|(part, name)| if name == "{secret}" { "***" } else { part });
    Cow::Owned(shown.collect::<Vec<_>>().join("/"))
}

/// The device a mobile or desktop client names in its user agent: the first parenthesis.
fn device(agent: &str) -> Option<&str> {
    let mobile = ["Android", "iPhone", "iPad", "Mobile", "Capacitor", "Electron", "okhttp"];
    if !mobile.iter().any(|word| agent.contains(word)) {
        return None;
    }
    let inside = agent.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    Some(inside.unwrap_or(agent)).map(|text| text.get(..120).unwrap_or(text))
}

fn add_headers(edge: &Edge, facts: &Facts, headers: &mut HeaderMap, took: Duration) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(self), microphone=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A page with a secret in its address says itself that it tells nobody where it is.
    let referrer = HeaderValue::from_static("strict-origin-when-cross-origin");
    headers.entry(header::REFERRER_POLICY).or_insert(referrer);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(edge.system.http.csp));
    if edge.app.config.production {
        let a_year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, a_year);
    }
    let times =
        [("x-request-id", facts.request_id.clone()), ("x-response-time", format!("{}ms", took.as_millis()))];
    for (name, value) in times {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    allow_origin(edge, facts, headers);
}

/// Lets pages of other origins read the response: the origin itself, or `*` where any may.
fn allow_origin(edge: &Edge, facts: &Facts, headers: &mut HeaderMap) {
    let (cors, config) = (&edge.system.http.cors, &edge.app.config);
    let origin = facts.headers.get(header::ORIGIN);
    let value = if cors.is_listed(&config.cors_origins) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let allowed = |origin: &str| cors.allows(origin, &config.cors_origins, config.production);
        origin.filter(|origin| origin.to_str().is_ok_and(allowed)).cloned()
    } else {
        Some(HeaderValue::from_static("*"))
    };
    let Some(value) = value else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(cors.exposed));
    if cors.credentials {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    if facts.method == Method::OPTIONS {
        answer_preflight(cors, facts, headers);
    }
}

fn answer_preflight(cors: &Cors, facts: &Facts, headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(cors.methods));
    if let Some(seconds) = cors.max_age {
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, seconds.into());
    }
    let Some(allowed) = cors.headers else {
        headers.append(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
        if let Some(wanted) = facts.headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
        }
        return;
    };
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(allowed));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_paths_are_not_logged() {
        let route = "/api/hooks/{secret}/{id}";
        assert_eq!(without_secrets("/api/hooks/s3cret/7", route), "/api/hooks/***/7");
        assert_eq!(without_secrets("/api/items/7", "/api/items/{id}"), "/api/items/7");
    }
}
