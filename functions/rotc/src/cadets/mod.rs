//! The cadet register: who is enrolled, in which company and platoon, and what a cadet tells about themselves.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

mod cadet;
mod client_list;
mod list;

pub use cadet::{Cadet, CadetGrades, CadetRow, Figures, ListedCadet};

/// The cadet register.
pub const GROUP: Group = Group {
    name: "cadets",
    prefixes: &[
        "/api/cadets",
        "/api/admin/cadets",
        "/api/cadet/profile",
        "/api/cadet/access",
        "/api/cadet/acknowledge-guide",
    ],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_cadets))
        .routes(routes!(list::list_archived_cadets))
        .routes(routes!(list::show_cadet))
        .routes(routes!(client_list::list_client_cadets))
}
