//! Notices on the pages of the staff.

use axum::extract::State;
use shared::{
    App, Result,
    http::{Json, Path},
};

use super::inbox::{self, Notification};
use crate::{
    access::Member,
    answer::{Message, message},
};

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
#[utoipa::path(put, path = "/api/staff/notifications/{id}/read", tag = "notifications",
    params(("id" = i32, Path)), responses((status = 200, body = Message)))]
pub async fn read_staff_notification(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    inbox::mark_read(&app, &user, Some(id)).await?;
    Ok(message("Marked as read"))
}

/// Mark all my notifications as read
#[utoipa::path(put, path = "/api/staff/notifications/read-all", tag = "notifications",
    responses((status = 200, body = Message)))]
pub async fn read_all_staff_notifications(
    Member(user): Member,
    State(app): State<App>,
) -> Result<Json<Message>> {
    inbox::mark_read(&app, &user, None).await?;
    Ok(message("All marked as read"))
}

/// Delete a notification
///
/// One for everyone disappears for oneself only. Ids of others' notices change nothing.
#[utoipa::path(delete, path = "/api/staff/notifications/{id}", tag = "notifications",
    params(("id" = i32, Path)), responses((status = 200, body = Message)))]
pub async fn delete_staff_notification(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    inbox::delete(&app, &user, Some(id)).await?;
    Ok(message("Notification deleted"))
}

/// Delete all my notifications
#[utoipa::path(delete, path = "/api/staff/notifications/delete-all", tag = "notifications",
    responses((status = 200, body = Message)))]
pub async fn delete_all_staff_notifications(
    Member(user): Member,
    State(app): State<App>,
) -> Result<Json<Message>> {
    inbox::delete(&app, &user, None).await?;
    Ok(message("All notifications deleted"))
}
