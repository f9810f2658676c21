//! Tables to open in a spreadsheet.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod export;
pub mod filter;
mod tables;

/// Exports.
pub const GROUP: Group = Group {
    name: "exports",
    about: "Lists of cadets, staff, attendance and grades as files to download.",
    prefixes: &["/api/export"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 512,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export::export_excel)).routes(routes!(export::export_csv))
}
