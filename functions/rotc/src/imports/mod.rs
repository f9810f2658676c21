//! Importing lists: cadets, staff, attendance, grades, the ledger, and what ROTCMIS exports. How an import runs stands in
//! [`shared::imports`]; here is which columns a list has, whom its rows mean and what is written of them.

use axum::{
    extract::DefaultBodyLimit,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use shared::{
    App,
    http::Json,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::uploads::FORM_LIMIT_BYTES;

mod accounts;
pub mod attendance;
pub mod cadets;
mod dispatch;
pub mod entities;
pub mod grades;
pub mod ledger;
mod people;
mod plan;
mod roster;
pub mod rotcmis;
pub mod staff;
pub mod status;

pub use plan::{Imported, Kind, Plan, Report};

/// Importing lists.
pub const GROUP: Group = Group {
    name: "imports",
    about: "Imports of cadets, staff, attendance and grades from files and other systems.",
    prefixes: &[
        "/api/admin/import-cadets",
        "/api/admin/import-cadets-remote",
        "/api/admin/import-cadets-url",
        "/api/admin/import-staff",
        "/api/admin/sync-cadets",
        "/api/attendance/import",
        "/api/attendance/import-local",
        "/api/attendance/import-url",
        "/api/attendance/reconcile",
        "/api/import",
        "/api/integration",
    ],
    needs: &[Need::Database, Need::Files, Need::Ocr],
    memory_mb: 1769,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    let forms = OpenApiRouter::new()
        .routes(routes!(cadets::import_cadets))
        .routes(routes!(staff::import_staff))
        .routes(routes!(attendance::import_attendance))
        .routes(routes!(attendance::reconcile_attendance))
        .routes(routes!(grades::check_grades))
        .routes(routes!(grades::import_grades))
        .routes(routes!(ledger::check_ledger))
        .routes(routes!(ledger::import_ledger))
        .routes(routes!(rotcmis::check_records))
        .routes(routes!(rotcmis::import_records))
        .routes(routes!(entities::import_rotcmis))
        .routes(routes!(entities::import_csv))
        .layer(DefaultBodyLimit::max(FORM_LIMIT_BYTES));
    OpenApiRouter::new()
        .routes(routes!(cadets::import_cadets_url))
        .routes(routes!(cadets::sync_cadets))
        .routes(routes!(cadets::import_cadets_remote))
        .routes(routes!(attendance::import_attendance_url))
        .routes(routes!(attendance::import_local_attendance))
        .routes(routes!(rotcmis::show_integration_status))
        .routes(routes!(status::show_import))
        .routes(routes!(status::download_errors))
        .merge(forms)
}

/// A response with its status: 200, or 202 of an import in the background.
pub struct Answer<T>(StatusCode, T);

impl<T: serde::Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}
