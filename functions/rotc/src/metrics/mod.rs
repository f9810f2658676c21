//! What the server counts about itself, for administrators: requests, queries, the cache, and alerts when a number is bad.
//!
//! The numbers are those of the process that answers. One server counts everything; a Lambda function its own requests.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod alerts;
pub mod cache;
pub mod client_api;
pub mod prometheus;
pub mod resource_api;
pub mod slow_queries;
pub mod thresholds;
pub mod warm;

/// Numbers about the server.
pub const GROUP: Group = Group {
    name: "metrics",
    about: "Measurements of the running server: requests, cache, database and alerts.",
    prefixes: &[
        "/api/metrics",
        "/api/slow-queries",
        "/api/cache",
        "/api/admin/metrics",
        "/api/admin/perf",
        "/api/admin/cache",
    ],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(client_api::show_admin_metrics))
        .routes(routes!(client_api::reset_metrics))
        .routes(routes!(client_api::list_perf_alerts))
        .routes(routes!(resource_api::show_metrics))
        .routes(routes!(resource_api::show_database_metrics))
        .routes(routes!(resource_api::show_cache_metrics))
        .routes(routes!(prometheus::export_metrics))
        .routes(routes!(thresholds::show_thresholds, thresholds::update_thresholds))
        .routes(routes!(alerts::check_alerts))
        .routes(routes!(slow_queries::list_slow_queries))
        .routes(routes!(slow_queries::reset_slow_queries))
        .routes(routes!(cache::show_admin_cache))
        .routes(routes!(cache::clear_admin_cache))
        .routes(routes!(cache::show_cache))
        .routes(routes!(cache::clear_cache))
        .routes(routes!(warm::warm_cache))
}
