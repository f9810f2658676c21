//! A person's picture as an answer: whatever the column holds, and a drawing in its place.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use shared::{
    App, Result,
    files::{StoredFile, is_plain_name},
};

use super::data_url;

/// How long a browser of a person who is signed in keeps a picture. The client asks with another `?t=` when it changes.
const KEEP: HeaderValue = HeaderValue::from_static("private, max-age=86400");

/// Media types that a browser shows and never runs.
const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/// The picture that `value` (a `profile_pic`) stands for, or none that can be shown.
///
/// A stored file is answered itself, a data URL decoded, a Cloudinary URL redirected to. An address elsewhere is not
/// followed: whoever could write it would send every viewer there.
pub async fn answer(app: &App, value: Option<&str>) -> Result<Option<Response>> {
    let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) else { return Ok(None) };
    if value.starts_with("data:") {
        return Ok(decoded(value));
    }
    if value.starts_with("https://res.cloudinary.com/") {
        return Ok(redirect(value));
    }
    let Some(address) = local(value) else { return Ok(None) };
    Ok(app.files.get(&address).await?.and_then(shown))
}

/// A drawing with these words, 220 pixels square.
pub fn placeholder(words: &str) -> Response {
    let drawing = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"220\" height=\"220\"><rect width=\"100%\" height=\"100%\" \
         fill=\"#e5e7eb\"/><text x=\"50%\" y=\"50%\" dominant-baseline=\"middle\" text-anchor=\"middle\" \
         font-size=\"14\" fill=\"#6b7280\">{words}</text></svg>"
    );
    // Not kept: the real picture may be shown as soon as the person signs in.
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, no-cache")], drawing)
        .into_response()
}

/// `/uploads/<name>`, also at the end of a path or URL of the legacy server.
fn local(value: &str) -> Option<String> {
    let value = value.replace('\\', "/");
    let (_, name) = value.rsplit_once("/uploads/")?;
    is_plain_name(name).then(|| format!("/uploads/{name}"))
}

fn decoded(url: &str) -> Option<Response> {
    let (media_type, body) = data_url::decoded(url)?;
    let content_type = SHOWN.into_iter().find(|shown| shown.eq_ignore_ascii_case(media_type))?.to_owned();
    shown(StoredFile { body, content_type })
}

fn shown(file: StoredFile) -> Option<Response> {
    let content_type = SHOWN.into_iter().find(|shown| *shown == file.content_type)?;
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(content_type)), (header::CACHE_CONTROL, KEEP)];
    Some((headers, file.body).into_response())
}

fn redirect(url: &str) -> Option<Response> {
    let location = HeaderValue::from_str(url).ok()?;
    Some((StatusCode::FOUND, [(header::LOCATION, location), (header::CACHE_CONTROL, KEEP)]).into_response())
}
