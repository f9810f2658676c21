//! The clean-up of what live events leave behind.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use shared::{
    Result,
    jobs::{Job, Task},
    sql,
};

use super::NIGHT;

/// How long a client can come back and get what it missed; it gets the newest 1,000 at most.
const KEPT: TimeDelta = TimeDelta::days(7);

/// The gateway closes every socket after two hours.
const LONGEST_SOCKET: TimeDelta = TimeDelta::hours(3);

/// Deletes old numbers of events, places of streams that nobody goes on with, and sockets the gateway has closed without
/// saying so. The events themselves stay in `sync_events`.
///
/// Safe to run twice: the second time there is nothing to delete.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepEvents {}

impl Job for SweepEvents {
    const KIND: &'static str = "sweep_events";
    const EVERY: Option<Duration> = Some(Duration::from_hours(24));
    const AT: Duration = NIGHT;

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        // The newest stays, so that the numbers of an empty log and of a new one can be told apart.
        let numbers = sql!(
            "DELETE FROM muster.event_log WHERE created_at < $1 AND seq < (SELECT max(seq) FROM muster.event_log)"
        );
        let places = sql!("DELETE FROM muster.stream_cursors WHERE stored_at < $1");
        let sockets = sql!("DELETE FROM muster.ws_connections WHERE connected_at < $1");
        let now = app.clock.now();
        let mut change = app.db.change_for_system("clean-up of events").await?;
        change.execute(numbers, &[&(now - KEPT)]).await?;
        change.execute(places, &[&(now - TimeDelta::hours(1))]).await?;
        change.execute(sockets, &[&(now - LONGEST_SOCKET)]).await?;
        change.commit().await
    }
}
