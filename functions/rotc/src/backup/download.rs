//! A backup as a file.

use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    http::{download::download, written},
};

use super::write;
use crate::access::Admin;

/// The media type of a backup.
pub const JSON: &str = "application/json; charset=utf-8";

/// Download every legacy table
///
/// `{"timestamp", "data": {"<table>": [rows]}}`, all rows of the same moment, without passwords and push keys. Where an
/// answer has a limit, a large one is a redirection to the store.
#[utoipa::path(get, path = "/api/admin/backup/download", tag = "backup",
    responses((status = 200, content_type = "application/json", body = Object)))]
pub async fn download_backup(_: Admin, State(app): State<App>) -> Result<Response> {
    let snapshot = app.db.snapshot().await?;
    let now = app.clock.now();
    let backup = written(|pieces| write::write(snapshot, now, pieces));
    download(&app, &name(&app), JSON, backup).await
}

/// `rotc-backup-2026-02-02.json`.
pub fn name(app: &App) -> String {
    format!("rotc-backup-{}.json", app.clock.now().format("%Y-%m-%d"))
}
