//! The clean-up of what live events leave behind.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::log;
use crate::{
    Result,
    jobs::{Job, Task},
};

/// Deletes old numbers of events, cursors of streams that nobody goes on with, and sockets the gateway has closed without
/// saying so.
///
/// Safe to run twice: the second time there is nothing to delete.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepEvents {}

impl Job for SweepEvents {
    const KIND: &'static str = "sweep_events";
    const EVERY: Option<Duration> = Some(Duration::from_hours(24));

    async fn run(self, task: &Task) -> Result<()> {
        match task.app.system.events {
            Some(source) => log::sweep(&task.app, source).await,
            None => Ok(()),
        }
    }
}
