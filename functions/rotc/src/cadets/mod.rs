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

pub(crate) mod accounts;
pub(crate) mod archive;
mod archived;
mod cadet;
pub mod client_list;
mod create;
mod delete_permanent;
mod details;
mod export;
mod fields;
pub mod list;
mod portal;
mod profile;
mod reclaim;
mod record;
mod selection;
mod unlock;
mod update;

pub use client_list::CLIENT_LIST;
pub use list::LIST;

pub(crate) use selection::Selection;

pub use cadet::{Cadet, CadetGrades, CadetRow, ListedCadet};

/// The cadet register.
pub const GROUP: Group = Group {
    name: "cadets",
    about: "The cadet register: who is enrolled, in which company and platoon.",
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
        .routes(routes!(list::show_cadet, update::update_cadet, archive::archive_cadet).layer(pictures()))
        .routes(routes!(archive::restore_cadet))
        .routes(routes!(client_list::list_client_cadets, create::create_client_cadet))
        .routes(routes!(update::update_client_cadet).layer(pictures()))
        .routes(routes!(unlock::unlock_cadets))
        .routes(routes!(archive::archive_cadets))
        .routes(routes!(archive::restore_cadets))
        .routes(routes!(archive::remove_cadets))
        .routes(routes!(delete_permanent::delete_cadets_permanently))
        .routes(routes!(reclaim::reclaim_credentials))
        .routes(routes!(archived::list_client_archived_cadets))
        .routes(routes!(export::export_completed_cadets))
        .routes(routes!(archive::prune_completed_cadets))
        .routes(routes!(profile::show_cadet_profile, profile::save_cadet_profile).layer(pictures()))
        .routes(routes!(portal::record_portal_access))
        .routes(routes!(portal::acknowledge_guide))
}

/// The limit of a body that may carry a picture.
fn pictures() -> DefaultBodyLimit {
    DefaultBodyLimit::max(crate::uploads::FORM_LIMIT_BYTES)
}
