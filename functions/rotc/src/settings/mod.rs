//! What people prefer, and what the installation is set to.

use shared::{
    App,
    http::openapi::also_at,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

mod admin_settings;
mod background;
mod own;
pub mod system;
mod system_settings;

pub use crate::setting_keys as keys;
pub use own::Settings;

/// Settings.
pub const GROUP: Group = Group {
    name: "settings",
    about: "Settings of the signed-in user and of the whole system.",
    prefixes: &[
        "/api/auth/settings",
        "/api/settings",
        "/api/system-settings",
        "/api/admin/system-settings",
        "/api/admin/settings",
    ],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(also_at(
            routes!(own::show_settings),
            "/api/settings",
            "show_own_settings",
            Some("Show one's own preferences, under the path of the resource API"),
        ))
        .routes(also_at(
            routes!(own::update_settings),
            "/api/settings",
            "update_own_settings",
            Some("Change one's own preferences, under the path of the resource API"),
        ))
        .routes(also_at(
            routes!(own::reset_settings),
            "/api/settings/reset",
            "reset_own_settings",
            Some("Go back to the defaults, under the path of the resource API"),
        ))
        .merge(background::background_routes())
        .routes(routes!(system_settings::list_system_settings))
        .routes(routes!(system_settings::update_system_settings))
        .routes(routes!(system_settings::show_system_setting, system_settings::update_system_setting))
        .routes(routes!(admin_settings::update_preference_defaults))
        .routes(routes!(admin_settings::show_cadet_source))
}
