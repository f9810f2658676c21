//! Stored files under their own address.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, header};
use shared::{
    App, Result,
    error::not_found,
    files::{StoredFile, is_plain_name},
    http::{Path, download::LARGE},
    sql,
};

use super::picture::placeholder;
use crate::access::{Role, User, Viewer};

/// Show a stored file
///
/// Browsers load it without a header, so the session's cookie counts here. Strangers get a placeholder for
/// a picture and 404 for anything else. Letters are for their cadet and for the staff.
#[utoipa::path(get, path = "/uploads/{name}", tag = "files", security((), ("bearer" = [])), params(("name" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream")))]
pub async fn show_file(
    Viewer(viewer): Viewer,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response> {
    show(&app, viewer, &name, format!("/uploads/{name}")).await
}

/// Show a file that is kept in Cloudinary, for those who may see it
#[utoipa::path(get, path = "/uploads/cloud/{name}", tag = "files", security((), ("bearer" = [])), params(("name" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream")))]
pub async fn show_cloud_file(
    Viewer(viewer): Viewer,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response> {
    show(&app, viewer, &name, format!("/uploads/cloud/{name}")).await
}

async fn show(app: &App, viewer: Option<User>, name: &str, address: String) -> Result<Response> {
    let missing = || not_found("File not found");
    let Some(user) = viewer else {
        return if is_picture(name) { Ok(placeholder("No Image")) } else { Err(missing()) };
    };
    if !is_plain_name(name) || !may_see(app, &user, name, &address).await? {
        return Err(missing());
    }
    let file = app.files.get(&address).await?.ok_or_else(missing)?;
    if file.body.len() as u64 > LARGE
        && let Some(url) = app.files.direct_address(&address).await?
    {
        return Ok(Redirect::temporary(&url).into_response());
    }
    Ok(answer(file))
}

fn is_picture(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| ["png", "jpg", "jpeg", "gif", "webp"].contains(&extension.as_str()))
}

/// Cadets see every picture, but no letter except their own: one they sent, or one of their records. A file that is named
/// as a letter is one, whether or not a record says so.
async fn may_see(app: &App, user: &User, name: &str, address: &str) -> Result<bool> {
    if user.role != Role::Cadet {
        return Ok(true);
    }
    let look = sql!(
        "SELECT coalesce(bool_or(own), FALSE), coalesce(bool_or(NOT own), FALSE) FROM (
             SELECT cadet_id IS NOT DISTINCT FROM $2 AND $2 IS NOT NULL AS own FROM excuse_letters
             WHERE muster.file_address(file_url) = $1
             UNION ALL
             SELECT uploaded_by = $3::int::text FROM muster.uploads WHERE address = $1 AND kind = 'excuse_letter'
         ) AS letters"
    );
    let params: [shared::db::Param<'_>; 3] = [&address, &user.cadet_id, &user.id];
    let found: Option<(bool, bool)> = app.db.read().await?.one(look, &params).await?;
    let (own, others) = found.unwrap_or_default();
    Ok(own || !(others || name.starts_with("letter-")))
}

/// Files never change what they show under their name. What is no picture is downloaded, never shown: it could hold a page.
fn answer(file: StoredFile) -> Response {
    let is_picture = file.content_type.starts_with("image/") && file.content_type != "image/svg+xml";
    let content_type = HeaderValue::from_str(&file.content_type);
    let mut response = file.body.into_response();
    let headers = response.headers_mut();
    let fallback = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, content_type.unwrap_or(fallback));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=604800, immutable"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    if !is_picture {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    response
}
