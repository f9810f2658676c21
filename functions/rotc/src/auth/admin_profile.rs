//! An administrator's own profile: name, picture, gender.

use axum::{
    extract::{DefaultBodyLimit, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    error::{invalid, invalid_field, not_found},
    files::kept_if,
    http::{FormData, Json},
    row, sql,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::{Admin, Role, User, Viewer},
    files::picture,
    uploads,
};

/// A person in a circle, for whoever has no picture.
const NOBODY: &str = include_str!("nobody.svg");

row! {
    /// An administrator's profile.
    #[derive(Debug, Serialize, ToSchema)]
    pub struct AdminProfile {
        /// `users.id`.
        pub id: i32,
        /// The user name.
        pub username: String,
        /// The address mails go to.
        pub email: Option<String>,
        /// The address of the picture.
        pub profile_pic: Option<String>,
        /// Their row in the staff, if they have one.
        pub staff_id: Option<i32>,
        /// That of the account, else that of the staff's row.
        pub gender: Option<String>,
    }
}

/// The routes. A picture has a larger limit than other bodies.
pub fn admin_profile_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_admin_profile, update_admin_profile))
        .routes(routes!(show_admin_image))
        .layer(DefaultBodyLimit::max(uploads::FORM_LIMIT_BYTES))
}

/// Show one's own profile as an administrator
#[utoipa::path(get, path = "/api/admin/profile", tag = "auth", responses((status = 200, body = AdminProfile)))]
pub async fn show_admin_profile(Admin(admin): Admin, State(app): State<App>) -> Result<Json<AdminProfile>> {
    let find = sql!(
        "SELECT users.id, users.username, users.email, users.profile_pic, users.staff_id,
                coalesce(users.gender, training_staff.gender) AS gender
         FROM users LEFT JOIN training_staff ON training_staff.id = users.staff_id WHERE users.id = $1"
    );
    let profile = app.db.read().await?.one(find, &[&admin.id]).await?;
    profile.map(Json).ok_or_else(|| not_found("User not found"))
}

/// Show one's own picture as an administrator
///
/// Browsers load it without a header, so the session's cookie counts. Everybody else gets a drawing.
#[utoipa::path(get, path = "/api/admin/profile/image", tag = "auth", security((), ("bearer" = [])),
    responses((status = 200, content_type = "image/*"), (status = 302)))]
pub async fn show_admin_image(Viewer(viewer): Viewer, State(app): State<App>) -> Result<Response> {
    let Some(admin) = viewer.filter(|user| user.role == Role::Admin) else { return Ok(nobody()) };
    let find = sql!("SELECT profile_pic FROM users WHERE id = $1");
    let found: Option<Option<String>> = app.db.read().await?.one(find, &[&admin.id]).await?;
    let Some(Some(value)) = found else { return Ok(nobody()) };
    if value.starts_with("/uploads/")
        && let Ok(location) = HeaderValue::from_str(&value)
    {
        return Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response());
    }
    Ok(picture::answer(&app, Some(&value)).await?.unwrap_or_else(nobody))
}

fn nobody() -> Response {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, max-age=3600")];
    (headers, NOBODY.trim_end()).into_response()
}

/// What was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedAdminProfile {
    /// One sentence.
    pub message: &'static str,
    /// The address of the new picture.
    #[serde(rename = "profilePic", skip_serializing_if = "Option::is_none")]
    pub profile_pic: Option<String>,
    /// The new gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
}

/// What an administrator may change of their own account.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct AdminProfileChanges {
    /// At most 50 characters.
    pub gender: Option<String>,
}

/// The same with a picture, for the documentation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the form")]
pub struct AdminProfileForm {
    /// The other changes.
    #[serde(flatten)]
    pub changes: AdminProfileChanges,
    /// The picture.
    #[schema(format = Binary)]
    pub profile_pic: Option<String>,
}

/// Change one's own picture or gender as an administrator
///
/// JSON, or multipart with the file `profilePic`.
#[utoipa::path(put, path = "/api/admin/profile", tag = "auth",
    request_body(content((AdminProfileChanges = "application/json"), (AdminProfileForm = "multipart/form-data"))),
    responses((status = 200, body = SavedAdminProfile)))]
pub async fn update_admin_profile(
    Admin(admin): Admin,
    State(app): State<App>,
    mut form: FormData,
) -> Result<Json<SavedAdminProfile>> {
    let gender = gender(&form)?;
    let picture = match form.only_file("profilePic")? {
        Some(file) => Some(uploads::ADMIN_PHOTO.store(&app, &file).await?),
        None => None,
    };
    if gender.is_none() && picture.is_none() {
        return Err(invalid("no_changes", "No changes submitted"));
    }
    let outcome = save(&app, &admin, gender.as_deref(), picture.as_deref()).await;
    kept_if(&app, picture.as_slice(), outcome).await?;
    Ok(Json(SavedAdminProfile { message: "Profile updated", profile_pic: picture, gender }))
}

/// The gender that was sent, if one was.
fn gender(form: &FormData) -> Result<Option<String>> {
    let Some(value) = form.fields.get("gender") else { return Ok(None) };
    let text = value.as_str().ok_or_else(|| invalid_field("gender", "gender must be a text"))?.trim();
    if text.len() > 50 || text.chars().any(char::is_control) {
        return Err(invalid_field("gender", "gender must be a short text"));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

async fn save(app: &App, admin: &User, gender: Option<&str>, picture: Option<&str>) -> Result<()> {
    let mut change = app.db.change(&admin.actor()).await?;
    let update = sql!(
        "UPDATE users SET gender = coalesce($2, gender), profile_pic = coalesce($3, profile_pic) WHERE id = $1"
    );
    change.execute(update, &[&admin.id, &gender, &picture]).await?;
    change.commit().await
}
