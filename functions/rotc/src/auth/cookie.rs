//! The cookie for requests that browsers make without a header.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use shared::{App, http::Json};

use crate::access::COOKIE;

/// An answer that also sets the cookie (with a token) or removes it (without).
pub fn with_cookie<T: serde::Serialize>(app: &App, token: Option<&str>, body: T) -> Response {
    let mut headers = HeaderMap::new();
    let age = token.map_or(0, |_| app.config.session.absolute.as_secs());
    // A development server speaks plain HTTP, where browsers refuse to keep secure cookies.
    let secure = if app.config.production { "; Secure" } else { "" };
    let value = format!(
        "{COOKIE}={}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}",
        token.unwrap_or_default()
    );
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.insert(header::SET_COOKIE, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (headers, Json(body)).into_response()
}
