//! Notices: private ones, and those for everyone, which each user reads and dismisses alone.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod admin_notifications;
pub mod cadet_email;
pub mod cadet_notifications;
pub mod inbox;
pub mod notify;
pub mod push_notice;
mod reminders;
pub mod resource;
pub mod staff_notifications;

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
        .routes(routes!(cadet_notifications::list_cadet_notifications))
        .routes(routes!(cadet_notifications::read_all_cadet_notifications))
        .routes(routes!(cadet_notifications::read_cadet_notification))
        .routes(routes!(cadet_notifications::delete_all_cadet_notifications))
        .routes(routes!(cadet_notifications::delete_cadet_notification))
        .routes(routes!(staff_notifications::list_staff_notifications))
        .routes(routes!(staff_notifications::read_all_staff_notifications))
        .routes(routes!(staff_notifications::read_staff_notification))
        .routes(routes!(staff_notifications::delete_all_staff_notifications))
        .routes(routes!(staff_notifications::delete_staff_notification))
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
        .routes(routes!(resource::count_unread))
        .routes(routes!(resource::show_unread_count))
        .routes(routes!(resource::mark_all_notifications_read))
        .routes(routes!(resource::read_notification))
        .routes(routes!(resource::mark_notification_read))
        .routes(routes!(resource::delete_notification))
}
