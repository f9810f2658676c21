//! Excuse letters: a cadet says why they were absent, the staff decides, and what is decided shows in the attendance.

use axum::extract::DefaultBodyLimit;
use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

mod attendance;
pub mod client;
mod decide;
mod form;
pub mod letter;
pub mod process_ocr;
pub mod read_letter;
pub mod resource;
mod submit;

/// Excuse letters.
pub const GROUP: Group = Group {
    name: "excuses",
    about: "Excuse letters for days of absence, and the decisions on them.",
    prefixes: &["/api/excuse", "/api/excuse-letters"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    let forms = || DefaultBodyLimit::max(crate::uploads::FORM_LIMIT_BYTES);
    OpenApiRouter::new()
        .routes(routes!(client::show_excuse_status))
        .routes(routes!(client::list_excuses, client::submit_excuse).layer(forms()))
        .routes(routes!(client::decide_excuse, client::delete_excuse))
        .routes(routes!(resource::list_excuse_letters, resource::create_excuse_letter).layer(forms()))
        .routes(routes!(resource::list_cadet_excuse_letters))
        .routes(routes!(process_ocr::process_excuse_letter))
        .routes(routes!(resource::update_excuse_letter, resource::delete_excuse_letter))
}
