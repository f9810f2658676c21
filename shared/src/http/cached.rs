//! Responses that are made once and cached for a while, or until a table they are made of changes.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, header};
use serde::Serialize;

use super::download::attachment;
use crate::{App, Result, db::Scope};

/// The JSON cached under `key` for `scope`, or what `make` gives now, cached for `life` or until one of `tables` changes. The
/// header `X-Cache` tells which (`HIT`, `MISS`).
///
/// Whatever the response depends on beside scope and tables must stand in `key`: filters and the page.
pub async fn cached_json<T: Serialize>(
    app: &App,
    scope: &Scope,
    key: &str,
    life: Duration,
    tables: &[&str],
    make: impl AsyncFnOnce() -> Result<T>,
) -> Result<Response> {
    let body = Box::pin(async { Ok(Bytes::from(serde_json::to_vec(&make().await?)?)) });
    let kept = app.cache.answer(&scoped(scope, key), life, tables, body).await?;
    let mut response = kept.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert("x-cache", outcome(kept.hit));
    Ok(response)
}

/// A cached file for one person.
#[derive(Clone, Copy, Debug)]
pub struct CachedFile<'a> {
    /// Whose rows it is made of.
    pub scope: &'a Scope,
    /// Everything its content depends on, beside scope and tables.
    pub key: &'a str,
    /// The name under which it is saved.
    pub file_name: &'a str,
    /// Its type.
    pub content_type: &'static str,
}

/// The file cached under its key, or the one that `make` makes now. `audit` gets to know whether it was cached, and runs
/// before anything is sent: who gets a file is written down first.
pub async fn cached_file(
    app: &App,
    file: CachedFile<'_>,
    life: Duration,
    tables: &[&str],
    make: impl AsyncFnOnce() -> Result<Vec<u8>>,
    audit: impl AsyncFnOnce(bool) -> Result<()>,
) -> Result<Response> {
    // What is cached ends with its period also where a test moves the clock.
    let period = app.clock.now().timestamp() / i64::try_from(life.as_secs().max(1))?;
    // On the heap: the future of a document is large, and the cache's own is made of several.
    let make = Box::pin(async { Ok(Bytes::from(make().await?)) });
    let key = format!("{}:{period}", scoped(file.scope, file.key));
    let kept = app.cache.answer(&key, life, tables, make).await?;
    audit(kept.hit).await?;
    let mut response = kept.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    headers.insert(header::CONTENT_DISPOSITION, attachment(file.file_name)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert("x-cache", outcome(kept.hit));
    Ok(response)
}

/// The key of a response for a scope.
fn scoped(scope: &Scope, key: &str) -> String {
    match scope {
        Scope::None => key.to_owned(),
        _ => format!("{}|{key}", scope.cache_key()),
    }
}

fn outcome(hit: bool) -> HeaderValue {
    HeaderValue::from_static(if hit { "HIT" } else { "MISS" })
}
