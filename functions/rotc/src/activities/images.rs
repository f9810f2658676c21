//! The pictures of one activity, one by one.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shared::{
    App, Result,
    error::{internal, invalid, invalid_field, not_found},
    files::kept_if,
    http::{Created, FormData, Json, Path},
    sql,
};
use utoipa::ToSchema;

use super::{
    activity::{self, ActivityImage},
    edit, pictures,
};
use crate::{
    access::{Member, Staff, User},
    answer::{Success, created, success},
    uploads,
};

/// A picture to add.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewActivityImage {
    /// The address that `POST /api/upload` gave.
    image_url: Option<String>,
}

/// A picture to add in a form, for the documentation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ActivityImageForm {
    /// The address, in place of the picture.
    #[serde(flatten)]
    pub fields: NewActivityImage,
    /// The picture.
    #[schema(format = Binary)]
    pub image: Option<String>,
}

/// List an activity's pictures
#[utoipa::path(get, path = "/api/activities/{id}/images", tag = "activities", params(("id" = i32, Path)),
    responses((status = 200, body = Success<Vec<ActivityImage>>)))]
pub async fn list_activity_images(
    _member: Member,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<Vec<ActivityImage>>>> {
    Ok(Json(success(activity::find(&app, id).await?.activity_images)))
}

/// Add a picture to an activity
///
/// A form with the picture in `image`, or the address of one that was sent to `POST /api/upload`.
#[utoipa::path(post, path = "/api/activities/{id}/add_image", tag = "activities", params(("id" = i32, Path)),
    request_body(content((NewActivityImage = "application/json"), (ActivityImageForm = "multipart/form-data"))),
    responses((status = 201, body = Success<ActivityImage>)))]
pub async fn add_activity_image(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
    mut form: FormData,
) -> Result<Created<Success<ActivityImage>>> {
    let file = form.only_file("image")?;
    let new: NewActivityImage = serde_json::from_value(form.fields.into())
        .map_err(|_| invalid_field("image_url", "image_url must be a text"))?;
    let stored = uploads::ACTIVITY_PICTURE.store_all(&app, file.as_slice()).await?;
    let outcome = add(&app, &user, id, new.image_url, &stored).await;
    let address = kept_if(&app, &stored, outcome).await?;
    let images = activity::find(&app, id).await?.activity_images;
    let image = images.into_iter().find(|image| image.image_url == address);
    let image = image.ok_or_else(|| internal("the new picture is gone"))?;
    Ok(created(image))
}

/// Puts the stored picture, or the one that is named, behind the others. Gives its address.
async fn add(app: &App, user: &User, id: i32, named: Option<String>, stored: &[String]) -> Result<String> {
    let mut change = app.db.change(&user.actor()).await?;
    let content = edit::lock(&mut change, id).await?;
    let address = match (stored.first(), named) {
        (Some(stored), None) => stored.clone(),
        (None, Some(named)) => {
            let known = pictures::named(&mut change, &content.pictures, &[named]).await?;
            known.into_iter().next().ok_or_else(|| internal("a picture without an address"))?
        }
        (None, None) => return Err(invalid_field("image_url", "image_url is required")),
        (Some(_), Some(_)) => return Err(invalid("two_images", "Send a picture or its address, not both")),
    };
    edit::append(app, &mut change, id, content, &address).await?;
    change.commit().await?;
    Ok(address)
}

/// Remove a picture from an activity
///
/// Not the last one of an activity or announcement.
#[utoipa::path(delete, path = "/api/activities/{id}/remove_image/{image_id}", tag = "activities",
    params(("id" = i32, Path), ("image_id" = i32, Path)), responses((status = 204)))]
pub async fn remove_activity_image(
    Staff(user): Staff,
    State(app): State<App>,
    Path((id, image_id)): Path<(i32, i32)>,
) -> Result<StatusCode> {
    let mut change = app.db.change(&user.actor()).await?;
    let mut content = edit::lock(&mut change, id).await?;
    let find = sql!("SELECT image_path FROM activity_images WHERE id = $2 AND activity_id = $1");
    let found: Option<String> = change.one(find, &[&id, &image_id]).await?;
    let address = found.ok_or_else(|| not_found("Image not found"))?;
    content.pictures.retain(|picture| *picture != address);
    pictures::check_count(&content.kind, content.pictures.len())?;
    pictures::write(&mut change, id, &content.pictures, app.clock.now().naive_utc()).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
