//! What is imported and how, and what most routes answer about it.

use serde::{Deserialize, Serialize};
use shared::{
    Result,
    error::invalid,
    http::FormData,
    imports::{
        self, Accepts, Mode, Ran,
        form::Flag,
        merge::Strategy,
        report::{Counts, Preview},
    },
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::Answer;
use crate::access::{Role, User};

/// What came of an import; its records are numbered.
pub type Report = imports::Report<i32>;

/// Files of one list of scores or points.
pub const MOST_FILES: usize = 5;

/// What a list of scores or points may be.
pub const LISTS: Accepts = Accepts {
    csv: true,
    json: true,
    ..Accepts::workbooks("Failed to process file: only Excel (.xlsx), CSV and JSON files are read")
};

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Cadets and their accounts.
    Cadets,
    /// Members of the staff and their accounts.
    Staff,
    /// Who attended a training day.
    Attendance,
    /// Scores of examinations.
    Grades,
    /// Merits and demerits.
    Ledger,
    /// Cadets as ROTCMIS exports them, where more is required of each.
    RotcmisCadets,
    /// Attendance of any days as ROTCMIS exports it.
    RotcmisAttendance,
}

/// How a file is to be imported.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// What is imported.
    pub kind: Kind,
    /// What happens to records that are there.
    pub strategy: Strategy,
    /// The training day of an attendance.
    pub day_id: Option<i32>,
}

impl Plan {
    /// 400 where the strategy means nothing: entries of the ledger are added to those that are there.
    pub fn new(kind: Kind, strategy: Strategy, day_id: Option<i32>) -> Result<Self> {
        match (kind, strategy) {
            (Kind::Ledger, Strategy::Fill | Strategy::Skip | Strategy::Error) => Err(invalid(
                "bad_strategy",
                "Entries of a ledger are always added, so the only strategy possible for it is update.",
            )),
            _ => Ok(Self { kind, strategy, day_id }),
        }
    }
}

/// Whether this person's list may change what others have entered.
pub fn may_overwrite(user: &User) -> bool {
    user.role == Role::Admin
}

/// How a list of people is imported.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub struct ImportOptions {
    /// Only tell what would be done; it may stand in the body as well.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    pub preview: Flag,
    /// What happens to records that are there: `update` (the default; for staff `fill`), `fill`, `skip` or `error`.
    pub strategy: Option<Strategy>,
}

/// How a list of scores or points is imported.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub struct ListOptions {
    /// Only tell what would be done; it may stand in the form as well.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    pub preview: Flag,
    /// Import a ledger that was imported within the last ten minutes once more.
    #[serde(default)]
    pub again: bool,
    /// What happens to scores that are there: `update` (the default), `fill`, `skip` or `error`. Points are always added:
    /// only `update` is possible there.
    pub strategy: Option<Strategy>,
}

impl ListOptions {
    /// How lists of scores and points are imported.
    pub fn plan(self, kind: Kind) -> Result<Plan> {
        Plan::new(kind, self.strategy.unwrap_or_default(), None)
    }

    /// Whether the list of this form is.
    pub fn mode(self, form: &FormData) -> Result<Mode> {
        Ok(Mode { again: self.again, ..self.preview.mode(Flag::of_form(form)?) })
    }
}

/// What the import routes of the clients answer.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Imported {
    /// One sentence with the numbers.
    pub message: String,
    /// The first ten errors.
    pub errors: Vec<String>,
    /// How many rows became what, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// What is to be said of the whole file, and the first ten warnings: what was not taken over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The import, where there is a report of it or it goes on in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<Uuid>,
    /// Where its errors are downloaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// `processing`, of one that goes on in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    /// Rows of one that goes on in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_records: Option<usize>,
    /// What would be done, of a preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
}

/// The response of a client route; `sentence` says the numbers of a report.
pub fn imported(ran: Ran<i32>, sentence: impl Fn(&Report) -> String) -> Answer<Imported> {
    let told = ran.told(&sentence);
    let has_report = told.status.is_some() || told.report.has_findings();
    let task_id = told.task_id.filter(|_| has_report);
    let counts = told.counts();
    let (message, warnings) = match told.preview {
        Some(_) => (format!("{} {}", told.message, sentence(&told.report)), Vec::new()),
        None => (told.message, told.report.shown_warnings()),
    };
    let imported = Imported {
        counts,
        message,
        errors: told.report.shown(),
        warnings,
        task_id,
        report: task_id.map(report_at),
        status: told.status,
        total_records: told.total_records,
        preview: told.preview,
    };
    Answer(told.code, imported)
}

/// Where the errors of an import are downloaded.
pub fn report_at(id: Uuid) -> String {
    format!("/api/import/{id}/errors")
}
