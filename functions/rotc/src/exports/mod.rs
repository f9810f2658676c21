//! Tables to open in a spreadsheet.

use documents::Cell;
use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

mod activities;
mod attendance;
mod cadets;
pub mod export;
pub mod filter;
mod grades;
mod staff;

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

/// A day as a date; what earlier servers have kept as another text stays as it is.
fn written_day(text: Option<String>) -> Cell {
    match text.as_deref().map(str::parse) {
        Some(Ok(day)) => Cell::Date(day),
        _ => text.into(),
    }
}
