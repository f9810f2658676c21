//! Notices: private ones, and those for everyone, which each user reads and dismisses alone.

use shared::{
    App,
    http::openapi::also_at,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod admin_notifications;
pub mod cadet_email;
pub mod inbox;
pub mod notify;
pub mod own_notifications;
pub mod push_notice;
mod reminders;
pub mod resource;

/// Notifications.
pub const GROUP: Group = Group {
    name: "notifications",
    about: "Notifications of the signed-in user, and reminders that are mailed to cadets.",
    prefixes: &[
        "/api/notifications",
        "/api/cadet/notifications",
        "/api/staff/notifications",
        "/api/admin/notifications",
        "/api/admin/cadet-notifications",
        "/api/admin/cadet-email",
    ],
    // It sends no mails, but must know whether they would leave.
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(own_notifications::own_routes())
        .routes(routes!(
            admin_notifications::list_admin_notifications,
            admin_notifications::clear_admin_notifications
        ))
        .routes(routes!(admin_notifications::read_all_admin_notifications))
        .routes(routes!(admin_notifications::read_admin_notification))
        .routes(routes!(admin_notifications::delete_all_admin_notifications))
        .routes(routes!(admin_notifications::delete_admin_notification))
        .routes(routes!(reminders::send_weekly_reminder))
        .routes(routes!(reminders::send_general_update))
        .routes(routes!(reminders::send_training_reminder))
        .routes(routes!(cadet_email::send_cadet_email))
        .routes(routes!(resource::list_notifications, resource::create_notification))
        .routes(also_at(
            routes!(resource::count_unread),
            "/api/notifications/unread_count",
            "show_unread_count",
            Some("Count unread notifications, under the other address"),
        ))
        .routes(routes!(resource::mark_all_notifications_read))
        .routes(also_at(
            routes!(resource::read_notification),
            "/api/notifications/{id}/mark_read",
            "mark_notification_read",
            Some("Mark a notification as read, under its other address"),
        ))
        .routes(routes!(resource::delete_notification))
}
