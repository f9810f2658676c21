//! An event, written once for all clients of a process.

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;

use super::{Audience, Listener};

/// Something that has happened, with its number.
#[derive(Debug)]
pub struct Event {
    /// The order of all events.
    pub seq: i64,
    /// What it tells whom. Most events have one part.
    pub parts: Vec<Part>,
}

/// What an event tells some people.
#[derive(Debug)]
pub struct Part {
    /// Whom.
    pub audience: Audience,
    /// For event streams, one text for each [`Style`]; an empty one tells them nothing.
    pub frames: [Bytes; 2],
    /// For sockets.
    pub message: Option<Utf8Bytes>,
}

/// The words of an event stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As the clients of a legacy server know them.
    Client = 0,
    /// Those of the resource API, and of systems without legacy clients.
    Resource = 1,
}

impl Event {
    /// The frames of an event stream for this listener.
    pub(super) fn frames(&self, listener: &Listener, style: Style) -> impl Iterator<Item = &Bytes> {
        self.parts_for(listener).map(move |part| &part.frames[style as usize])
    }

    /// The messages of a socket for this listener.
    pub(super) fn messages(&self, listener: &Listener) -> impl Iterator<Item = &Utf8Bytes> {
        self.parts_for(listener).filter_map(|part| part.message.as_ref())
    }

    fn parts_for(&self, listener: &Listener) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.audience.includes(listener))
    }
}
