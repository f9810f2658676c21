//! Notices on the admin pages.

use axum::extract::State;
use shared::{
    App, Result,
    http::{Json, Path},
};

use super::inbox::{self, Notification};
use crate::{
    access::{Admin, Staff},
    answer::{Message, message},
};

/// List the notifications of an admin
///
/// The newest 50 of those for everyone and one's own.
#[utoipa::path(get, path = "/api/admin/notifications", tag = "notifications",
    responses((status = 200, body = Vec<Notification>)))]
pub async fn list_admin_notifications(
    Admin(admin): Admin,
    State(app): State<App>,
) -> Result<Json<Vec<Notification>>> {
    Ok(Json(inbox::list(&app, &admin).await?))
}

/// Mark a notification as read, on the admin pages
///
/// For oneself. Ids of others' notices change nothing.
#[utoipa::path(put, path = "/api/admin/notifications/{id}/read", tag = "notifications",
    params(("id" = i32, Path)), responses((status = 200, body = Message)))]
pub async fn read_admin_notification(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    inbox::mark_read(&app, &user, Some(id)).await?;
    Ok(message("Marked as read"))
}

/// Mark all notifications as read, on the admin pages
#[utoipa::path(put, path = "/api/admin/notifications/read-all", tag = "notifications",
    responses((status = 200, body = Message)))]
pub async fn read_all_admin_notifications(
    Staff(user): Staff,
    State(app): State<App>,
) -> Result<Json<Message>> {
    inbox::mark_read(&app, &user, None).await?;
    Ok(message("All marked as read"))
}

/// Delete a notification, on the admin pages
///
/// One for everyone disappears for oneself only. Ids of others' notices change nothing.
#[utoipa::path(delete, path = "/api/admin/notifications/{id}", tag = "notifications",
    params(("id" = i32, Path)), responses((status = 200, body = Message)))]
pub async fn delete_admin_notification(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    inbox::delete(&app, &admin, Some(id)).await?;
    Ok(message("Notification deleted"))
}

/// Delete all notifications of an admin
#[utoipa::path(delete, path = "/api/admin/notifications/delete-all", tag = "notifications",
    responses((status = 200, body = Message)))]
pub async fn delete_all_admin_notifications(
    Admin(admin): Admin,
    State(app): State<App>,
) -> Result<Json<Message>> {
    inbox::delete(&app, &admin, None).await?;
    Ok(message("All notifications deleted"))
}

/// Clear the notifications of an admin
///
/// Legacy: deleted those for everyone for everyone; here they disappear for oneself.
#[utoipa::path(delete, path = "/api/admin/notifications", tag = "notifications",
    responses((status = 200, body = Message)))]
pub async fn clear_admin_notifications(Admin(admin): Admin, State(app): State<App>) -> Result<Json<Message>> {
    inbox::delete(&app, &admin, None).await?;
    Ok(message("Notifications cleared"))
}
