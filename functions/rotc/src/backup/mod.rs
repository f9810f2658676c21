//! Copies of the legacy tables for administrators: to download, or to keep in the store.
//!
//! They hold no password and no key of a push subscription, so they bring back what the unit has recorded, not who may
//! sign in. The backup of the database itself is the database's.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod download;
pub mod save;
mod tables;
mod write;

/// Backups.
pub const GROUP: Group = Group {
    name: "backup",
    about: "Backups of the database as files.",
    prefixes: &["/api/admin/backup", "/uploads/backups"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(download::download_backup))
        .routes(routes!(save::save_backup))
        .routes(routes!(save::show_backup))
}
