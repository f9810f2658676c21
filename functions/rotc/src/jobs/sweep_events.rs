//! The clean-up of what live events leave behind.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{
    Result,
    jobs::{Job, Task},
    realtime,
};

use super::NIGHT;
use crate::realtime::OUTBOX;

/// Deletes old numbers of events, cursors of streams that nobody goes on with, and sockets the gateway has closed without
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
        realtime::sweep(&task.app, &OUTBOX).await
    }
}
