//! Documents to print: profiles, grades, attendance, transcripts, and certificates that anybody can check.

use shared::{
    App, Result,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod attendance;
pub mod batch;
pub mod batch_certificates;
pub mod batch_profiles;
pub mod batch_transcripts;
pub mod certificates;
pub mod expire_reports;
pub mod files;
mod filter;
pub mod grades;
pub mod letterhead;
pub mod profile;
mod profile_page;
pub mod transcript;
pub mod weekly_report;

/// Reports and certificates.
pub const GROUP: Group = Group {
    name: "reports",
    about: "Printable reports, and certificates that anybody can verify.",
    prefixes: &["/api/reports", "/api/certificates", "/verify"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 512,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(profile::print_cadet_profile))
        .routes(routes!(transcript::print_transcript))
        .routes(routes!(grades::print_grades))
        .routes(routes!(attendance::print_attendance))
        .routes(routes!(batch::start_profiles))
        .routes(routes!(batch::start_transcripts))
        .routes(routes!(batch::start_certificates))
        .routes(routes!(files::download_report))
        .merge(certificates::certificate_routes())
}

/// Writes a document beside the requests that wait for the database.
async fn written<T, F>(write: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    tokio::task::spawn_blocking(write).await?
}
