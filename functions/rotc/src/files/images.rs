//! Photos of people, as `<img>` loads them: without a header, so the session's cookie counts.

use axum::{extract::State, response::Response};
use serde::Serialize;
use shared::{
    App, Result,
    http::{Json, Path},
    sql,
};
use utoipa::ToSchema;

use super::picture;
use crate::access::Viewer;

/// Show a cadet's photo
///
/// Strangers, and whoever asks for a cadet without a photo, get a drawing with status 200.
#[utoipa::path(get, path = "/api/images/cadets/{id}", tag = "files", security((), ("bearer" = [])), params(("id" = String, Path)),
    responses((status = 200, content_type = "image/*")))]
pub async fn show_cadet_image(
    viewer: Viewer,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response> {
    let find = sql!("SELECT profile_pic FROM cadets WHERE id = $1");
    show(&app, viewer, find, &id, "No Cadet Image").await
}

/// Show a staff member's photo
///
/// Legacy: always the drawing. Here people who are signed in see the photo.
#[utoipa::path(get, path = "/api/images/staff/{id}", tag = "files", security((), ("bearer" = [])), params(("id" = String, Path)),
    responses((status = 200, content_type = "image/*")))]
pub async fn show_staff_image(
    viewer: Viewer,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response> {
    let find = sql!("SELECT profile_pic FROM training_staff WHERE id = $1");
    show(&app, viewer, find, &id, "No Staff Image").await
}

/// That pictures are served.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImagesStatus {
    /// Always `ok`.
    pub status: &'static str,
}

/// Tell that pictures are served
#[utoipa::path(get, path = "/api/images/status", tag = "files", security(()), responses((status = 200, body = ImagesStatus)))]
pub async fn show_images_status() -> Json<ImagesStatus> {
    Json(ImagesStatus { status: "ok" })
}

async fn show(
    app: &App,
    Viewer(viewer): Viewer,
    find: shared::db::Sql,
    id: &str,
    words: &'static str,
) -> Result<Response> {
    let (Some(_), Ok(id)) = (viewer, id.parse::<i32>()) else { return Ok(picture::placeholder(words)) };
    let found: Option<Option<String>> = app.db.read().await?.one(find, &[&id]).await?;
    let value = found.flatten();
    Ok(picture::answer(app, value.as_deref()).await?.unwrap_or_else(|| picture::placeholder(words)))
}
