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
    &Worker {
        name: "image",
        description: "Makes stored pictures small, deletes files that no record refers to any more",
        starts: Starts::From(Queue::Image),
        needs: &[Need::Database, Need::Files],
        memory_mb: 1024,
        timeout_seconds: 300,
    },
    &Worker {
        name: "import",
        description: "Imports lists of students and of fees",
        starts: Starts::From(Queue::Import),
        needs: &[Need::Database, Need::Files],
        memory_mb: 512,
        timeout_seconds: 900,
    },
    &Worker {
        name: "migrate",
        description: "Brings the database to the present schema; run by hand at each deployment",
        starts: Starts::ByHand,
        needs: &[Need::Database],
        memory_mb: 256,
        timeout_seconds: 900,
    },
    &Worker {
        name: "schedule",
        description: "Starts what is done by the clock, and sends jobs again whose messages were lost",
        starts: Starts::WithJobs,
        needs: &[Need::Database, Need::Mail],
        memory_mb: 128,
        timeout_seconds: 60,
    },
    &Worker {
        name: "upkeep",
        description: "Asks M-PESA and books what it says, reminds offices and students, cleans up; sends mails to many people",
        starts: Starts::From(Queue::Upkeep),
        needs: &[Need::Database, Need::Files, Need::Mail],
        memory_mb: 256,
        timeout_seconds: 900,
    },
];
