//! Answers that are made once and kept for a while, for each user and address.

use std::time::Duration;

use axum::{
    extract::OriginalUri,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderValue, header};
use serde::Serialize;
use shared::{App, Result};

use crate::access::User;

/// The answer kept for `user` at `address`, or the one that `make` gives now, kept for `life`.
///
/// The headers `X-Cache` (`HIT`, `MISS`) and `X-Cache-Key` tell which it was, as in the legacy server.
pub async fn cached<T: Serialize>(
    app: &App,
    user: &User,
    OriginalUri(address): &OriginalUri,
    life: Duration,
    make: impl AsyncFnOnce() -> Result<T>,
) -> Result<Response> {
    let path = address.path_and_query().map_or(address.path(), |both| both.as_str());
    let key = format!("{}:{path}", user.id);
    let kept = app.cache.get(&key);
    let outcome = if kept.is_some() { "HIT" } else { "MISS" };
    let body = match kept {
        Some(body) => body,
        None => {
            let body = Bytes::from(serde_json::to_vec(&make().await?)?);
            app.cache.put(key.clone(), body.clone(), life);
            body
        }
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert("x-cache", HeaderValue::from_static(outcome));
    headers.insert("x-cache-key", HeaderValue::from_str(&key)?);
    Ok(response)
}
