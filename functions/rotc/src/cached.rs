//! Answers that are made once and kept for a while, or until a table they are made of changes.

use std::time::Duration;

use axum::{
    extract::OriginalUri,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderValue, header};
use serde::Serialize;
use serde_json::json;
use shared::{App, Result};

use crate::{access::User, audit, download::attachment};

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
    let body = Box::pin(async { Ok(Bytes::from(serde_json::to_vec(&make().await?)?)) });
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

/// A document, as it is kept and logged.
pub struct Document<'a> {
    /// What it is: `cadet_profile`. Stands in the audit log.
    pub kind: &'static str,
    /// Whom or what it is about, if that is one row.
    pub record_id: Option<i32>,
    /// Everything its content depends on, beside the tables.
    pub key: &'a str,
    /// The name of the file.
    pub file_name: &'a str,
}

/// How long documents are kept.
const DOCUMENT_LIFE: Duration = Duration::from_hours(1);

/// A PDF that `make` makes, or the one kept of the last hour until one of `tables` changes. An audit row says who got it.
pub async fn cached_document<M>(
    app: &App,
    user: &User,
    document: Document<'_>,
    tables: &[&str],
    make: M,
) -> Result<Response>
where
    M: AsyncFnOnce() -> Result<Vec<u8>>,
{
    let key = format!("document {}:{}", document.kind, document.key);
    // What is kept ends with its hour also where a test moves the clock.
    let hour = app.clock.now().timestamp() / i64::try_from(DOCUMENT_LIFE.as_secs())?;
    // On the heap: the future of a document is large, and the cache's own is made of several.
    let make = Box::pin(async { Ok(Bytes::from(make().await?)) });
    let kept = app.cache.answer(&format!("{key}:{hour}"), DOCUMENT_LIFE, tables, make).await?;
    let mut change = app.db.change(&user.actor()).await?;
    let payload = json!({ "report": document.kind, "cached": kept.hit });
    audit::record(&mut change, "GENERATE", "reports", document.record_id, Some(user.id), payload).await?;
    change.commit().await?;
    let mut response = kept.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(documents::pdf::PDF));
    headers.insert(header::CONTENT_DISPOSITION, attachment(document.file_name)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert("x-cache", HeaderValue::from_static(if kept.hit { "HIT" } else { "MISS" }));
    Ok(response)
}
