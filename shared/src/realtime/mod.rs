//! Live events: what a change has stored in the outbox of its system reaches everybody who may know it, in every
//! process, in one order.
//!
//! Rows of an outbox become visible in another order than their ids. One process at a time therefore gives them numbers in
//! a log (the *pump*), which are the order for clients. Each process follows the log in its [`Hub`].
//!
//! A system implements [`Source`] and says with [`Listener`] who somebody is. Its changes [`publish`], its handlers call
//! [`serve_stream`] and [`serve_socket`], and its functions `shared::lambda::serve_websocket` and `serve_delivery`.
//!
//! [`publish`]: crate::db::Change::publish

use chrono::TimeDelta;

mod audience;
mod bell;
mod cursors;
mod event;
mod event_stream;
pub mod gateway;
mod hub;
mod keeper;
mod log;
mod outbox;
pub mod protocol;
mod socket;
mod source;
mod stream;
mod subscription;
mod sweep_events;

pub use audience::{Audience, Listener, Topic};
pub use event::{Event, Part, Style};
pub use event_stream::serve_stream;
pub use hub::Hub;
pub use log::{Pumped, pump, sweep};
pub use socket::{Caller, serve_socket};
pub use source::{Batch, Log, Source};
pub use subscription::{Signal, Subscription};
pub use sweep_events::SweepEvents;

/// Events that are kept in memory for clients that come back, and sent to one that does.
const REPLAY_LIMIT: usize = 1000;

/// Events that are read or numbered at once.
const BATCH: i64 = 200;

/// How long a client can come back and get what it missed; it gets the newest [`REPLAY_LIMIT`] at most.
const KEPT: TimeDelta = TimeDelta::days(7);
