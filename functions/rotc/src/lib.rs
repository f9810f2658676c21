//! The ROTC grading system: cadets, their attendance, conduct and grades.
//!
//! It answers on two surfaces from the same rules: the resource API (`/api/cadets`, `/api/grades`, ...)
//! and the client API that the existing web, Android and desktop clients call (`/api/admin/...`,
//! `/api/cadet/...`, `/api/auth/...`).

use shared::{
    queue::Queue,
    system::{Group, Need, Starts, Storage, System, Worker},
};

pub mod access;
pub mod accounts;
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
pub mod clean_up;
pub mod demo;
pub mod envelope;
pub mod events;
pub mod excuses;
pub mod exports;
pub mod files;
pub mod first_admin;
pub mod grades;
pub mod http_policy;
pub mod imports;
pub mod jobs;
pub mod legacy_tables;
pub mod messages;
pub mod metrics;
pub mod migrations;
pub mod notifications;
pub mod ocr;
pub mod ops;
pub mod push;
pub mod realtime;
pub mod recognition;
pub mod reports;
mod school_time;
pub mod setting_keys;
pub mod settings;
pub mod staff;
pub mod tasks;
pub mod uploads;
pub mod users;

/// The system as local-dev, the functions, the tests and the templates see it.
pub static SYSTEM: System = System {
    name: "rotc",
    title: "ROTC grading system",
    about: "Attendance, conduct and grades of a cadet battalion",
    envelope: &envelope::RotcEnvelope,
    http: &http_policy::HTTP,
    groups: GROUPS,
    workers: WORKERS,
    sockets: Some(&realtime::SOCKETS),
    jobs: &jobs::ALL,
    alarm: Some(|change, text| {
        Box::pin(notifications::notify::every_admin(change, "server_error", text, true))
    }),
    clean_up: clean_up::CLEAN_UP,
    events: Some(&realtime::OUTBOX),
    migrations: &migrations::ROTC,
    sign_in: Some(&auth::TOKENS),
    examples: include_str!("../examples.json"),
    // Its files were there before other systems, and where the legacy server put them.
    storage: &Storage { prefix: "", cloudinary_folder: "rotc-grading-system", intakes: uploads::INTAKES },
    settings: Some(&school_time::SETTINGS),
    admin: Some(&first_admin::Administrator),
    demo: Some(&demo::Battalion),
    legacy: Some(&legacy_tables::LEGACY),
    imitations: &[],
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
    &exports::GROUP,
    &files::GROUP,
    &grades::GROUP,
    &imports::GROUP,
    &messages::GROUP,
    &metrics::GROUP,
    &notifications::GROUP,
    &ocr::GROUP,
    &ops::GROUP,
    &push::GROUP,
    &realtime::GROUP,
    &recognition::GROUP,
    &reports::GROUP,
    &settings::GROUP,
    &staff::GROUP,
    &tasks::GROUP,
    &users::GROUP,
];

/// Every function that no HTTP request starts.
pub static WORKERS: &[&Worker] = &[
    &Worker {
        name: "delivery",
        description: "Sends mails to one person and push messages",
        starts: Starts::From(Queue::Delivery),
        needs: &[Need::Database, Need::Mail],
        memory_mb: 256,
        timeout_seconds: 900,
    },
    &Worker::IMAGE,
    &Worker {
        name: "import",
        description: "Imports files",
        starts: Starts::From(Queue::Import),
        needs: &[Need::Database, Need::Files, Need::Ocr],
        memory_mb: 1024,
        timeout_seconds: 900,
    },
    &Worker::MIGRATE,
    &Worker {
        name: "ocr",
        description: "Reads the text of excuse letters",
        starts: Starts::From(Queue::Ocr),
        needs: &[Need::Database, Need::Files, Need::Ocr],
        memory_mb: 1769,
        timeout_seconds: 900,
    },
    &Worker {
        name: "pdf",
        description: "Makes documents",
        starts: Starts::From(Queue::Pdf),
        needs: &[Need::Database, Need::Files],
        memory_mb: 1024,
        timeout_seconds: 900,
    },
    &Worker {
        name: "realtime",
        description: "Sends live events to the WebSockets of the gateway, for as long as anybody has one",
        starts: Starts::At("rate(1 minute)"),
        needs: &[Need::Database, Need::Sockets],
        memory_mb: 128,
        timeout_seconds: 75,
    },
    &Worker::SCHEDULE,
    &Worker {
        name: "upkeep",
        description: "Cleans up and writes reports, when the clock says so; sends mails to many people",
        starts: Starts::From(Queue::Upkeep),
        needs: &[Need::Database, Need::Files, Need::Mail],
        memory_mb: 256,
        timeout_seconds: 900,
    },
];
