//! Imports that were started, and the reports of those that have ended.

use axum::response::Response;
use chrono::{DateTime, Utc};
use documents::{BYTE_ORDER_MARK, Cell, csv_rows};
use serde_json::Value;
use uuid::Uuid;

use super::{Import, Report};
use crate::{
    App, Result,
    db::{Scope, UserKey},
    error::not_found,
    http::{download::download, written},
    row, sql,
};

row! {
    /// The job of an import.
    pub struct StoredImport {
        /// `queued`, `running`, `done`, `failed` or `cancelled`.
        pub status: String,
        payload: Value,
        result: Option<Value>,
        problem: Option<String>,
        /// When it ended.
        pub finished_at: Option<DateTime<Utc>>,
    }
}

impl StoredImport {
    /// An import of kind `I` in this scope, if there is one; of this person only, unless `owner` is none.
    pub async fn find<I: Import>(
        app: &App,
        scope: &Scope,
        id: Uuid,
        owner: Option<UserKey>,
    ) -> Result<Option<Self>> {
        let find = sql!(
            "SELECT status, payload, result, problem, finished_at FROM muster.jobs
             WHERE id = $1 AND kind = $2 AND ($3::text IS NULL OR payload ->> 'user_id' = $3)
               AND scope #- '{tenant,actor}' IS NOT DISTINCT FROM $4::jsonb #- '{tenant,actor}'"
        );
        let stored = scope.stored()?;
        app.db.read_in(scope).await?.one(find, &[&id, &I::KIND, &owner, &stored]).await
    }

    /// Rows and lines of its files.
    pub fn total(&self) -> usize {
        self.payload["total"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or_default()
    }

    /// What came of it, if it has ended with a report.
    pub fn report<I: Import>(&self) -> Result<Option<Report<I::Id>>> {
        Ok(self.result.clone().map(serde_json::from_value).transpose()?)
    }

    /// Why nothing was imported, of one that has ended so.
    pub fn failure<K>(&self, report: Option<&Report<K>>) -> Option<String> {
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

    /// What was wrong with it as a CSV file: row, kind, message. 404 while it goes on.
    pub async fn download_errors<I: Import>(&self, app: &App) -> Result<Response> {
        if matches!(self.status.as_str(), "queued" | "running") {
            return Err(not_found("The import has not ended yet"));
        }
        let report = self.report::<I>()?;
        let failure = self.failure(report.as_ref());
        let rows = csv_rows(lines(&report.unwrap_or_default(), failure.as_deref()))?;
        let file = written(|pieces| async move {
            pieces.send(BYTE_ORDER_MARK).await?;
            pieces.send(rows).await
        });
        download(app, "import-errors.csv", "text/csv; charset=utf-8", file).await
    }
}

fn lines<K>(report: &Report<K>, failure: Option<&str>) -> Vec<Vec<Cell>> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let whole = |kind: &str, message: &str| vec![Cell::Empty, text(kind), text(message)];
    let mut lines = vec![vec![text("row"), text("kind"), text("message")]];
    lines.extend(failure.map(|why| whole("error", why)));
    lines.extend(report.notes.iter().map(|note| whole("note", note)));
    let findings =
        [("error", &report.errors, report.more_errors), ("warning", &report.warnings, report.more_warnings)];
    for (kind, findings, more) in findings {
        lines.extend(
            findings
                .iter()
                .map(|finding| vec![Cell::Number(finding.row as f64), text(kind), text(&finding.message)]),
        );
        if more > 0 {
            lines.push(whole(kind, &format!("{more} more of this kind are not listed")));
        }
    }
    lines
}
