//! Stored files: photos and pictures, for people who are signed in.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use shared::{
    App, Result,
    error::not_found,
    files::StoredFile,
    http::Path,
    sql,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::access::{Role, User, Viewer};

/// Stored files.
pub const GROUP: Group = Group {
    name: "files",
    prefixes: &["/uploads"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_file))
}

/// What stands in for a photo that the viewer may not see, with status 200: browsers show it in its place.
const PLACEHOLDER: &str = include_str!("placeholder.svg");

/// Show a stored file
///
/// Browsers load it without a header, so the session's cookie counts here. Strangers get a placeholder for
/// a picture and 404 for anything else. Letters are for their cadet and for the staff.
#[utoipa::path(get, path = "/uploads/{name}", tag = "files", params(("name" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream")))]
pub async fn show_file(
    Viewer(viewer): Viewer,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response> {
    let missing = || not_found("File not found");
    let Some(user) = viewer else {
        return if is_picture(&name) { Ok(placeholder()) } else { Err(missing()) };
    };
    if !is_plain(&name) || !may_see(&app, &user, &name).await? {
        return Err(missing());
    }
    let file = app.files.get(&format!("/uploads/{name}")).await?;
    Ok(answer(file.ok_or_else(missing)?))
}

/// A bare file name: no folders, no dots at its start.
fn is_plain(name: &str) -> bool {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.starts_with('.') && name.len() <= 200 && name.chars().all(safe)
}

fn is_picture(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| ["png", "jpg", "jpeg", "gif", "webp"].contains(&extension.as_str()))
}

/// Cadets see every picture, but no letter of somebody else.
async fn may_see(app: &App, user: &User, name: &str) -> Result<bool> {
    if user.role != Role::Cadet {
        return Ok(true);
    }
    let others_letter = sql!(
        "SELECT EXISTS (SELECT FROM excuse_letters
                        WHERE file_url LIKE '%/uploads/' || replace($1, '_', '\\_')
                          AND cadet_id IS DISTINCT FROM $2)"
    );
    let hidden: bool = app.db.read().await?.scalar(others_letter, &[&name, &user.cadet_id]).await?;
    Ok(!hidden)
}

/// Files never change under their name. What is no picture is downloaded, never shown: it could hold a page.
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

fn placeholder() -> Response {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, no-cache")];
    (headers, PLACEHOLDER).into_response()
}
