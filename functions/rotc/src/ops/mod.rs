//! Health, the state of the server, and the description of the API: for load balancers, clients, administrators and developers.

use shared::{
    App,
    http::openapi,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod debug_cadet;
pub mod health;
pub mod optimize;
pub mod status;
pub mod sync_metrics;

/// Health, state and documentation.
pub const GROUP: Group = Group {
    name: "ops",
    about: "Health, state and documentation of the installation.",
    prefixes: &[
        "/health",
        "/api/health",
        "/api/schema",
        "/api/docs",
        "/api/admin/health-check",
        "/api/admin/system-status",
        "/api/admin/sync",
        "/api/admin/force-optimize-db",
        "/api/admin/debug",
    ],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    let documented = OpenApiRouter::new()
        .routes(routes!(health::alive))
        .routes(routes!(health::health))
        .routes(routes!(status::check_health))
        .routes(routes!(status::show_system_status))
        .routes(routes!(sync_metrics::show_sync_metrics))
        .routes(routes!(optimize::optimize_database))
        .routes(routes!(debug_cadet::show_debug_cadet));
    documented.merge(OpenApiRouter::from(openapi::docs(&crate::SYSTEM)))
}
