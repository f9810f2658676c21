//! Responses that clients may keep as long as they ask whether they still hold: what changes a few times a year.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use shared::http::Json;

/// JSON with `Cache-Control: private, no-cache`; the platform adds the `ETag`, and answers 304.
#[derive(Clone, Copy, Debug)]
pub struct Revalidated<T>(pub T);

impl<T: Serialize> IntoResponse for Revalidated<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        let ask_first = HeaderValue::from_static("private, no-cache");
        response.headers_mut().insert(header::CACHE_CONTROL, ask_first);
        response
    }
}
