//! What a system says about its live events.

use std::collections::HashSet;

use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;

use super::{Event, Listener, outbox};
use crate::{App, Result, db::Sql};

/// The live events of one system.
pub trait Source: Send + Sync {
    /// Where its events wait and are numbered. A system whose legacy server has an outbox of its own names that.
    fn log(&self) -> &'static Log {
        &outbox::EVENTS
    }

    /// Reads at most `limit` events of the log, those after the number `after`, and writes them for clients.
    fn read<'a>(&'a self, app: &'a App, after: i64, limit: i64) -> BoxFuture<'a, Result<Batch>> {
        outbox::read(app, after, limit).boxed()
    }

    /// Which listeners may not go on, by the same rules as requests: their session has ended, or they are not what they were
    /// when it let them in (role, tenant). Tells their positions in the list, from 1.
    fn ended<'a>(&'a self, app: &'a App, listeners: &'a [Listener]) -> BoxFuture<'a, Result<Vec<i64>>>;

    /// Whoever opens a socket of the gateway with this token; none when it does not hold.
    fn listener<'a>(&'a self, app: &'a App, token: &'a str) -> BoxFuture<'a, Result<Option<Listener>>>;

    /// A message as a socket gets it that asks for what it missed.
    fn replayed(&self, mut message: Value) -> Value {
        message["replayed"] = true.into();
        message
    }
}

/// The statements of an outbox and of the log that numbers its events.
#[derive(Clone, Copy, Debug)]
pub struct Log {
    /// Numbers the oldest events that have no number, at most `$1`. One process at a time runs it.
    pub number: Sql,
    /// Selects the numbers before the oldest and of the newest event (both BIGINT); zeros if there is none.
    pub bounds: Sql,
    /// Deletes numbers from before `$1`, but not the newest: an empty log and a new one could not be told apart.
    pub expire: Sql,
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

/// Those of the listeners who may not go on.
pub(super) async fn dismissed(
    source: &dyn Source,
    app: &App,
    listeners: &[Listener],
) -> Result<HashSet<Listener>> {
    let positions = source.ended(app, listeners).await?;
    let indexes = positions.iter().filter_map(|position| usize::try_from(position - 1).ok());
    Ok(indexes.filter_map(|index| listeners.get(index)).cloned().collect())
}
