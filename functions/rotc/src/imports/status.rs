//! How an import goes, and everything that was wrong with its rows.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::{
    App, Result,
    db::Scope,
    error::not_found,
    http::{Json, Path},
    imports::{report::Finding, stored::StoredImport},
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::plan::{Plan, Report};
use crate::{
    access::{Staff, User},
    answer::{Success, success},
};

/// How an import goes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportStatus {
    /// The import.
    pub task_id: Uuid,
    /// `processing`, `completed`, `failed` or `cancelled`.
    pub status: &'static str,
    /// Whether it has ended.
    pub ready: bool,
    /// Whether it has ended well.
    pub successful: bool,
    /// Whether it has failed; nothing was imported then.
    pub failed: bool,
    /// Rows of the file.
    pub total_records: usize,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<ImportResult>,
    /// Why it has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// What came of an import.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ImportResult {
    /// Rows taken over.
    pub success_count: usize,
    /// Rows that are wrong.
    pub error_count: usize,
    /// Rows left out.
    pub skipped_count: usize,
    /// All rows.
    pub total_processed: usize,
    /// New records.
    pub created_count: usize,
    /// Changed records.
    pub updated_count: usize,
    /// Rows that say what is there already.
    pub unchanged_count: usize,
    /// The first 100 errors; the report has more.
    pub errors: Vec<Finding>,
    /// The first 100 warnings: what was not taken over.
    pub warnings: Vec<Finding>,
    /// What is to be said of the file as a whole, such as columns that were not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Ids of new records.
    pub created_ids: Vec<i32>,
    /// Ids of changed records.
    pub updated_ids: Vec<i32>,
}

/// Errors in a result at most.
const SHOWN: usize = 100;

impl From<&Report> for ImportResult {
    fn from(report: &Report) -> Self {
        let first = |findings: &[Finding]| findings.iter().take(SHOWN).cloned().collect();
        Self {
            success_count: report.taken(),
            error_count: report.failed,
            skipped_count: report.skipped,
            total_processed: report.total,
            created_count: report.created,
            updated_count: report.updated,
            unchanged_count: report.unchanged,
            errors: first(&report.errors),
            warnings: first(&report.warnings),
            notes: report.notes.clone(),
            created_ids: report.created_ids.clone(),
            updated_ids: report.updated_ids.clone(),
        }
    }
}

/// Show how an import goes
///
/// One's own; admins see all.
#[utoipa::path(get, path = "/api/import/status/{task_id}", tag = "imports", params(("task_id" = Uuid, Path)),
    responses((status = 200, body = Success<ImportStatus>)))]
pub async fn show_import(
    Staff(user): Staff,
    State(app): State<App>,
    Path(task_id): Path<Uuid>,
) -> Result<Json<Success<ImportStatus>>> {
    let import = find(&app, &user, task_id).await?;
    let report = import.report::<Plan>()?;
    let (status, ready) = match import.status.as_str() {
        "done" => ("completed", true),
        "failed" => ("failed", true),
        "cancelled" => ("cancelled", true),
        _ => ("processing", false),
    };
    Ok(Json(success(ImportStatus {
        task_id,
        status,
        ready,
        successful: status == "completed",
        failed: status == "failed",
        total_records: import.total(),
        result: report.as_ref().filter(|_| status == "completed").map(ImportResult::from),
        error: import.failure(report.as_ref()),
        finished_at: import.finished_at,
    })))
}

/// Download what was wrong with an import
///
/// CSV: row, kind, message; the first 1,000 errors and as many warnings. One's own; admins see all.
#[utoipa::path(get, path = "/api/import/{task_id}/errors", tag = "imports", params(("task_id" = Uuid, Path)),
    responses((status = 200, content_type = "text/csv", body = String)))]
pub async fn download_errors(
    Staff(user): Staff,
    State(app): State<App>,
    Path(task_id): Path<Uuid>,
) -> Result<Response> {
    find(&app, &user, task_id).await?.download_errors::<Plan>(&app).await
}

async fn find(app: &App, user: &User, task_id: Uuid) -> Result<StoredImport> {
    let owner = user.only_own().map(Into::into);
    let found = StoredImport::find::<Plan>(app, &Scope::None, task_id, owner).await?;
    found.ok_or_else(|| not_found("Import not found"))
}
