//! Notices on the pages of cadets and of the staff. Both read and delete them in the same way.

use axum::extract::State;
use shared::{
    App, Result,
    http::{Json, Path, openapi::also_at},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::inbox::{self, Notification};
use crate::{
    access::Member,
    answer::{Message, message},
};

/// Their routes. The addresses of the staff are second ones of those of the cadets, but for the list.
pub(super) fn own_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_cadet_notifications))
        .routes(routes!(list_staff_notifications))
        .routes(also_at(
            routes!(read_all_cadet_notifications),
            "/api/staff/notifications/read-all",
            "read_all_staff_notifications",
            None,
        ))
        .routes(also_at(
            routes!(read_cadet_notification),
            "/api/staff/notifications/{id}/read",
            "read_staff_notification",
            None,
        ))
        .routes(also_at(
            routes!(delete_all_cadet_notifications),
            "/api/staff/notifications/delete-all",
            "delete_all_staff_notifications",
            None,
        ))
        .routes(also_at(
            routes!(delete_cadet_notification),
            "/api/staff/notifications/{id}",
            "delete_staff_notification",
            None,
        ))
}

/// List my notifications
///
/// The newest 50. Cadets and staff get, of those for everyone, activities, announcements and broadcasts.
#[utoipa::path(get, path = "/api/cadet/notifications", tag = "notifications",
    responses((status = 200, body = Vec<Notification>)))]
pub async fn list_cadet_notifications(
    Member(user): Member,
    State(app): State<App>,
) -> Result<Json<Vec<Notification>>> {
    Ok(Json(inbox::list(&app, &user).await?))
}

/// List my notifications
///
/// The newest 50: one's own and, of those for everyone, activities, announcements and broadcasts.
#[utoipa::path(get, path = "/api/staff/notifications", tag = "notifications",
    responses((status = 200, body = Vec<Notification>)))]
pub async fn list_staff_notifications(
    Member(user): Member,
    State(app): State<App>,
) -> Result<Json<Vec<Notification>>> {
    Ok(Json(inbox::list_public(&app, &user).await?))
}

/// Mark a notification as read
///
/// For oneself. Ids of others' notices change nothing.
#[utoipa::path(put, path = "/api/cadet/notifications/{id}/read", tag = "notifications",
    params(("id" = i32, Path)), responses((status = 200, body = Message)))]
pub async fn read_cadet_notification(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    inbox::mark_read(&app, &user, Some(id)).await?;
    Ok(message("Marked as read"))
}

/// Mark all my notifications as read
#[utoipa::path(put, path = "/api/cadet/notifications/read-all", tag = "notifications",
    responses((status = 200, body = Message)))]
pub async fn read_all_cadet_notifications(
    Member(user): Member,
    State(app): State<App>,
) -> Result<Json<Message>> {
    inbox::mark_read(&app, &user, None).await?;
    Ok(message("All marked as read"))
}

/// Delete a notification
///
/// One for everyone disappears for oneself only. Ids of others' notices change nothing.
#[utoipa::path(delete, path = "/api/cadet/notifications/{id}", tag = "notifications",
    params(("id" = i32, Path)), responses((status = 200, body = Message)))]
pub async fn delete_cadet_notification(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    inbox::delete(&app, &user, Some(id)).await?;
    Ok(message("Notification deleted"))
}

/// Delete all my notifications
#[utoipa::path(delete, path = "/api/cadet/notifications/delete-all", tag = "notifications",
    responses((status = 200, body = Message)))]
pub async fn delete_all_cadet_notifications(
    Member(user): Member,
    State(app): State<App>,
) -> Result<Json<Message>> {
    inbox::delete(&app, &user, None).await?;
    Ok(message("All notifications deleted"))
}
