//! One client's share of the events.

use std::{collections::HashSet, sync::Arc};

use tokio::sync::broadcast;

use super::{Event, Hub, Listener};

/// What the hub tells its clients.
#[derive(Clone, Debug)]
pub enum Signal {
    /// Something has happened.
    Event(Arc<Event>),
    /// Time for a heartbeat. These listeners may not go on.
    Beat(Arc<HashSet<Listener>>),
    /// The server stops.
    Stop,
}

/// What a client gets: first what it missed, then what comes.
pub struct Subscription {
    /// What it missed, oldest first.
    pub backlog: Vec<Arc<Event>>,
    /// More was missed than is kept: the client must load everything anew.
    pub incomplete: bool,
    /// The newest event when it was opened.
    pub position: i64,
    pub(super) hub: Hub,
    pub(super) listener: Option<Listener>,
    pub(super) dismissed: bool,
    pub(super) signals: broadcast::Receiver<Signal>,
}

impl Subscription {
    /// The next signal. None means that the client was too slow, or may not listen any more, or the server stops.
    pub async fn next(&mut self) -> Option<Signal> {
        loop {
            match self.signals.recv().await {
                Ok(Signal::Event(event)) if event.seq <= self.position => {}
                Ok(Signal::Beat(ended)) if self.listener.as_ref().is_some_and(|own| ended.contains(own)) => {
                    self.dismissed = true;
                    return None;
                }
                Ok(Signal::Stop) | Err(_) => return None,
                Ok(signal) => return Some(signal),
            }
        }
    }

    /// Whether it ended because the client may not listen any more.
    pub fn is_dismissed(&self) -> bool {
        self.dismissed
    }

    /// The hub it belongs to.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.leave(&self.listener);
    }
}
