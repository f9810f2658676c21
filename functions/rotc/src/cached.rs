//! Answers that are made once and kept for a while, or until a table they are made of changes.

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

/// The answer kept for `user` at `address`, or the one that `make` gives now, kept for `life` or until one of
/// `tables` changes.
///
/// `tables` are all that the statements behind `make` read; they stand in the same file, so that a test can
/// compare. The headers `X-Cache` (`HIT`, `MISS`) and `X-Cache-Key` tell which it was, as in the legacy server.
pub async fn cached<T: Serialize>(
    app: &App,
    user: &User,
    address: &OriginalUri,
    life: Duration,
    tables: &[&str],
    make: impl AsyncFnOnce() -> Result<T>,
) -> Result<Response> {
    let name = label(user, address);
    cached_for_all(app, user, address, &name, life, tables, make).await
}

/// The same with one answer for all users, kept under `name`; whatever of the query counts must stand in it.
pub async fn cached_for_all<T: Serialize>(
    app: &App,
    user: &User,
    address: &OriginalUri,
    name: &str,
    life: Duration,
    tables: &[&str],
    make: impl AsyncFnOnce() -> Result<T>,
) -> Result<Response> {
    let body = async { Ok(Bytes::from(serde_json::to_vec(&make().await?)?)) };
    let kept = app.cache.answer(name, life, tables, body).await?;
    let mut response = kept.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert("x-cache", HeaderValue::from_static(if kept.hit { "HIT" } else { "MISS" }));
    headers.insert("x-cache-key", HeaderValue::from_bytes(label(user, address).as_bytes())?);
    Ok(response)
}

/// The name of a list for whoever asks for the same: `rotc:cadets:list:{..}`.
pub fn name_of(list: &str, asked: &impl Serialize) -> Result<String> {
    Ok(format!("{list}:{}", serde_json::to_string(asked)?))
}

/// `14:/api/cadet/activities?page=2`.
fn label(user: &User, OriginalUri(address): &OriginalUri) -> String {
    let path = address.path_and_query().map_or(address.path(), |both| both.as_str());
    format!("{}:{path}", user.id)
}
