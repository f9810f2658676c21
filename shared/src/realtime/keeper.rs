//! What the hub does by the clock: heartbeats, ended sessions, and how far the streams got.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::time::MissedTickBehavior;

use super::{Hub, Signal, Source, hub::stopped, source::dismissed};
use crate::App;

/// How often the cursors of running streams are written down.
const KEEP_EVERY: Duration = Duration::from_secs(5);

pub(super) async fn keep(hub: Hub, app: App, source: &'static dyn Source) {
    let mut stop = hub.0.stop.subscribe();
    let mut beats = tokio::time::interval(app.config.realtime.heartbeat);
    let mut keeps = tokio::time::interval(KEEP_EVERY);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    keeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats.tick().await;
    loop {
        tokio::select! {
            _ = beats.tick() => beat(&hub, &app, source).await,
            _ = keeps.tick() => flush(&hub, &app).await,
            () = hub.0.cursor_left.notified() => flush(&hub, &app).await,
            () = stopped(&mut stop) => return,
        }
    }
}

async fn beat(hub: &Hub, app: &App, source: &dyn Source) {
    let listeners = hub.listeners();
    let mut ended = HashSet::new();
    if !listeners.is_empty() {
        match dismissed(source, app, &listeners).await {
            Ok(gone) => ended = gone,
            Err(error) => tracing::warn!(%error, "the listeners of the streams could not be checked"),
        }
    }
    drop(hub.0.signals.send(Signal::Beat(Arc::new(ended))));
}

async fn flush(hub: &Hub, app: &App) {
    if let Err(error) = hub.flush(app).await {
        tracing::warn!(%error, "the cursors of event streams could not be kept");
    }
}
