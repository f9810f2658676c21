//! What the unit does and announces, with pictures.

use axum::extract::DefaultBodyLimit;
use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

use crate::reports::certificates;

pub mod activity;
pub mod admin_activities;
pub mod cadet_activities;
pub(crate) mod edit;
mod form;
pub mod images;
mod pictures;
pub mod resource;

/// Activities and announcements.
pub const GROUP: Group = Group {
    name: "activities",
    about: "Activities and announcements of the unit, with their pictures and certificates.",
    prefixes: &["/api/activities", "/api/admin/activities", "/api/cadet/activities"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 512,
    routes: router,
};

/// Bytes of a form with pictures, all together.
pub const FORM_LIMIT_BYTES: usize = 64 * 1024 * 1024;

fn router() -> OpenApiRouter<App> {
    let forms = || DefaultBodyLimit::max(FORM_LIMIT_BYTES);
    OpenApiRouter::new()
        .routes(routes!(cadet_activities::list_cadet_activities))
        .routes(routes!(admin_activities::create_client_activity).layer(forms()))
        .routes(
            routes!(admin_activities::update_client_activity, admin_activities::delete_client_activity)
                .layer(forms()),
        )
        .routes(routes!(resource::list_activities, resource::create_activity).layer(forms()))
        .routes(
            routes!(resource::show_activity, resource::update_activity, resource::delete_activity)
                .layer(forms()),
        )
        .routes(routes!(certificates::print::print_activity_certificate))
        .routes(routes!(images::list_activity_images))
        .routes(routes!(images::add_activity_image).layer(forms()))
        .routes(routes!(images::remove_activity_image))
}
