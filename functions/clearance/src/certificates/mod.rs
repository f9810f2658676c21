//! Certificates of completed requests, which anybody can check who was shown one.

mod issue;
mod print;
mod shown;
mod verify;

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use issue::{IssueCertificates, Issued, issue, issue_missing, revoke};
pub use print::{__path_print_certificate, print_certificate};
pub use shown::{ShownCertificate, shown};

/// The routes that nobody signs in for.
pub const GROUP: Group = Group {
    name: "certificates",
    about: "Checking certificates of completed clearances.",
    prefixes: &["/api/certificates", "/verify"],
    needs: &[Need::Database],
    memory_mb: 256,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(verify::verify_certificate))
        .routes(routes!(verify::list_certificate_keys))
        .routes(routes!(verify::show_certificate_page))
}
