//! Notices on the admin pages.

use axum::extract::State;
use shared::{App, Result, http::Json};

use super::inbox::{self, Notification};
use crate::access::Admin;

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
