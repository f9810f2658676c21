//! Certificates: issued once for an activity and a person, and open to anybody who was shown one.

use shared::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod issue;
pub mod list;
pub mod print;
pub mod revoke;
pub mod snapshot;
pub mod verify;

/// The routes of certificates. That below `/api/activities` is answered by the function of the activities.
pub fn certificate_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_certificates))
        .routes(routes!(verify::list_certificate_keys))
        .routes(routes!(print::print_certificate))
        .routes(routes!(print::print_report_certificate))
        .routes(routes!(revoke::revoke_certificate))
        .routes(routes!(verify::verify_certificate))
        .routes(routes!(verify::show_certificate_page))
}
