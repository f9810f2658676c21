//! What holds for every request: limits, formats, repeated POSTs.

use axum::Router;
use chrono::TimeDelta;
use shared::{
    App,
    auth::rate_limit::Limit,
    drf::{Accepts, Gate, gated},
    error::Kind,
    http::idempotency::Repetitions,
};

use crate::access::{Person, Role};

/// The layer of this system.
pub fn layer(routes: Router<App>, app: &App) -> Router<App> {
    gated(routes, app, &GATE)
}

static GATE: Gate<Person> = Gate {
    open: &[
        "/api/auth/health",
        "/api/auth/login",
        "/api/auth/logout",
        "/api/auth/password-reset",
        "/api/auth/register",
        "/api/auth/token",
        "/api/certificates",
        "/api/docs",
        "/api/finance/c2b/{secret}",
        "/api/finance/mpesa_callback",
        "/api/health",
        // Browsers open it with a token in the query.
        "/api/notifications/stream",
        "/api/redoc",
        "/api/schema",
    ],
    uncounted: &[
        "/api/auth/login",
        "/api/auth/logout",
        "/api/auth/password-reset",
        "/api/auth/register",
        "/api/auth/token",
        "/api/certificates/verify",
        "/api/finance/c2b/{secret}",
        "/api/finance/mpesa_callback",
        "/api/health",
    ],
    accepts: Accepts(&["text/html", "text/*", "text/event-stream"]),
    other_formats: &[
        "/api/clearances/{id}/certificate",
        "/api/docs",
        "/api/metrics/prometheus",
        "/api/notifications/stream",
        "/api/redoc",
        "/api/reports",
        "/api/schema",
    ],
    anonymous: Limit { name: "anonymous", hits: 100, seconds: 3600 },
    of_user: |person| match person.role {
        Role::Admin => Limit { name: "admin", hits: 5000, seconds: 3600 },
        _ => Limit { name: "user", hits: 1000, seconds: 3600 },
    },
    repetitions: &REPETITIONS,
};

static REPETITIONS: Repetitions = Repetitions {
    keep: TimeDelta::hours(24),
    longest: 128,
    replayed: "idempotent-replayed",
    mismatch: (Kind::Conflict, "This idempotency key was used for another request."),
    running: (Kind::Conflict, "The first request with this idempotency key is still running."),
};
