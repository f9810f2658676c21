//! Event streams: `EventSource` in browsers.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use shared::{
    App, Result,
    realtime::{Opening, REPLAY_LIMIT, Source, Style, finite, live, pump_all},
};

use super::{OUTBOX, audience::topics_of, cursors::REMEMBERED};
use crate::access::{Listener, User, Viewer};

/// Listen to live events
///
/// An event stream as the client knows it: `data: {"type": ...}`. It is open to everybody, but strangers get nothing
/// but heartbeats. Browsers open it without a header, so the session's cookie counts. `Last-Event-ID` continues where
/// another stream ended; without it, a stream that ended in the last two minutes is continued.
#[utoipa::path(get, path = "/api/attendance/events", tag = "realtime", security((), ("bearer" = [])),
    responses((status = 200, content_type = "text/event-stream", body = str)))]
pub async fn stream_client_events(
    Viewer(viewer): Viewer,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response> {
    let greeting = "{\"type\":\"connected\"}";
    stream(&app, viewer.as_ref(), Style::Client, greeting, last_event(&headers)).await
}

/// Listen to live events of the resource API
///
/// Frames are `{type, cadet_id, data, timestamp}` with an `id`; heartbeats are comments. The token may stand in
/// `?token=`. `Last-Event-ID` continues where another stream ended; after a gap of more than 1,000 events one of the
/// type `resync` says so.
#[utoipa::path(get, path = "/api/events", tag = "realtime",
    params(("token" = Option<String>, Query, description = "For clients that cannot send a header")),
    responses((status = 200, content_type = "text/event-stream", body = str)))]
pub async fn stream_events(
    Listener(user): Listener,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response> {
    let greeting = "{\"type\":\"connected\",\"message\":\"SSE connection established\"}";
    stream(&app, Some(&user), Style::Resource, greeting, last_event(&headers)).await
}

/// Anything but a number counts as none.
fn last_event(headers: &HeaderMap) -> Option<i64> {
    headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok().filter(|number| *number >= 0)
}

async fn stream(
    app: &App,
    user: Option<&User>,
    style: Style,
    greeting: &'static str,
    last_event: Option<i64>,
) -> Result<Response> {
    let kept_as = user.filter(|_| last_event.is_none()).map(|user| (app.ids.uuid(), user.session));
    let topics = user.map(topics_of).unwrap_or_default();
    let opening = Opening { topics, style, greeting, kept_as };
    if !app.config.realtime.held {
        return short(app, opening, last_event).await;
    }
    let after = place(app, &opening, last_event).await?;
    let session = user.map(|user| user.session);
    let subscription = app.hub.subscribe(app, &OUTBOX, session, after).await?;
    Ok(live(opening, subscription, app.clock.clone()))
}

/// Where to go on from: what the client says, or where its session got to.
async fn place(app: &App, opening: &Opening, last_event: Option<i64>) -> Result<Option<i64>> {
    let Some((_, session)) = opening.kept_as else { return Ok(last_event) };
    if app.config.database.read_only {
        return Ok(None);
    }
    // The stream that broke may have ended a moment ago in this process.
    app.hub.flush(app).await?;
    OUTBOX.claim(app, session, app.clock.now() - REMEMBERED).await
}

/// What a function answers: what is new, and the end. The client comes back.
async fn short(app: &App, opening: Opening, last_event: Option<i64>) -> Result<Response> {
    if opening.topics.is_empty() {
        return Ok(finite(&opening, &[], false, None));
    }
    pump_all(app, &OUTBOX).await?;
    let after = place(app, &opening, last_event).await?;
    let (floor, newest) = OUTBOX.bounds(app).await?;
    let limit = REPLAY_LIMIT as i64;
    let batch = match after.filter(|after| (floor..=newest).contains(after)) {
        Some(after) => Some(OUTBOX.after(app, after, limit + 1).await?),
        None => None,
    };
    let complete = batch.filter(|batch| batch.rows <= REPLAY_LIMIT);
    let incomplete = after.is_some() && complete.is_none();
    let batch = complete.unwrap_or_default();
    let position = batch.last.unwrap_or_else(|| newest.max(after.filter(|_| !incomplete).unwrap_or(0)));
    if let Some((stream, session)) = opening.kept_as.filter(|_| !app.config.database.read_only) {
        let cursor = shared::realtime::Cursor { stream, session, seq: position };
        OUTBOX.keep(app, vec![cursor]).await?;
    }
    Ok(finite(&opening, &batch.events, incomplete, Some(position)))
}
