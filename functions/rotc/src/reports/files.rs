//! What jobs have printed: stored, fetched and forgotten.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, header};
use serde_json::json;
use shared::{
    App, Result,
    error::not_found,
    http::{
        Path, Written,
        download::{LARGE, attachment},
    },
    jobs::Task,
    row, sql,
};
use uuid::Uuid;

use crate::access::{Role, Staff};

/// What a job has printed.
pub struct Printed<'a> {
    /// The kind of the job.
    pub kind: &'static str,
    /// Who asked for it.
    pub started_by: i32,
    /// As it is offered.
    pub file_name: &'a str,
    /// Its media type.
    pub content_type: &'static str,
    /// The rows of the audit log: whom each document is about; one of nobody for a file about many.
    pub about: Vec<Option<i32>>,
    /// Documents in it.
    pub count: usize,
}

row! {
    struct Stored {
        kind: String,
        file_name: String,
        content_type: String,
        started_by: i32,
    }
}

/// Download what a batch has printed
///
/// For who has started it, and for administrators. It is kept for a week.
#[utoipa::path(get, path = "/api/reports/files/{task_id}", tag = "reports", params(("task_id" = Uuid, Path)),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>)))]
pub async fn download_report(
    Staff(user): Staff,
    State(app): State<App>,
    Path(task_id): Path<Uuid>,
) -> Result<Response> {
    let missing = || not_found("Report not found");
    let find =
        sql!("SELECT kind, file_name, content_type, started_by FROM muster.report_files WHERE task_id = $1");
    let found: Option<Stored> = app.db.read().await?.one(find, &[&task_id]).await?;
    let file =
        found.filter(|file| file.started_by == user.id || user.role == Role::Admin).ok_or_else(missing)?;
    let (vault, place) = (app.files.vault(), place(task_id));
    let size = vault.size(&place).await?.ok_or_else(missing)?;
    let mut change = app.db.change(&user.actor()).await?;
    let payload = json!({ "report": file.kind, "task_id": task_id });
    crate::audit::record(&mut change, "DOWNLOAD", "reports", None, Some(user.id), payload).await?;
    change.commit().await?;
    if size > LARGE
        && let Some(url) = vault.direct_address(&place).await?
    {
        return Ok(Redirect::temporary(&url).into_response());
    }
    let stored = vault.get(&place).await?.ok_or_else(missing)?;
    let mut response = stored.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&file.content_type)?);
    headers.insert(header::CONTENT_DISPOSITION, attachment(&file.file_name)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Where the file of a job is. A job that runs again writes the same file.
pub fn place(task_id: Uuid) -> String {
    format!("reports/{task_id}")
}

/// Stores what a job writes and ends the job, whose result says where the file is.
pub async fn store(task: &Task, printed: Printed<'_>, mut written: Written) -> Result<()> {
    let Printed { kind, started_by, file_name, content_type, about, count } = printed;
    let app = &task.app;
    app.files.vault().put(&place(task.id), content_type, &mut written).await?;
    drop(written);
    let keep = sql!(
        "INSERT INTO muster.report_files (task_id, kind, file_name, content_type, started_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (task_id) DO NOTHING"
    );
    let log = sql!(
        "INSERT INTO audit_logs (table_name, operation, record_id, user_id, payload)
         SELECT 'reports', 'GENERATE', about.id, $2, $3 FROM unnest($1::int[]) AS about (id)"
    );
    let payload = json!({ "report": kind, "task_id": task.id });
    let mut change = app.db.change_for_system("reports").await?;
    change
        .execute(keep, &[&task.id, &kind, &file_name, &content_type, &started_by, &app.clock.now()])
        .await?;
    change.execute(log, &[&about, &started_by, &payload]).await?;
    let path = format!("/api/reports/files/{}", task.id);
    change.finish(task, &json!({ "path": path, "file_name": file_name, "count": count })).await?;
    change.commit().await
}
