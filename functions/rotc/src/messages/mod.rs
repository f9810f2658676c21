//! What people write to the administrators and get answered, and what administrators tell everybody.

use shared::{
    App,
    http::openapi::also_at,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

mod admin;
mod broadcast;
mod delete;
mod list;
mod message;
mod post;
mod reply;
mod staff;

/// Messages.
pub const GROUP: Group = Group {
    name: "messages",
    about: "Messages between cadets, the training staff and administrators.",
    prefixes: &["/api/messages"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_messages, post::post_message))
        .routes(routes!(list::list_my_messages))
        .routes(routes!(broadcast::broadcast_message))
        .routes(routes!(admin::list_admin_messages, admin::create_admin_message))
        .routes(also_at(
            routes!(admin::answer_admin_message),
            "/api/messages/admin/{id}/reply",
            "reply_to_admin_message",
            Some("Answer a message, under its longer address"),
        ))
        .routes(routes!(staff::list_staff_messages, staff::create_staff_message))
        .routes(routes!(reply::reply_to_message))
        .routes(routes!(delete::delete_message))
}
