//! Background work, for whoever started it and for administrators: how it goes, and stopping it.
//!
//! The resource API calls it tasks, in the words of Celery; `/api/jobs` shows the same rows as they are.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod cancel;
pub mod celery;
pub mod jobs;
pub mod status;

/// Background work.
pub const GROUP: Group = Group {
    name: "tasks",
    about: "Background jobs: their state, their results, and how to cancel them.",
    prefixes: &["/api/tasks", "/api/jobs", "/api/celery"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(status::show_task))
        .routes(routes!(cancel::revoke_task))
        .routes(routes!(jobs::list_jobs))
        .routes(routes!(jobs::show_job))
        .routes(routes!(cancel::cancel_job))
        .routes(routes!(celery::show_worker_health))
        .routes(routes!(celery::show_worker_stats))
}
