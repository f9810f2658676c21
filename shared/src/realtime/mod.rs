//! Live events: what a change has stored in the outbox of its system reaches everybody who may know it, in every
//! process, in one order.
//!
//! Rows of an outbox become visible in another order than their ids. One process at a time therefore appends them to a
//! log (the *pump*), whose numbers are the order for clients. Each process follows the log in its [`Hub`].

mod bell;
pub mod gateway;
mod hub;
mod keeper;
mod stream;
mod subscription;

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use uuid::Uuid;

pub use hub::Hub;
pub use stream::{Opening, finite, live};
pub use subscription::{Signal, Subscription};

use crate::{App, Result};

/// Events that are kept in memory for clients that come back, and sent to one that does.
pub const REPLAY_LIMIT: usize = 1000;

/// Events that are read or pumped at once.
pub const BATCH: i64 = 200;

/// A group of people that an event can be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Everybody with this role.
    Role(&'static str),
    /// One user.
    User(i32),
    /// Whoever a record is about: its kind and id.
    Record(&'static str, i32),
}

/// An event, written as text once for all clients of a process.
#[derive(Debug)]
pub struct Event {
    /// Its number: the order of all events.
    pub seq: i64,
    /// What it tells whom. Most events have one part.
    pub parts: Vec<Part>,
}

/// What an event tells some people.
#[derive(Debug, Default)]
pub struct Part {
    /// Whom; a client gets the part once, however many of these it belongs to.
    pub topics: Vec<Topic>,
    /// For event streams, one text for each [`Style`]; empty tells them nothing.
    pub frames: [Bytes; 2],
    /// For sockets.
    pub message: Option<Utf8Bytes>,
    /// For sockets that ask for what they missed.
    pub replayed: Option<Utf8Bytes>,
}

impl Part {
    /// Whether somebody who belongs to `topics` may know it.
    pub fn is_for(&self, topics: &[Topic]) -> bool {
        self.topics.iter().any(|topic| topics.contains(topic))
    }
}

/// The words of an event stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As the clients of the legacy server know them.
    Client = 0,
    /// Those of the resource API.
    Resource = 1,
}

/// Events in order, and where to go on from.
#[derive(Debug, Default)]
pub struct Batch {
    /// The events. An event whose row is gone is left out.
    pub events: Vec<Event>,
    /// The number of the last row read, if there was one.
    pub last: Option<i64>,
    /// Rows read.
    pub rows: usize,
}

/// What came of an attempt to pump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pumped {
    /// Another process is at it.
    Busy,
    /// So many events were appended to the log.
    Moved(u64),
}

/// How far one event stream got.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    /// The stream.
    pub stream: Uuid,
    /// Whose it is.
    pub session: Uuid,
    /// The newest event it has been given.
    pub seq: i64,
}

/// The outbox and the log of one system.
pub trait Source: Send + Sync {
    /// Appends committed events to the log, at most [`BATCH`].
    fn pump<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Pumped>>;

    /// The numbers before the oldest and of the newest event of the log; zeros if it is empty.
    fn bounds<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<(i64, i64)>>;

    /// Reads at most `limit` events of the log, those after the number `after`.
    fn after<'a>(&'a self, app: &'a App, after: i64, limit: i64) -> BoxFuture<'a, Result<Batch>>;

    /// Those of the sessions that have ended.
    fn ended<'a>(&'a self, app: &'a App, sessions: Vec<Uuid>) -> BoxFuture<'a, Result<Vec<Uuid>>>;

    /// Keeps how far streams got.
    fn keep<'a>(&'a self, app: &'a App, cursors: Vec<Cursor>) -> BoxFuture<'a, Result<()>>;

    /// How far a stream of this session got that was given up since `since`; answered once.
    fn claim<'a>(
        &'a self,
        app: &'a App,
        session: Uuid,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Option<i64>>>;
}

/// Pumps until nothing is left, or another process is at it.
pub async fn pump_all(app: &App, source: &dyn Source) -> Result<Pumped> {
    if app.config.database.read_only {
        return Ok(Pumped::Moved(0));
    }
    let mut moved = 0;
    loop {
        match source.pump(app).await? {
            Pumped::Busy => return Ok(Pumped::Busy),
            Pumped::Moved(count) => {
                moved += count;
                if count < BATCH.unsigned_abs() {
                    return Ok(Pumped::Moved(moved));
                }
            }
        }
    }
}
