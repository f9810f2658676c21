//! Certificates: given once for an activity and a person, sealed, and open to anybody who was shown one.
//!
//! What is printed is stored with a seal over it (Ed25519). The public page shows what was printed, and whether it still
//! stands; a row that was altered is not shown as a certificate.

use shared::App;
use utoipa_axum::{router::OpenApiRouter, routes};

mod code;
pub mod issue;
pub mod keys;
pub mod list;
pub mod print;
pub mod revoke;
pub mod snapshot;
pub mod verify;

pub use code::Code;

/// The routes of certificates. That below `/api/activities` is answered by the function of the activities.
pub fn certificate_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_certificates))
        .routes(routes!(keys::list_certificate_keys))
        .routes(routes!(print::print_certificate))
        .routes(routes!(print::print_report_certificate))
        .routes(routes!(revoke::revoke_certificate))
        .routes(routes!(verify::verify_certificate))
        .routes(routes!(verify::show_certificate_page))
}
