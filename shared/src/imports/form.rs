//! What the routes that import lists are sent.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::{
    Mode, Ran, Report,
    report::{Finding, Preview},
};
use crate::{
    Result,
    error::{invalid, invalid_field},
    http::{
        FormData, Json, UploadedFile,
        lenient::{self, filled},
    },
};

/// Rows that a check shows.
const SHOWN: usize = 20;

/// The file of a form, for the documentation.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct ImportForm {
    /// The file.
    #[schema(format = Binary)]
    file: String,
    /// Only tell what would be done; it may stand in the query as well.
    preview: Option<bool>,
}

/// The files of a form that takes several, for the documentation.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct ImportFiles {
    /// The files, at most five.
    #[schema(format = Binary)]
    files: Vec<String>,
    /// Only tell what would be done; it may stand in the query as well.
    preview: Option<bool>,
}

/// A switch as queries, forms and bodies have it: `true` or `1`, `false` or `0`, or nothing. Anything else is refused:
/// whoever has a preview in mind must not have written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flag(bool);

impl Flag {
    fn parse(value: &Value) -> Option<Self> {
        match filled(&lenient::text(value).ok()?).map(str::to_ascii_lowercase).as_deref() {
            None | Some("false" | "0") => Some(Self(false)),
            Some("true" | "1") => Some(Self(true)),
            Some(_) => None,
        }
    }

    /// How something is imported for which the query has this flag, and the form or the body perhaps another.
    pub fn mode(self, body: Self) -> Mode {
        Mode { preview: self.0 || body.0, ..Mode::default() }
    }

    /// The flag `preview` of a form.
    pub fn of_form(form: &FormData) -> Result<Self> {
        let flag = form.fields.get("preview").map_or(Some(Self(false)), Self::parse);
        flag.ok_or_else(|| invalid_field("preview", "preview must be true or false."))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::parse(&value).ok_or_else(|| de::Error::custom("must be true or false"))
    }
}

/// Whether a list is imported.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub struct PreviewOptions {
    /// Only tell what would be done; it may stand in the body as well.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    pub preview: Flag,
}

/// The same in a body.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema, Validate)]
pub struct PreviewBody {
    /// Only tell what would be done; it may stand in the query as well.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub preview: Flag,
}

/// What the check of a file found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Checked<T> {
    /// Rows.
    pub total: usize,
    /// Rows that say whom they are about and something about them.
    pub valid: usize,
    /// The first rows.
    pub preview: Vec<T>,
    /// What is wrong with rows, and whom nobody knows.
    pub errors: Vec<Finding>,
}

impl<T> Checked<T> {
    /// Of these rows, of which those are `valid`.
    pub fn of(rows: Vec<T>, valid: impl Fn(&T) -> bool, errors: Vec<Finding>) -> Self {
        let valid = rows.iter().filter(|row| valid(row)).count();
        Self { total: rows.len(), valid, preview: rows.into_iter().take(SHOWN).collect(), errors }
    }
}

/// What a route answers about an import whose system has no clients yet that know another form.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Outcome {
    /// The job, with the report; none of a preview.
    pub id: Option<Uuid>,
    /// One sentence.
    pub message: String,
    /// The first ten errors.
    pub errors: Vec<String>,
    /// What is to be said of the whole file, and the first ten warnings: what was not taken over.
    pub warnings: Vec<String>,
    /// What would be done, of a preview.
    pub preview: Option<Preview>,
    #[serde(skip)]
    code: StatusCode,
}

impl<K: Clone> From<Ran<K>> for Outcome {
    fn from(ran: Ran<K>) -> Self {
        let told = ran.told(|report| {
            let Report { created, updated, unchanged, skipped, failed, .. } = report;
            format!("Imported: {created} new, {updated} changed, {unchanged} unchanged, {skipped} left out, {failed} wrong.")
        });
        let (errors, warnings) = (told.report.shown(), told.report.shown_warnings());
        let (id, message, preview, code) = (told.task_id, told.message, told.preview, told.code);
        Self { id, message, errors, warnings, preview, code }
    }
}

impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        (self.code, Json(self)).into_response()
    }
}

/// The file of a form, in the field `file`.
pub fn file(form: &mut FormData) -> Result<UploadedFile> {
    form.only_file("file")?.ok_or_else(|| invalid("no_file", "No file uploaded"))
}

/// The files of a form, in the field `files`: one at least, and no more than `most`.
pub fn files(mut form: FormData, most: usize) -> Result<Vec<UploadedFile>> {
    let files = form.files.remove("files").unwrap_or_default();
    if !form.files.is_empty() || files.len() > most {
        return Err(invalid("unexpected_file", "Unexpected field"));
    }
    match files.is_empty() {
        true => Err(invalid("no_files", "No files uploaded")),
        false => Ok(files),
    }
}
