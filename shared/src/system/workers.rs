//! Workers that every system has which uses what they do.

use super::{Need, Starts, Worker};
use crate::queue::Queue;

impl Worker {
    /// Makes stored pictures small, and deletes files.
    pub const IMAGE: Self = Self {
        name: "image",
        description: "Makes stored pictures small, deletes files that no record refers to any more",
        starts: Starts::From(Queue::Image),
        needs: &[Need::Database, Need::Files],
        memory_mb: 1024,
        timeout_seconds: 300,
    };

    /// Migrates.
    pub const MIGRATE: Self = Self {
        name: "migrate",
        description: "Brings the database to the present schema; run by hand at each deployment",
        starts: Starts::ByHand,
        needs: &[Need::Database],
        memory_mb: 256,
        timeout_seconds: 900,
    };

    /// Starts jobs at their times.
    pub const SCHEDULE: Self = Self {
        name: "schedule",
        description: "Starts what is done by the clock, and sends jobs again whose messages were lost",
        starts: Starts::WithJobs,
        needs: &[Need::Database, Need::Mail],
        memory_mb: 128,
        timeout_seconds: 60,
    };
}
