//! The addresses of live events.

use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    response::Response,
};
use http::HeaderMap;
use shared::{
    App, Result,
    realtime::{Caller, Style, serve_socket, serve_stream},
};

use super::{OUTBOX, audience::listener};
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
    serve_stream(&app, &OUTBOX, viewer.as_ref().map(listener), Style::Client, &headers).await
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
    serve_stream(&app, &OUTBOX, Some(listener(&user)), Style::Resource, &headers).await
}

/// Open a WebSocket for live events
///
/// The first message is `connection_established`; then come events as `{type, data, event_id}`. A client may send
/// `ping` and `replay_request` with the `last_event_id` it knows, and gets up to 50 events it missed. Without a token
/// that holds the socket is closed with 4001.
#[utoipa::path(get, path = "/ws/updates", tag = "realtime",
    params(("token" = Option<String>, Query, description = "The token of the session")),
    responses((status = 101, description = "The socket is open")))]
pub async fn open_socket(
    Caller(user): Caller<User>,
    State(app): State<App>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    serve_socket(app, &OUTBOX, user.as_ref().map(listener), upgrade)
}
