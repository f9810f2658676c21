//! Follows the log and hands each new event to the clients of this process.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Notify, OnceCell, broadcast, watch};
use uuid::Uuid;

use super::{
    BATCH, Event, Listener, REPLAY_LIMIT, Signal, Source, Subscription,
    bell::Bell,
    cursors::{self, Cursor},
    keeper,
    log::{self, Pumped},
};
use crate::{App, Result, error};

/// Signals a client may be behind before it is given up. It holds several batches, so that a burst harms nobody.
const BUFFER: usize = 2048;

/// How long to wait for another process that pumps. What it does not see yet is ours.
const BUSY: Duration = Duration::from_millis(20);

/// How long to wait after an error.
const FAILED: Duration = Duration::from_secs(1);

/// Streams and sockets of one person at most: every page of a browser holds one or two.
const MOST_OF_PERSON: usize = 30;

/// Streams of strangers at most, who hear nothing but heartbeats.
const MOST_OF_STRANGERS: usize = 500;

/// The events of this process. Nothing runs before the first subscription or [`Hub::start`].
#[derive(Clone)]
pub struct Hub(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub signals: broadcast::Sender<Signal>,
    pub cursors: Mutex<HashMap<Uuid, Cursor>>,
    pub cursor_left: Notify,
    /// Held while cursors are written: whoever asks for one afterwards finds it.
    flushing: tokio::sync::Mutex<()>,
    pub stop: watch::Sender<bool>,
    started: OnceCell<()>,
    recent: Mutex<Recent>,
    /// Strangers are counted together, under none.
    listeners: Mutex<HashMap<Option<Listener>, usize>>,
}

/// The newest events.
#[derive(Default)]
struct Recent {
    events: VecDeque<Arc<Event>>,
    /// Everything after this number is in `events`.
    floor: i64,
    /// The newest number seen, also of events that are gone.
    position: i64,
}

impl Default for Hub {
    fn default() -> Self {
        Self(Arc::new(Inner {
            signals: broadcast::Sender::new(BUFFER),
            cursors: Mutex::default(),
            cursor_left: Notify::new(),
            flushing: tokio::sync::Mutex::default(),
            stop: watch::Sender::new(false),
            started: OnceCell::new(),
            recent: Mutex::default(),
            listeners: Mutex::default(),
        }))
    }
}

impl Hub {
    /// Begins to follow the log, unless it does already. Afterwards every event committed from now on is seen.
    pub async fn start(&self, app: &App, source: &'static dyn Source) -> Result<()> {
        let begin = async || {
            self.catch_up(app, source).await?;
            tokio::spawn(follow(self.clone(), app.clone(), source));
            tokio::spawn(keeper::keep(self.clone(), app.clone(), source));
            Ok(())
        };
        self.0.started.get_or_try_init(begin).await.copied()
    }

    /// Joins, from the event with number `after` on or from now on. A listener is dropped when it may not go on. 429 for one
    /// who listens too often already.
    pub async fn subscribe(
        &self,
        app: &App,
        source: &'static dyn Source,
        listener: Option<Listener>,
        after: Option<i64>,
    ) -> Result<Subscription> {
        self.start(app, source).await?;
        if after.is_some_and(|after| after > self.position()) {
            // Another process may be ahead of this one.
            self.read_new(app, source).await?;
        }
        // While the lock is held no event can be published, so none falls between the two.
        let recent = locked(&self.0.recent);
        let signals = self.0.signals.subscribe();
        if self.is_stopped() {
            // The signal to stop has been sent already; nothing would end this one.
            return Err(error::unavailable_because("The server is about to stop, please try again"));
        }
        self.join(app, &listener)?;
        let position = recent.position;
        let incomplete = after.is_some_and(|after| after < recent.floor || after > position);
        let from = after.filter(|_| !incomplete).unwrap_or(position);
        let backlog = recent.events.iter().filter(|event| event.seq > from).cloned().collect();
        Ok(Subscription {
            backlog,
            incomplete,
            position,
            hub: self.clone(),
            listener,
            dismissed: false,
            signals,
        })
    }

    /// The newest event seen.
    pub fn position(&self) -> i64 {
        locked(&self.0.recent).position
    }

    /// The kept events after the number `after` up to `until`, oldest first.
    pub fn recent(&self, after: i64, until: i64) -> Vec<Arc<Event>> {
        let recent = locked(&self.0.recent);
        recent.events.iter().filter(|event| event.seq > after && event.seq <= until).cloned().collect()
    }

    /// Ends every subscription and the tasks of this hub.
    pub fn stop(&self) {
        self.0.stop.send_replace(true);
        drop(self.0.signals.send(Signal::Stop));
    }

    /// Whether [`Hub::stop`] was called.
    pub fn is_stopped(&self) -> bool {
        *self.0.stop.borrow()
    }

    /// Writes down how far the streams got.
    pub async fn flush(&self, app: &App) -> Result<()> {
        let _alone = self.0.flushing.lock().await;
        let cursors: Vec<Cursor> = locked(&self.0.cursors).drain().map(|(_, cursor)| cursor).collect();
        if cursors.is_empty() { Ok(()) } else { cursors::keep(app, &cursors).await }
    }

    /// Who is subscribed.
    pub(super) fn listeners(&self) -> Vec<Listener> {
        locked(&self.0.listeners).keys().flatten().cloned().collect()
    }

    fn join(&self, app: &App, listener: &Option<Listener>) -> Result<()> {
        let user = listener.as_ref().map(|listener| &listener.user);
        let mut listeners = locked(&self.0.listeners);
        let same = listeners.iter().filter(|(other, _)| other.as_ref().map(|other| &other.user) == user);
        let most = if listener.is_some() { MOST_OF_PERSON } else { MOST_OF_STRANGERS };
        if app.config.rate_limits && same.map(|(_, count)| count).sum::<usize>() >= most {
            return Err(error::too_many_requests(
                "Live events are open too often, please close some pages",
                30,
            ));
        }
        *listeners.entry(listener.clone()).or_default() += 1;
        Ok(())
    }

    pub(super) fn leave(&self, listener: &Option<Listener>) {
        let mut listeners = locked(&self.0.listeners);
        if let Some(count) = listeners.get_mut(listener) {
            *count -= 1;
            if *count == 0 {
                listeners.remove(listener);
            }
        }
    }

    /// Fills the memory with the newest events of the log, as if this process had always been there.
    async fn catch_up(&self, app: &App, source: &dyn Source) -> Result<()> {
        let (floor, newest) = log::bounds(app, source).await?;
        let floor = floor.max(newest - REPLAY_LIMIT as i64);
        *locked(&self.0.recent) = Recent { events: VecDeque::new(), floor, position: floor };
        self.read_new(app, source).await
    }

    /// Publishes what is new in the log.
    async fn read_new(&self, app: &App, source: &dyn Source) -> Result<()> {
        loop {
            let batch = source.read(app, self.position(), BATCH).await?;
            let full = batch.rows as i64 == BATCH;
            if let Some(last) = batch.last {
                self.publish(batch.events, last);
            }
            if !full {
                return Ok(());
            }
            tokio::task::yield_now().await;
        }
    }

    fn publish(&self, events: Vec<Event>, last: i64) {
        let mut recent = locked(&self.0.recent);
        for event in events {
            // Two readers of the log may have read the same.
            if event.seq <= recent.position {
                continue;
            }
            let event = Arc::new(event);
            recent.position = event.seq;
            recent.events.push_back(event.clone());
            if recent.events.len() > REPLAY_LIMIT
                && let Some(oldest) = recent.events.pop_front()
            {
                recent.floor = oldest.seq;
            }
            // Nobody listening is no error.
            drop(self.0.signals.send(Signal::Event(event)));
        }
        recent.position = recent.position.max(last);
    }

    async fn advance(&self, app: &App, source: &dyn Source) -> Result<()> {
        while log::pump_all(app, source).await? == Pumped::Busy {
            self.read_new(app, source).await?;
            tokio::time::sleep(BUSY).await;
        }
        self.read_new(app, source).await
    }
}

/// Publishes what is committed, until the hub stops.
async fn follow(hub: Hub, app: App, source: &'static dyn Source) {
    let mut stop = hub.0.stop.subscribe();
    let mut bell = Bell::new(app.clone());
    loop {
        let step = async {
            bell.rung().await;
            if let Err(error) = hub.advance(&app, source).await {
                tracing::warn!(%error, "events could not be broadcast");
                tokio::time::sleep(FAILED).await;
            }
        };
        tokio::select! {
            () = step => {}
            () = stopped(&mut stop) => return,
        }
    }
}

/// Returns when the hub stops.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
