//! Activities as the pages of admins and staff write them.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    http::{FormData, Json, Path},
};
use utoipa::ToSchema;

use super::{
    edit,
    form::{ClientActivityFields, ClientActivityForm, Sent},
};
use crate::{
    access::{Admin, Staff},
    answer::{Message, message},
};

/// A new activity's id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreatedActivity {
    /// The activity's id.
    pub id: i32,
    /// One sentence.
    pub message: String,
}

/// Post an activity
///
/// A form with up to 10 pictures in `images`. Activities have 1 to 5, announcements at least 1. Everyone gets a
/// notification. A request that arrives twice is entered once.
#[utoipa::path(post, path = "/api/admin/activities", tag = "activities",
    request_body(content((ClientActivityFields = "application/json"), (ClientActivityForm = "multipart/form-data"))),
    responses((status = 200, body = CreatedActivity)))]
pub async fn create_client_activity(
    Staff(user): Staff,
    State(app): State<App>,
    form: FormData,
) -> Result<Json<CreatedActivity>> {
    let id = edit::create(&app, &user, Sent::by_client(form)?).await?;
    Ok(Json(CreatedActivity { id, message: "Activity created".to_owned() }))
}

/// Edit an activity (client API)
///
/// The pictures named in `existingImages` stay, new ones in `images` come behind them, all others go. Texts that are not
/// sent stay. Everyone gets a notification.
#[utoipa::path(put, path = "/api/admin/activities/{id}", tag = "activities", params(("id" = i32, Path)),
    request_body(content((ClientActivityFields = "application/json"), (ClientActivityForm = "multipart/form-data"))),
    responses((status = 200, body = Message)))]
pub async fn update_client_activity(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
    form: FormData,
) -> Result<Json<Message>> {
    edit::update(&app, &user, id, Sent::by_client(form)?).await?;
    Ok(message("Activity updated successfully"))
}

/// Delete an activity (client API)
///
/// With its pictures. Deleting one that is not there succeeds, too.
#[utoipa::path(delete, path = "/api/admin/activities/{id}", tag = "activities", params(("id" = i32, Path)),
    responses((status = 200, body = Message)))]
pub async fn delete_client_activity(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    edit::delete(&app, &admin, id).await?;
    Ok(message("Activity deleted"))
}
