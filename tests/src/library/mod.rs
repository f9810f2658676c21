//! A lending library with several branches: the system that the platform is tested with, beside those of schools.
//!
//! It uses what ROTC does not: users with UUIDs, tenants separated by row-level security, the wire format of Django REST
//! Framework, token pairs, cookies with CSRF, second factors, idempotency keys and a webhook.

mod access;
mod accounts;
mod books;
mod branches;
mod demo;
mod events;
mod import;
mod loans;
mod payments;
mod tasks;

use futures_util::{FutureExt, future::BoxFuture};
use http::StatusCode;
use shared::{
    App, Result,
    db::{Change, migrate::MigrationSet},
    drf::DrfEnvelope,
    error::Kind,
    files::{DeleteFile, ShrinkPicture, SweepFiles},
    http::{Cors, HttpPolicy, Slash, Surface},
    imports::{Import, ImportFile, given_up},
    jobs::{CleanUp, JobKind, Jobs},
    queue::Queue,
    realtime::SweepEvents,
    system::{Need, Starts, Storage, System, Worker},
};
use uuid::Uuid;

pub use payments::{Notice, WEBHOOK_KEY};

mod embedded {
    refinery::embed_migrations!("src/library/migrations");
}

/// The library.
pub static SYSTEM: System = System {
    name: "library",
    title: "Lending library",
    about: "Books, branches and loans of a library that the platform is tested with",
    envelope: &DrfEnvelope { code: true, message: false, request_id: false },
    http: &HTTP,
    groups: &[
        &accounts::GROUP,
        &books::GROUP,
        &branches::GROUP,
        &events::GROUP,
        &loans::GROUP,
        &payments::GROUP,
        &tasks::GROUP,
    ],
    workers: &[&IMAGE, &IMPORT, &UPKEEP],
    sockets: None,
    jobs: &JOBS,
    alarm: None,
    clean_up: &[],
    events: Some(&events::Events),
    migrations: &MIGRATIONS,
    sign_in: Some(&accounts::TOKENS),
    examples: include_str!("examples.json"),
    storage: &Storage { prefix: "library/", cloudinary_folder: "library", intakes: &[&books::COVER] },
    settings: None,
    admin: Some(&demo::FirstOperator),
    demo: Some(&demo::TwoBranches),
    legacy: None,
    imitations: &[],
};

static HTTP: HttpPolicy = HttpPolicy {
    surfaces: &[
        Surface { prefixes: &["/api"], canonical: "/api", slash: Slash::Both, body_limit: 100 * 1024 },
        Surface { prefixes: &[""], canonical: "", slash: Slash::Both, body_limit: 100 * 1024 },
    ],
    any_case: false,
    any_separator: false,
    cors: Cors {
        credentials: true,
        development_origins: &["http://localhost:*"],
        methods: "DELETE, GET, OPTIONS, PATCH, POST, PUT",
        headers: Some("accept, authorization, content-type, idempotency-key, x-csrf-token"),
        exposed: "Content-Disposition",
        max_age: Some(86_400),
        preflight: StatusCode::OK,
    },
    csp: "default-src 'self'; frame-ancestors 'none'",
    bad_id: Kind::NotFound,
    challenge: "Bearer realm=\"api\"",
    layer: None,
};

static MIGRATIONS: MigrationSet = MigrationSet {
    name: "library",
    versioned: embedded::migrations::runner,
    role: Some("muster_library"),
    repeatable: &[("R__watched_tables.sql", include_str!("migrations/R__watched_tables.sql"))],
};

static JOBS: Jobs = Jobs {
    kinds: &[
        JobKind::of::<CleanUp>(),
        JobKind::of::<DeleteFile>(),
        JobKind::of::<ImportFile<import::ImportBooks>>(),
        JobKind::of::<payments::NotePayment>(),
        JobKind::of::<ShrinkPicture>(),
        JobKind::of::<SweepEvents>(),
        JobKind::of::<SweepFiles>(),
    ],
    failed: tell,
};

/// Tells the librarians of a branch that an import of theirs has failed. A payment that could not be noted stands in the log.
fn tell<'a>(_app: &'a App, change: &'a mut Change, kind: &'a JobKind, id: Uuid) -> BoxFuture<'a, Result<()>> {
    async move {
        match kind.name {
            import::ImportBooks::KIND => given_up::<import::ImportBooks>(change, id).await,
            _ => Ok(()),
        }
    }
    .boxed()
}

static IMAGE: Worker = Worker {
    name: "image",
    description: "Makes covers small, and deletes those of books that are gone",
    starts: Starts::From(Queue::Image),
    needs: &[Need::Database, Need::Files],
    memory_mb: 1024,
    timeout_seconds: 300,
};

static IMPORT: Worker = Worker {
    name: "import",
    description: "Imports lists of books",
    starts: Starts::From(Queue::Import),
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    timeout_seconds: 900,
};

static UPKEEP: Worker = Worker {
    name: "upkeep",
    description: "Notes payments, and cleans up at night",
    starts: Starts::From(Queue::Upkeep),
    needs: &[Need::Database, Need::Files],
    memory_mb: 128,
    timeout_seconds: 900,
};
