//! What the routes that import lists have in common: what they are sent, and what they ask for.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;
use shared::{
    Result,
    error::{invalid, invalid_field},
    http::{
        FormData, UploadedFile,
        lenient::{self, filled},
    },
};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    people::{Found, Person},
    report::Remark,
    run::{Kind, Mode, Plan, Strategy},
    source::Accepts,
};
use crate::settings::keys::truth;

/// What a list of scores or points may be.
pub const ACCEPTS: Accepts = Accepts {
    pdf: false,
    docx: false,
    csv: true,
    json: true,
    pictures: false,
    refusal: "Failed to process file: only Excel (.xlsx), CSV and JSON files are read",
};

/// Files of one request.
pub const MOST_FILES: usize = 5;

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
        match filled(&lenient::text(value).ok()?) {
            None => Some(Self(false)),
            Some(text) => truth(text).map(Self),
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
    pub fn plan(self, kind: Kind) -> Plan {
        Plan { kind, strategy: self.strategy.unwrap_or_default(), day_id: None }
    }

    /// Whether the list of this form is.
    pub fn mode(self, form: &FormData) -> Result<Mode> {
        Ok(Mode { again: self.again, ..self.preview.mode(Flag::of_form(form)?) })
    }
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
    pub errors: Vec<Remark>,
}

impl<T> Checked<T> {
    /// Of these rows, of which those are `valid`.
    pub fn of(rows: Vec<T>, valid: impl Fn(&T) -> bool, errors: Vec<Remark>) -> Self {
        let valid = rows.iter().filter(|row| valid(row)).count();
        Self { total: rows.len(), valid, preview: rows.into_iter().take(SHOWN).collect(), errors }
    }
}

/// The files of a form, one at least.
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

/// The cadet of a row.
pub fn named(person: &Person, found: &Found) -> Result<i32, String> {
    if !person.is_named() {
        return Err("it does not say which cadet is meant".to_owned());
    }
    found.of(person).map_err(|why| format!("{}: {why}", person.who()))
}
