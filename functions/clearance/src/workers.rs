//! The functions that no HTTP request starts.

use shared::{
    queue::Queue,
    system::{Need, Starts, Worker},
};

/// All of them.
pub static WORKERS: &[&Worker] = &[
    &Worker {
        name: "delivery",
        description: "Sends mails to one person",
        starts: Starts::From(Queue::Delivery),
        needs: &[Need::Database, Need::Mail],
        memory_mb: 256,
        timeout_seconds: 900,
    },
    &Worker::IMAGE,
    &Worker {
        name: "import",
        description: "Imports lists of students and of fees",
        starts: Starts::From(Queue::Import),
        needs: &[Need::Database, Need::Files],
        memory_mb: 512,
        timeout_seconds: 900,
    },
    &Worker::MIGRATE,
    &Worker::SCHEDULE,
    &Worker {
        name: "upkeep",
        description: "Asks M-PESA and books what it says, reminds offices and students, cleans up; sends mails to many people",
        starts: Starts::From(Queue::Upkeep),
        needs: &[Need::Database, Need::Files, Need::Mail],
        memory_mb: 256,
        timeout_seconds: 900,
    },
];
