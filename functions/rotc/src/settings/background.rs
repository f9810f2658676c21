//! The picture behind a user's pages.

use axum::extract::{DefaultBodyLimit, State};
use serde::Serialize;
use shared::{
    App, Result,
    error::invalid,
    files::kept_if,
    http::{FormData, Json},
    sql,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::{Member, User},
    uploads,
};

/// A stored background picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BackgroundStored {
    /// Always true.
    pub success: bool,
    /// Where it is.
    pub url: String,
}

/// The form, for the documentation.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct BackgroundForm {
    /// The picture.
    #[schema(format = Binary)]
    pub image: String,
}

/// The upload of a background has a larger limit than other bodies.
pub fn background_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(store_background))
        .layer(DefaultBodyLimit::max(uploads::FORM_LIMIT_BYTES))
}

/// Upload a background picture
///
/// Multipart, field `image`.
#[utoipa::path(post, path = "/api/auth/settings/background", tag = "settings",
    request_body(content = BackgroundForm, content_type = "multipart/form-data"),
    responses((status = 200, body = BackgroundStored)))]
pub async fn store_background(
    Member(user): Member,
    State(app): State<App>,
    mut form: FormData,
) -> Result<Json<BackgroundStored>> {
    let file = form.only_file("image")?.ok_or_else(|| invalid("required", "No image uploaded"))?;
    let url = uploads::PICTURE.store(&app, &file).await?;
    let outcome = save_background(&app, &user, &url).await;
    kept_if(&app, std::slice::from_ref(&url), outcome).await?;
    Ok(Json(BackgroundStored { success: true, url }))
}

async fn save_background(app: &App, user: &User, url: &str) -> Result<()> {
    let mut change = app.db.change(&user.actor()).await?;
    let upsert = sql!(
        "INSERT INTO user_settings (user_id, custom_bg) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET custom_bg = excluded.custom_bg"
    );
    change.execute(upsert, &[&user.id, &url]).await?;
    change.commit().await
}
