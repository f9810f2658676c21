//! The browsers that get push messages.

use shared::{
    App,
    http::openapi::also_at,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

mod subscriptions;

/// Push subscriptions.
pub const GROUP: Group = Group {
    name: "push",
    about: "Subscriptions of browsers to push messages.",
    prefixes: &["/api/push"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(subscriptions::show_public_key))
        .routes(also_at(
            routes!(subscriptions::subscribe),
            "/api/push/subscriptions",
            "create_subscription",
            Some("Subscribe this browser, as a resource"),
        ))
        .routes(routes!(subscriptions::list_subscriptions))
        .routes(routes!(subscriptions::delete_subscription))
}
