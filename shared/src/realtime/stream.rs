//! The text of an event stream (`text/event-stream`).

use std::convert::Infallible;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, header};
use uuid::Uuid;

use super::{Event, Listener, Signal, Style, Subscription, cursors::Cursor, hub::locked};
use crate::clock::Clock;

/// What a client reads before the first event: when to come back, and that it is connected.
const RETRY: &str = "retry: 3000\n";

/// How a stream is opened.
pub(super) struct Opening {
    /// Who listens; a stranger gets heartbeats only.
    pub listener: Option<Listener>,
    /// In which words.
    pub style: Style,
    /// Under which names its cursor is kept, for a client that does not say where it was: stream and session.
    pub kept_as: Option<(Uuid, Uuid)>,
}

impl Style {
    /// The first frame's JSON.
    fn greeting(self) -> &'static str {
        match self {
            Self::Client => r#"{"type":"connected"}"#,
            Self::Resource => r#"{"type":"connected","message":"SSE connection established"}"#,
        }
    }
}

impl Opening {
    /// The first frame. It carries the number the client starts from.
    fn first(&self, position: Option<i64>) -> String {
        let id = position.map(|seq| format!("id: {seq}\n")).unwrap_or_default();
        format!("{RETRY}{id}data: {}\n\n", self.style.greeting())
    }

    /// The frames of an event for this client.
    fn frames<'a>(&'a self, event: &'a Event) -> impl Iterator<Item = &'a Bytes> {
        self.listener.iter().flat_map(|listener| event.frames(listener, self.style))
    }

    fn write(&self, text: &mut BytesMut, event: &Event) {
        self.frames(event).for_each(|frame| text.extend_from_slice(frame));
    }
}

/// A stream that stays open.
pub(super) fn live(opening: Opening, subscription: Subscription, clock: Clock) -> Response {
    let mut first = BytesMut::from(opening.first(start(&opening, &subscription)).as_bytes());
    let position = subscription.position;
    let mut stream = Live { opening, subscription, clock, position };
    if stream.subscription.incomplete {
        first.extend_from_slice(resync(position).as_bytes());
    }
    for event in std::mem::take(&mut stream.subscription.backlog) {
        stream.opening.write(&mut first, &event);
    }
    stream.delivered(position);
    let chunks = futures_util::stream::unfold((Some(first.freeze()), stream), async |(first, mut stream)| {
        let chunk = match first {
            Some(first) => first,
            None => stream.next().await?,
        };
        Some((Ok::<_, Infallible>(chunk), (None, stream)))
    });
    response(Body::from_stream(chunks))
}

/// The number of the first frame: where a client without a cursor begins, or the one it came with.
fn start(opening: &Opening, subscription: &Subscription) -> Option<i64> {
    opening.listener.as_ref()?;
    Some(subscription.backlog.first().map_or(subscription.position, |event| event.seq - 1))
}

/// A stream that ends at once: the client comes back for what happens then. Strangers have no position.
pub(super) fn finite(
    opening: &Opening,
    events: &[Event],
    incomplete: bool,
    position: Option<i64>,
) -> Response {
    let start = position.map(|position| events.first().map_or(position, |event| event.seq - 1));
    let mut text = BytesMut::from(opening.first(start).as_bytes());
    if let Some(position) = position.filter(|_| incomplete) {
        text.extend_from_slice(resync(position).as_bytes());
    }
    for event in events {
        opening.write(&mut text, event);
    }
    response(text.freeze().into())
}

/// Tells the client that it has missed more than is kept.
fn resync(position: i64) -> String {
    format!("id: {position}\ndata: {{\"type\":\"resync\"}}\n\n")
}

struct Live {
    opening: Opening,
    subscription: Subscription,
    clock: Clock,
    position: i64,
}

impl Live {
    /// The next bytes for the client; none ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            match self.subscription.next().await? {
                Signal::Event(event) => {
                    let text = self.told(&event);
                    self.delivered(event.seq);
                    if !text.is_empty() {
                        return Some(text);
                    }
                }
                Signal::Beat(_) => return Some(self.heartbeat()),
                Signal::Stop => return None,
            }
        }
    }

    fn told(&self, event: &Event) -> Bytes {
        let mut frames = self.opening.frames(event);
        // Nearly always one part, whose text all clients share.
        let first = frames.next().cloned().unwrap_or_default();
        frames.fold(first, |text, frame| Bytes::from([&text[..], frame].concat()))
    }

    fn heartbeat(&self) -> Bytes {
        match self.opening.style {
            Style::Client => {
                let now = self.clock.now().timestamp_millis();
                format!("data: {{\"type\":\"heartbeat\",\"t\":{now}}}\n\n").into()
            }
            Style::Resource => Bytes::from_static(b": heartbeat\n\n"),
        }
    }

    fn delivered(&mut self, seq: i64) {
        self.position = self.position.max(seq);
        self.note();
    }

    fn note(&self) {
        if let Some((stream, session)) = self.opening.kept_as {
            let cursor = Cursor { stream, session, seq: self.position };
            locked(&self.subscription.hub().0.cursors).insert(stream, cursor);
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.note();
        if self.opening.kept_as.is_some() {
            self.subscription.hub().0.cursor_left.notify_one();
        }
    }
}

fn response(body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        // Proxies such as nginx otherwise collect the events.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, body).into_response()
}
