//! The cookie for requests that browsers make without a header.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use shared::{
    App,
    http::{
        Json,
        cookie::{ReadBy, set_cookie},
    },
};

use crate::access::COOKIE;

/// An answer that also sets the cookie (with a token) or removes it (without).
pub fn with_cookie<T: serde::Serialize>(app: &App, token: Option<&str>, body: T) -> Response {
    let mut headers = HeaderMap::new();
    // Tokens are plain text, which any header can carry.
    if let Ok(value) = set_cookie(app, COOKIE, token, app.config.session.absolute, ReadBy::Server) {
        headers.insert(header::SET_COOKIE, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (headers, Json(body)).into_response()
}
