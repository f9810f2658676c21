//! Answers that are made once and kept for a while, or until a table they are made of changes.

use std::time::Duration;

use axum::{extract::OriginalUri, response::Response};
use http::HeaderValue;
use serde::Serialize;
use serde_json::json;
use shared::{
    App, Result,
    db::Scope,
    http::cached::{CachedFile, cached_file, cached_json},
};

use crate::{access::User, audit};

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
    let mut response = cached_json(app, &Scope::None, name, life, tables, make).await?;
    response.headers_mut().insert("x-cache-key", HeaderValue::from_bytes(label(user, address).as_bytes())?);
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
    let file = CachedFile {
        scope: &Scope::None,
        key: &key,
        file_name: document.file_name,
        content_type: documents::pdf::PDF,
    };
    cached_file(app, file, DOCUMENT_LIFE, tables, make, async |cached| {
        let mut change = app.db.change(&user.actor()).await?;
        let payload = json!({ "report": document.kind, "cached": cached });
        audit::record(&mut change, "GENERATE", "reports", document.record_id, Some(user.id), payload).await?;
        change.commit().await
    })
    .await
}
