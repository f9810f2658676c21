//! How a system describes itself: its route groups, migrations and error envelope.

use utoipa_axum::router::OpenApiRouter;

use crate::{App, db::migrate::MigrationSet, http::envelope::Envelope, jobs::JobKind, realtime::Source};

/// One school system.
pub struct System {
    /// Short name: crate, log prefix, `--system` (`rotc`).
    pub name: &'static str,
    /// Title of its API documentation.
    pub title: &'static str,
    /// How its errors look.
    pub envelope: &'static dyn Envelope,
    /// Every route group: the one table that local-dev, the tests, the templates and the documentation read.
    pub groups: &'static [&'static Group],
    /// Its functions that no HTTP request starts.
    pub workers: &'static [&'static Worker],
    /// Its WebSockets behind the gateway.
    pub sockets: Option<&'static Sockets>,
    /// What can follow a change.
    pub jobs: &'static [JobKind],
    /// Its live events.
    pub events: Option<&'static dyn Source>,
    /// Its tables, after Muster's own.
    pub migrations: &'static MigrationSet,
}

/// A route group: one Lambda function, one folder of handlers.
pub struct Group {
    /// Plural noun; the function is `<system>-<name>`.
    pub name: &'static str,
    /// Path prefixes the gateway sends here.
    pub prefixes: &'static [&'static str],
    /// What the function must be allowed to use.
    pub needs: &'static [Need],
    /// Memory of the function, in MB.
    pub memory_mb: u32,
    /// The handlers.
    pub routes: fn() -> OpenApiRouter<App>,
}

/// A function that runs on a schedule or by hand.
pub struct Worker {
    /// The function is `<system>-worker-<name>`, or `<system>-<name>` without a schedule.
    pub name: &'static str,
    /// What it is for, in the template.
    pub description: &'static str,
    /// `rate(1 minute)`; none is run by hand.
    pub schedule: Option<&'static str>,
    /// What the function must be allowed to use.
    pub needs: &'static [Need],
    /// Memory of the function, in MB.
    pub memory_mb: u32,
    /// Longest run, in seconds.
    pub timeout_seconds: u32,
}

/// The function that the gateway calls when a WebSocket is opened, closed or says something.
pub struct Sockets {
    /// The function is `<system>-<name>`.
    pub name: &'static str,
    /// What it is for, in the template.
    pub description: &'static str,
    /// What the function must be allowed to use.
    pub needs: &'static [Need],
    /// Memory of the function, in MB.
    pub memory_mb: u32,
}

/// Something outside the function that it uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// PostgreSQL: `DATABASE_URL` and a place in the network.
    Database,
    /// The bucket: `FILES_BUCKET` and its policy.
    Files,
    /// SMTP: `SMTP_URL` and `MAIL_FROM`.
    Mail,
    /// WebSockets of the gateway: `SOCKETS_ENDPOINT` and the right to send to them.
    Sockets,
}
