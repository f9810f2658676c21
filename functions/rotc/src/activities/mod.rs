//! What the unit does and announces.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod cadet_activities;

/// Activities and announcements.
pub const GROUP: Group = Group {
    name: "activities",
    prefixes: &["/api/cadet/activities"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(cadet_activities::list_cadet_activities))
}
