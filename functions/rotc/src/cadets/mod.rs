//! The cadet register: who is enrolled, in which company and platoon, and what a cadet tells about themselves.

use axum::extract::DefaultBodyLimit;
use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

mod accounts;
mod cadet;
mod client_list;
mod create;
mod details;
mod fields;
mod list;
mod update;

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
        .routes(routes!(list::list_cadets, create::create_cadet))
        .routes(routes!(list::list_archived_cadets))
        .routes(routes!(list::show_cadet))
        .routes(routes!(update::update_cadet).layer(pictures()))
        .routes(routes!(client_list::list_client_cadets, create::create_client_cadet))
        .routes(routes!(update::update_client_cadet).layer(pictures()))
}

/// The limit of a body that may carry a picture.
fn pictures() -> DefaultBodyLimit {
    DefaultBodyLimit::max(crate::photos::FORM_LIMIT_BYTES)
}
