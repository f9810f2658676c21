//! Accounts: who waits for approval, who may sign in, and what goes when they are not wanted any more.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

mod approve;
mod list;
pub mod purge;
mod remove;

/// Accounts.
pub const GROUP: Group = Group {
    name: "users",
    about: "User accounts: listing, approving and removing them.",
    prefixes: &["/api/admin/users", "/api/admin/purge"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_users))
        .routes(routes!(approve::approve_user))
        .routes(routes!(remove::remove_user))
        .routes(routes!(purge::purge_archived))
}
