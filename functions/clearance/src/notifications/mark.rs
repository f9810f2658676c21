//! Marking notices as read, and removing them.

use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::{Principal, Signed},
    http::{Json, Path},
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Notification, ONE, owner};
use crate::{access::Person, refusals::unknown};

/// What was done with a notice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Marked {
    message: &'static str,
    notification: Notification,
}

/// What was done with several.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkMarked {
    message: String,
}

/// Mark a notice as read
#[utoipa::path(put, path = "/api/notifications/{id}/mark-read", tag = "notifications", params(("id" = Uuid, Path)),
    responses((status = 200, body = Marked)))]
pub async fn put_read(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Marked>> {
    mark(&app, &person, id, true).await
}

/// Mark a notice as read
#[utoipa::path(patch, path = "/api/notifications/{id}/mark-read", tag = "notifications", params(("id" = Uuid, Path)),
    responses((status = 200, body = Marked)))]
pub async fn patch_read(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Marked>> {
    mark(&app, &person, id, true).await
}

/// Mark a notice as read
#[utoipa::path(post, path = "/api/notifications/{id}/mark-read", tag = "notifications", params(("id" = Uuid, Path)),
    responses((status = 200, body = Marked)))]
pub async fn post_read(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Marked>> {
    mark(&app, &person, id, true).await
}

/// Mark a notice as not read
#[utoipa::path(post, path = "/api/notifications/{id}/mark-as-unread", tag = "notifications", params(("id" = Uuid, Path)),
    responses((status = 200, body = Marked)))]
pub async fn mark_as_unread(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Marked>> {
    mark(&app, &person, id, false).await
}

/// Marks a notice. One that is marked so already keeps the moment it was read at.
async fn mark(app: &App, person: &Person, id: Uuid, is_read: bool) -> Result<Json<Marked>> {
    let mut change = app.db.change(&person.actor()).await?;
    let update = sql!(
        "UPDATE notifications SET is_read = $3, read_at = CASE WHEN $3 THEN $4::timestamptz END
         WHERE id = $1 AND ($2::uuid IS NULL OR recipient_id = $2) AND is_read <> $3"
    );
    change.execute(update, &[&id, &owner(person), &is_read, &app.clock.now()]).await?;
    let marked: Option<Notification> = change.one(ONE, &[&id, &owner(person)]).await?;
    let notification = marked.ok_or_else(unknown)?.categorized();
    change.commit().await?;
    let message = if is_read { "Notification marked as read" } else { "Notification marked as unread" };
    Ok(Json(Marked { message, notification }))
}

/// Mark all one's own notices as read
#[utoipa::path(post, path = "/api/notifications/mark-all-read", tag = "notifications",
    responses((status = 200, body = BulkMarked)))]
pub async fn mark_all_notifications(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<BulkMarked>> {
    let mut change = app.db.change(&person.actor()).await?;
    let update =
        sql!("UPDATE notifications SET is_read = TRUE, read_at = $2 WHERE recipient_id = $1 AND NOT is_read");
    let marked = change.execute(update, &[&person.id, &app.clock.now()]).await?;
    change.commit().await?;
    Ok(Json(BulkMarked { message: format!("{marked} notification(s) marked as read") }))
}

/// Remove a notice
#[utoipa::path(delete, path = "/api/notifications/{id}", tag = "notifications", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub async fn delete_notification(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let mut change = app.db.change(&person.actor()).await?;
    let delete = sql!("DELETE FROM notifications WHERE id = $1 AND ($2::uuid IS NULL OR recipient_id = $2)");
    if change.execute(delete, &[&id, &owner(&person)]).await? == 0 {
        return Err(unknown());
    }
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove one's own notices that are read
#[utoipa::path(delete, path = "/api/notifications/delete-all-read", tag = "notifications",
    responses((status = 200, body = BulkMarked)))]
pub async fn delete_read_notifications(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<BulkMarked>> {
    let mut change = app.db.change(&person.actor()).await?;
    let delete = sql!("DELETE FROM notifications WHERE recipient_id = $1 AND is_read");
    let deleted = change.execute(delete, &[&person.id]).await?;
    change.commit().await?;
    Ok(Json(BulkMarked { message: format!("{deleted} read notification(s) deleted") }))
}
