//! Training days and who attended them.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod cadet_attendance;
pub mod days;

/// Training days and attendance.
pub const GROUP: Group = Group {
    name: "attendance",
    prefixes: &["/api/attendance"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(days::list_days))
        .routes(routes!(cadet_attendance::list_cadet_attendance))
}
