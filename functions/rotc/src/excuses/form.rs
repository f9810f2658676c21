//! What can be said about a letter, as a JSON body or as a form with the file in `file`.

use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;
use shared::{
    App, Error, Result,
    error::{invalid, invalid_field, invalid_fields},
    http::{FormData, UploadedFile, lenient::Loose},
};
use utoipa::ToSchema;

const LONGEST_REASON: usize = 10_000;
const LONGEST_ADDRESS: usize = 2_000;

/// A day before this year was mistyped.
const EARLIEST_YEAR: i32 = 2000;

/// An absence may be announced, but not years ahead.
const DAYS_AHEAD: Days = Days::new(366);

/// A letter as the cadet's page sends it, with the file in `file`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ExcuseFields {
    /// The day that was missed: `YYYY-MM-DD`
    date_absent: Option<String>,
    /// Why.
    reason: Option<String>,
}

/// The form of a cadet's page, for the documentation.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct ExcuseForm {
    /// What is said about it.
    #[serde(flatten)]
    pub fields: ExcuseFields,
    /// The letter: a picture, PDF or Word document.
    #[schema(format = Binary)]
    pub file: String,
}

/// The form of the resource API, for the documentation.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct ExcuseLetterForm {
    /// What is said about it.
    #[serde(flatten)]
    pub fields: NewExcuseLetter,
    /// The letter: a picture, PDF or Word document.
    #[schema(format = Binary)]
    pub file: Option<String>,
}

/// A letter of the resource API.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct NewExcuseLetter {
    /// Whose it is; cadets may leave it out.
    #[serde(alias = "cadet", default)]
    #[schema(value_type = Option<i32>)]
    cadet_id: Loose,
    /// The day that was missed: `YYYY-MM-DD`
    date_absent: Option<String>,
    /// Why.
    reason: Option<String>,
    /// The training day of that date; found by the date when left out.
    #[serde(alias = "training_day", default)]
    #[schema(value_type = Option<i32>)]
    training_day_id: Loose,
    /// Instead of a file: the address that `POST /api/upload` gave, or the file of another letter of this cadet.
    file_url: Option<String>,
}

/// What was sent, on either surface.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Whose it is, if that was said.
    pub cadet_id: Option<i32>,
    /// The day that was missed.
    pub date_absent: NaiveDate,
    /// Why.
    pub reason: String,
    /// The training day, if that was said.
    pub training_day_id: Option<i32>,
    /// A file that is stored already.
    pub file_url: Option<String>,
    /// A file to store.
    pub file: Option<UploadedFile>,
}

impl Sent {
    /// What a cadet's page sent. The file is required there.
    pub fn by_client(app: &App, mut form: FormData) -> Result<Self> {
        let file = form.only_file("file")?;
        let fields: ExcuseFields = serde_json::from_value(form.fields.into()).map_err(wrong_type)?;
        let (Some(date), Some(reason)) = (filled(fields.date_absent), filled(fields.reason)) else {
            return Err(invalid("required", "date_absent and reason are required"));
        };
        let file = Some(file.ok_or_else(|| invalid("required", "File is required"))?);
        let date_absent = day(app, &date)?;
        let sent = Self { cadet_id: None, date_absent, reason, training_day_id: None, file_url: None, file };
        sent.checked()
    }

    /// What was sent to the resource API. `own` is the cadet who sends it.
    pub fn by_resource(app: &App, mut form: FormData, own: Option<i32>) -> Result<Self> {
        let file = form.only_file("file")?;
        let fields: NewExcuseLetter = serde_json::from_value(form.fields.into()).map_err(wrong_type)?;
        let cadet_id = id("cadet_id", &fields.cadet_id)?;
        let (date, reason) = (filled(fields.date_absent), filled(fields.reason));
        let missing = [
            ("cadet_id", cadet_id.or(own).is_none()),
            ("date_absent", date.is_none()),
            ("reason", reason.is_none()),
        ];
        let (Some(date), Some(reason), false) = (date, reason, missing[0].1) else {
            let names = missing.into_iter().filter(|(_, missing)| *missing).map(|(name, _)| name);
            return Err(invalid_fields("required", names, "This field is required."));
        };
        let sent = Self {
            cadet_id,
            date_absent: day(app, &date)?,
            reason,
            training_day_id: id("training_day_id", &fields.training_day_id)?,
            file_url: filled(fields.file_url),
            file,
        };
        sent.checked()
    }

    fn checked(self) -> Result<Self> {
        if self.reason.chars().count() > LONGEST_REASON {
            let problem = format!("reason must have at most {LONGEST_REASON} characters.");
            return Err(invalid_field("reason", problem));
        }
        if self.file_url.as_ref().is_some_and(|address| address.len() > LONGEST_ADDRESS) {
            return Err(invalid_field("file_url", "file_url is too long."));
        }
        if self.file.is_some() && self.file_url.is_some() {
            return Err(invalid("two_files", "Send a file or its address, not both"));
        }
        Ok(self)
    }
}

/// A day that exists and that somebody may have missed.
fn day(app: &App, text: &str) -> Result<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
    let day = day.ok_or_else(|| invalid_field("date_absent", "date_absent must be a day as YYYY-MM-DD"))?;
    let latest = crate::school_time::today(app)?.checked_add_days(DAYS_AHEAD).unwrap_or(NaiveDate::MAX);
    if day.year() >= EARLIEST_YEAR && day <= latest {
        return Ok(day);
    }
    Err(invalid_field("date_absent", "date_absent is too long ago or too far ahead"))
}

/// An id, as a number or as a text.
fn id(field: &str, sent: &Loose) -> Result<Option<i32>> {
    match sent {
        Loose::Missing | Loose::Null => Ok(None),
        Loose::Text(text) if text.trim().is_empty() => Ok(None),
        _ => sent.whole().map(Some).ok_or_else(|| invalid_field(field, format!("{field} is not valid"))),
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn wrong_type(_: serde_json::Error) -> Error {
    invalid("wrong_type", "A field has the wrong type")
}
