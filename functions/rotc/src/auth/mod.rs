//! Signing in and out, who one is, and one's settings.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::router::OpenApiRouter;

/// Sign-in and settings.
pub const GROUP: Group = Group {
    name: "auth",
    prefixes: &["/api/auth"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
