//! Requests for an event stream (`EventSource` in browsers): held open by a server, short in a function.

use axum::response::Response;
use http::HeaderMap;

use super::{
    Listener, REPLAY_LIMIT, Source, Style,
    cursors::{self, Cursor},
    log,
    stream::{Opening, finite, live},
};
use crate::{App, Result, error::Kind};

/// Answers a request for an event stream. A stranger gets heartbeats only.
///
/// `Last-Event-ID` continues where another stream ended; without it, a stream of the same session that ended in the last two
/// minutes is continued. After a gap of more than [`REPLAY_LIMIT`] events one of the type `resync` says so. Behind a gateway
/// (`EVENT_STREAMS=short`) the stream answers what is new and ends: the client comes back.
pub async fn serve_stream(
    app: &App,
    source: &'static dyn Source,
    listener: Option<Listener>,
    style: Style,
    headers: &HeaderMap,
) -> Result<Response> {
    let last_event = last_event(headers);
    let session = listener.as_ref().map(|listener| listener.session);
    let kept_as = session.filter(|_| last_event.is_none()).map(|session| (app.ids.uuid(), session));
    let opening = Opening { listener, style, kept_as };
    if !app.config.realtime.held {
        return short(app, source, &opening, last_event).await;
    }
    let after = position(app, &opening, last_event).await?;
    let subscription = match app.hub.subscribe(app, source, opening.listener.clone(), after).await {
        // A stranger misses nothing: the page asks again in a moment.
        Err(cause) if opening.listener.is_none() && cause.kind() == Kind::TooManyRequests => {
            return Ok(finite(&opening, &[], false, None));
        }
        subscription => subscription?,
    };
    Ok(live(opening, subscription, app.clock.clone()))
}

/// Anything but a number counts as none.
fn last_event(headers: &HeaderMap) -> Option<i64> {
    headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok().filter(|number| *number >= 0)
}

/// Where to go on from: what the client says, or where its session got to.
async fn position(app: &App, opening: &Opening, last_event: Option<i64>) -> Result<Option<i64>> {
    let Some((_, session)) = opening.kept_as else { return Ok(last_event) };
    if app.config.database.read_only {
        return Ok(None);
    }
    // The stream that broke may have ended a moment ago in this process.
    app.hub.flush(app).await?;
    cursors::claim(app, session).await
}

async fn short(
    app: &App,
    source: &dyn Source,
    opening: &Opening,
    last_event: Option<i64>,
) -> Result<Response> {
    if opening.listener.is_none() {
        return Ok(finite(opening, &[], false, None));
    }
    log::pump_all(app, source).await?;
    let after = position(app, opening, last_event).await?;
    let (floor, newest) = log::bounds(app, source).await?;
    let batch = match after.filter(|after| (floor..=newest).contains(after)) {
        Some(after) => Some(source.read(app, after, REPLAY_LIMIT as i64 + 1).await?),
        None => None,
    };
    let complete = batch.filter(|batch| batch.rows <= REPLAY_LIMIT);
    let incomplete = after.is_some() && complete.is_none();
    let batch = complete.unwrap_or_default();
    let reached = batch.last.unwrap_or_else(|| newest.max(after.filter(|_| !incomplete).unwrap_or(0)));
    if let Some((stream, session)) = opening.kept_as.filter(|_| !app.config.database.read_only) {
        cursors::keep(app, &[Cursor { stream, session, seq: reached }]).await?;
    }
    Ok(finite(opening, &batch.events, incomplete, Some(reached)))
}
