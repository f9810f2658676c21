//! How an import goes, and everything that was wrong with its rows.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use documents::{BYTE_ORDER_MARK, Cell, csv_rows};
use serde::Serialize;
use serde_json::Value;
use shared::{
    App, Error, Result,
    error::not_found,
    http::{Json, Path, download::download, written},
    jobs::Job,
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::report::{Remark, Report};
use crate::{
    access::{Staff, User},
    answer::{Success, success},
    jobs::import_file::ImportFile,
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
    /// The first 100 errors; the report has more.
    pub errors: Vec<Remark>,
    /// The first 100 remarks on what was not taken over.
    pub warnings: Vec<Remark>,
    /// Ids of new records.
    pub created_ids: Vec<i32>,
    /// Ids of changed records.
    pub updated_ids: Vec<i32>,
}

/// Errors in a result at most.
const SHOWN: usize = 100;

impl From<&Report> for ImportResult {
    fn from(report: &Report) -> Self {
        let first = |remarks: &[Remark]| remarks.iter().take(SHOWN).cloned().collect();
        Self {
            success_count: report.taken(),
            error_count: report.failed,
            skipped_count: report.skipped,
            total_processed: report.total,
            created_count: report.created,
            updated_count: report.updated,
            errors: first(&report.errors),
            warnings: first(&report.warnings),
            created_ids: report.created_ids.clone(),
            updated_ids: report.updated_ids.clone(),
        }
    }
}

row! {
    struct Import {
        status: String,
        payload: Value,
        result: Option<Value>,
        problem: Option<String>,
        finished_at: Option<DateTime<Utc>>,
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
    let report = import.report()?;
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
        total_records: import.payload["total"]
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or_default(),
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
    let import = find(&app, &user, task_id).await?;
    let report = import.report()?;
    let failure = import.failure(report.as_ref());
    if matches!(import.status.as_str(), "queued" | "running") {
        return Err(not_found("The import has not ended yet"));
    }
    let report = report.unwrap_or_default();
    let text = |text: &str| Cell::Text(text.to_owned());
    let remarks =
        [("error", &report.errors, report.more_errors), ("warning", &report.warnings, report.more_warnings)];
    let lines = remarks.iter().flat_map(|(kind, remarks, more)| {
        let listed = remarks
            .iter()
            .map(|remark| vec![Cell::Number(remark.row as f64), text(kind), text(&remark.message)]);
        let more = (*more > 0).then(|| format!("{more} more of this kind are not listed"));
        listed.chain(more.map(|more| vec![Cell::Empty, text(kind), text(&more)]))
    });
    let refused = failure.iter().map(|why| vec![Cell::Empty, text("error"), text(why)]);
    let headings = [vec![text("row"), text("kind"), text("message")]];
    let rows = csv_rows(headings.into_iter().chain(refused).chain(lines))?;
    let file = written(|pieces| async move {
        pieces.send(BYTE_ORDER_MARK).await?;
        pieces.send(rows).await
    });
    download(&app, "import-errors.csv", "text/csv; charset=utf-8", file).await
}

async fn find(app: &App, user: &User, task_id: Uuid) -> Result<Import> {
    let find = sql!(
        "SELECT status, payload, result, problem, finished_at FROM muster.jobs
         WHERE id = $1 AND kind = $2 AND ($3::int IS NULL OR (payload ->> 'user_id')::int = $3)"
    );
    let only = user.only_own();
    let found = app.db.read().await?.one(find, &[&task_id, &ImportFile::KIND, &only]).await?;
    found.ok_or_else(no_such_import)
}

fn no_such_import() -> Error {
    not_found("Import not found")
}

impl Import {
    fn report(&self) -> Result<Option<Report>> {
        Ok(self.result.clone().map(serde_json::from_value).transpose()?)
    }

    /// Why nothing was imported, of one that has ended so.
    fn failure(&self, report: Option<&Report>) -> Option<String> {
        match self.status.as_str() {
            "failed" => {
                let refused = report.and_then(|report| report.refused.clone());
                let given_up = || {
                    let why = self.problem.as_deref().unwrap_or_default();
                    format!("The import failed, nothing was written. {why}").trim().to_owned()
                };
                Some(refused.unwrap_or_else(given_up))
            }
            "cancelled" => Some("The import was cancelled, nothing was written.".to_owned()),
            _ => None,
        }
    }
}
