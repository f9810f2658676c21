//! The ROTC grading system: cadets, their attendance, conduct and grades.
//!
//! It answers on two surfaces from the same rules: the resource API (`/api/cadets`, `/api/grades`, ...)
//! and the client API that the existing web, Android and desktop clients call (`/api/admin/...`,
//! `/api/cadet/...`, `/api/auth/...`).

use shared::system::{Group, Need, System, Worker};

pub mod access;
pub mod activities;
pub mod analytics;
pub mod answer;
pub mod attendance;
pub mod audit;
pub mod audit_logs;
pub mod auth;
pub mod autolink;
pub mod backup;
pub mod cached;
pub mod cadets;
pub mod download;
pub mod envelope;
pub mod events;
pub mod excuses;
pub mod files;
pub mod grades;
pub mod jobs;
pub mod messages;
pub mod metrics;
pub mod migrations;
pub mod notifications;
pub mod ops;
pub mod push;
pub mod realtime;
pub mod recognition;
pub mod reports;
pub mod sent;
pub mod settings;
pub mod staff;
pub mod uploads;
pub mod users;

/// The system as local-dev, the functions, the tests and the templates see it.
pub static SYSTEM: System = System {
    name: "rotc",
    title: "ROTC grading system",
    envelope: &envelope::RotcEnvelope,
    groups: GROUPS,
    workers: WORKERS,
    sockets: Some(&realtime::SOCKETS),
    jobs: jobs::JOBS,
    events: Some(&realtime::OUTBOX),
    migrations: &migrations::ROTC,
};

/// Every route group.
pub static GROUPS: &[&Group] = &[
    &activities::GROUP,
    &analytics::GROUP,
    &attendance::GROUP,
    &audit_logs::GROUP,
    &auth::GROUP,
    &backup::GROUP,
    &cadets::GROUP,
    &excuses::GROUP,
    &files::GROUP,
    &grades::GROUP,
    &messages::GROUP,
    &metrics::GROUP,
    &notifications::GROUP,
    &ops::GROUP,
    &push::GROUP,
    &realtime::GROUP,
    &recognition::GROUP,
    &reports::GROUP,
    &settings::GROUP,
    &staff::GROUP,
    &users::GROUP,
];

/// Every function that no HTTP request starts.
pub static WORKERS: &[&Worker] = &[
    &Worker {
        name: "image",
        description: "Sends push messages, makes stored pictures small, deletes files that no record refers to any more",
        schedule: Some("rate(1 minute)"),
        needs: &[Need::Database, Need::Files],
        memory_mb: 1024,
        timeout_seconds: 300,
    },
    &Worker {
        name: "mail",
        description: "Sends the mails that changes have stored",
        schedule: Some("rate(1 minute)"),
        needs: &[Need::Database, Need::Mail],
        memory_mb: 128,
        timeout_seconds: 60,
    },
    &Worker {
        name: "migrate",
        description: "Brings the database to the present schema; run by hand at each deployment",
        schedule: None,
        needs: &[Need::Database],
        memory_mb: 256,
        timeout_seconds: 900,
    },
    &Worker {
        name: "realtime",
        description: "Sends live events to the WebSockets of the gateway, for as long as anybody has one",
        schedule: Some("rate(1 minute)"),
        needs: &[Need::Database, Need::Sockets],
        memory_mb: 128,
        timeout_seconds: 75,
    },
];
