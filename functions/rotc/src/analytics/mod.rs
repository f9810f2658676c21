//! The unit in numbers, and finding people: views for the dashboards, nothing is written here.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod demographics;
pub mod locations;
pub mod online_users;
pub mod overview;
pub mod search;

/// Analytics and the views of people.
pub const GROUP: Group = Group {
    name: "analytics",
    about: "Counts and charts of the whole unit, the search for people, and where they are.",
    prefixes: &[
        "/api/admin/analytics",
        "/api/admin/search",
        "/api/admin/locations",
        "/api/admin/online-users",
    ],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(overview::show_analytics))
        .routes(routes!(demographics::show_demographics))
        .routes(routes!(search::search_people))
        .routes(routes!(locations::list_locations))
        .routes(routes!(online_users::count_online_users))
}
