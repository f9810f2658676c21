//! Backups in the store.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, header};
use serde::Serialize;
use serde_json::json;
use shared::{
    App, Result,
    error::not_found,
    http::{Json, Path, download::LARGE, written},
};
use utoipa::ToSchema;

use super::{
    download::{JSON, name},
    write,
};
use crate::{
    access::{Admin, AdminViewer},
    audit,
};

/// Where a backup is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Saved {
    /// One sentence.
    pub message: &'static str,
    /// Where administrators fetch it.
    pub path: String,
}

/// Keep a copy of every legacy table in the store
///
/// One for each day: a second one of the same day replaces the first.
#[utoipa::path(post, path = "/api/admin/backup/save", tag = "backup", responses((status = 200, body = Saved)))]
pub async fn save_backup(Admin(admin): Admin, State(app): State<App>) -> Result<Json<Saved>> {
    let (name, now) = (name(&app), app.clock.now());
    let snapshot = app.db.snapshot().await?;
    let mut backup = written(|pieces| write::write(snapshot, now, pieces));
    app.files.vault().put(&format!("backups/{name}"), JSON, &mut backup).await?;
    drop(backup);
    let mut change = app.db.change(&admin.actor()).await?;
    audit::record(&mut change, "BACKUP", "backups", None, Some(admin.id), json!({ "name": name })).await?;
    change.commit().await?;
    Ok(Json(Saved { message: "Backup saved", path: format!("/uploads/backups/{name}") }))
}

/// Download a backup from the store
///
/// Legacy: backups lay among the public files.
#[utoipa::path(get, path = "/uploads/backups/{name}", tag = "backup", params(("name" = String, Path)),
    responses((status = 200, content_type = "application/json", body = Object)))]
pub async fn show_backup(
    _: AdminViewer,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response> {
    let missing = || not_found("Backup not found");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if !name.starts_with("rotc-backup-") || name.len() > 60 || !name.chars().all(plain) {
        return Err(missing());
    }
    let (vault, place) = (app.files.vault(), format!("backups/{name}"));
    let size = vault.size(&place).await?.ok_or_else(missing)?;
    if size > LARGE
        && let Some(url) = vault.direct_address(&place).await?
    {
        return Ok(Redirect::temporary(&url).into_response());
    }
    let file = vault.get(&place).await?.ok_or_else(missing)?;
    let mut response = file.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    headers
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&format!("attachment; filename={name}"))?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
