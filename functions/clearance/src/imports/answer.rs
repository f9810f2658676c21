//! What a list is answered with.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use shared::{
    drf::{Data, Need},
    http::{Json, UploadedFile},
    imports::{Mode, Ran, Report},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// What was done with the rows of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Imported {
    /// All of them.
    rows: usize,
    created: usize,
    updated: usize,
    unchanged: usize,
    /// Rows that were left out; each has an error.
    skipped: usize,
    /// The first 1,000.
    errors: Vec<RowError>,
    /// Whether nothing was written.
    preview: bool,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowError {
    /// As a spreadsheet numbers it.
    row: usize,
    /// The column.
    field: String,
    message: String,
}

/// A list that is imported in the background.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Queued {
    /// The job.
    task_id: Uuid,
}

/// The answer, done or to be done.
pub enum Answer {
    /// 200
    Done(Imported),
    /// 202
    Queued(Queued),
}

impl Imported {
    /// Of a report, whose findings begin with the name of the column.
    pub fn of<K>(report: &Report<K>, preview: bool) -> Self {
        let errors = report.errors.iter().map(|finding| {
            // "Row 3: email: Enter a valid email address."
            let (_, problem) = finding.message.split_once(": ").unwrap_or_default();
            let (field, message) = problem.split_once(": ").unwrap_or(("", problem));
            RowError { row: finding.row, field: field.to_owned(), message: message.to_owned() }
        });
        Self {
            rows: report.total,
            created: report.created,
            updated: report.updated,
            unchanged: report.unchanged,
            skipped: report.skipped + report.failed,
            errors: errors.collect(),
            preview,
        }
    }
}

impl<K> From<Ran<K>> for Answer {
    fn from(ran: Ran<K>) -> Self {
        match ran {
            Ran::Done(report, _) => Self::Done(Imported::of(&report, false)),
            Ran::Previewed(report) => Self::Done(Imported::of(&report, true)),
            Ran::Queued(task_id, _) => Self::Queued(Queued { task_id }),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Done(imported) => Json(imported).into_response(),
            Self::Queued(queued) => (StatusCode::ACCEPTED, Json(queued)).into_response(),
        }
    }
}

/// The form of a list: the file, whether only to look at it, and whether to change what is there.
pub fn form(data: Data) -> shared::Result<(Vec<UploadedFile>, Mode, bool)> {
    let mut fields = data.fields();
    let file = fields.file("file", Need::Required);
    let mut flag = |name| fields.boolean(name, Need::Optional).unwrap_or_default();
    let (preview, overwrite) = (flag("preview"), flag("overwrite"));
    if file.as_ref().is_some_and(|file| file.body.is_empty()) {
        fields.reject("file", "The submitted file is empty.");
    }
    fields.finish()?;
    Ok((file.into_iter().collect(), Mode { preview, ..Mode::default() }, overwrite))
}
