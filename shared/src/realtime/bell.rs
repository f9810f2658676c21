//! What wakes the hub: a notification of the database, or a look every now and then.

use std::time::{Duration, Instant};

use crate::{
    App,
    db::{Notices, listen},
};

/// The channel of the database.
const CHANNEL: &str = "muster_events";

/// How often to look while notifications arrive: they may get lost with a connection that died unnoticed.
const SLOW: Duration = Duration::from_secs(3);

/// How often to look without them.
const FAST: Duration = Duration::from_millis(250);

/// How long to wait before trying to listen again.
const RETRY: Duration = Duration::from_secs(15);

/// How long a notification may take at most. A pooler between us and the database lets none through.
const PROBE: Duration = Duration::from_secs(2);

/// Rings when there may be something new.
pub(super) struct Bell {
    app: App,
    notices: Option<Notices>,
    next_try: Instant,
}

impl Bell {
    pub(super) fn new(app: App) -> Self {
        Self { app, notices: None, next_try: Instant::now() }
    }

    /// Returns when it is worth looking. Can be dropped and called again.
    pub(super) async fn rung(&mut self) {
        if self.notices.is_none() && Instant::now() >= self.next_try {
            self.next_try = Instant::now() + RETRY;
            self.notices = open(&self.app).await;
            // What was committed before we listened.
            return;
        }
        let Some(notices) = &mut self.notices else { return tokio::time::sleep(FAST).await };
        if let Ok(false) = tokio::time::timeout(SLOW, notices.next()).await {
            tracing::warn!("no notifications from the database any more");
            self.notices = None;
        }
    }
}

async fn open(app: &App) -> Option<Notices> {
    if app.config.database.is_only_pooled() {
        return None;
    }
    let attempt = async {
        let mut notices = listen(&app.config.database, CHANNEL).await?;
        notices.ring(CHANNEL).await?;
        Ok::<_, crate::Error>(notices.next().await.then_some(notices))
    };
    match tokio::time::timeout(PROBE, attempt).await {
        Ok(Ok(Some(notices))) => Some(notices),
        Ok(Ok(None)) | Err(_) => {
            tracing::info!("the database sends no notifications (a pooler?); looking for events instead");
            None
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "cannot listen for events");
            None
        }
    }
}
