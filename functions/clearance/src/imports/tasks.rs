//! What became of a list that is imported in the background.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::{
    App, Result,
    http::{Json, Path},
    imports::Report,
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::Imported;
use crate::{access::FinanceDesk, refusals::unknown};

row! {
    struct Found {
        status: String,
        problem: Option<String>,
        result: Option<Value>,
    }
}

/// A list that is or was imported.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportTask {
    task_id: Uuid,
    /// `queued`, `running`, `done`, `failed`.
    status: String,
    /// Why it failed.
    problem: Option<String>,
    /// What was done with its rows.
    result: Option<Imported>,
}

/// Show what became of a list
///
/// For whoever has sent it.
#[utoipa::path(get, path = "/api/students/import/{id}", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = ImportTask)))]
pub async fn show_import(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<ImportTask>> {
    let find = sql!(
        "SELECT status, problem, result FROM muster.jobs
         WHERE id = $1 AND created_by = $2 AND kind IN ('import_students', 'import_balances')"
    );
    let user = person.id.to_string();
    let found: Option<Found> = app.db.read().await?.one(find, &[&id, &user]).await?;
    let Found { status, problem, result } = found.ok_or_else(unknown)?;
    let report: Option<Report<Uuid>> = result.map(serde_json::from_value).transpose()?;
    let result = report.as_ref().map(|report| Imported::of(report, false));
    Ok(Json(ImportTask { task_id: id, status, problem, result }))
}
