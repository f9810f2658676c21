//! What can be said about an activity, as a JSON body or as a form with pictures in `images`.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use shared::{
    Error, Result,
    error::{invalid, invalid_field, invalid_fields},
    http::{FormData, UploadedFile},
};
use utoipa::ToSchema;

use super::pictures;

/// What the column `type` may say.
const KINDS: [&str; 4] = ["activity", "announcement", "achievement", "event"];

const LONGEST_TITLE: usize = 500;
const LONGEST_DESCRIPTION: usize = 20_000;
const LONGEST_DATE: usize = 100;

/// Addresses in a list at most: more than any activity has.
const MOST_ADDRESSES: usize = 100;

/// An activity as the clients' pages send it. In an edit, what is absent or null stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ClientActivityFields {
    /// Title; never empty.
    title: Option<String>,
    /// What it is about.
    description: Option<String>,
    /// `YYYY-MM-DD`
    date: Option<String>,
    /// `activity` (also when absent), `announcement`, `achievement` or `event`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Edits only: the addresses of the pictures to keep, as the text of a JSON array. Without it none is kept.
    #[serde(rename = "existingImages")]
    #[schema(value_type = Option<String>)]
    existing_images: Option<Value>,
}

/// The form of the clients' pages, for the documentation.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct ClientActivityForm {
    /// What is said about it.
    #[serde(flatten)]
    pub fields: ClientActivityFields,
    /// New pictures, at most 10.
    #[schema(format = Binary)]
    pub images: Option<Vec<String>>,
}

/// An activity of the resource API. In an edit, what is absent or null stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ActivityFields {
    /// Title; never empty.
    title: Option<String>,
    /// What it is about.
    description: Option<String>,
    /// `YYYY-MM-DD`
    date: Option<String>,
    /// `activity` (also when absent), `announcement`, `achievement` or `event`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// All pictures, in order, as a list or as the text of a JSON array: those the activity has, and those sent to
    /// `POST /api/upload`. Pictures sent in the form come behind them.
    #[serde(alias = "image_urls", alias = "existingImages")]
    #[schema(value_type = Option<Vec<String>>)]
    images: Option<Value>,
    /// The only picture, where there is no `images`.
    #[serde(alias = "image_url")]
    image_path: Option<String>,
}

/// What was sent about an activity, on either surface.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Title, not blank.
    pub title: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Date; an empty text clears it.
    pub date: Option<String>,
    /// Type, in lower case.
    pub kind: Option<String>,
    /// The pictures to go on with, before the new ones; none keeps all.
    pub pictures: Option<Wanted>,
    /// New pictures.
    pub files: Vec<UploadedFile>,
}

/// Pictures by their addresses.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Those of the activity's own that are to stay.
    Own(Vec<String>),
    /// Its own, and any that were sent on their own.
    Any(Vec<String>),
}

impl Sent {
    /// What a client's page sent.
    pub fn by_client(form: FormData) -> Result<Self> {
        let (fields, files) = parts(form)?;
        let fields: ClientActivityFields = read(fields)?;
        let kept =
            addresses(fields.existing_images, || invalid("bad_list", "Invalid existing images format"))?;
        let sent = Self {
            title: fields.title,
            description: fields.description,
            date: fields.date.map(|date| date.trim().to_owned()),
            kind: fields.kind,
            pictures: Some(Wanted::Own(kept.unwrap_or_default())),
            files,
        };
        sent.checked()
    }

    /// What was sent to the resource API.
    pub fn by_resource(form: FormData) -> Result<Self> {
        let (fields, files) = parts(form)?;
        let fields: ActivityFields = read(fields)?;
        if let Some(date) = fields.date.as_deref().filter(|date| !is_day(date)) {
            let problem = if date.is_empty() { "may not be blank" } else { "must be a day as YYYY-MM-DD" };
            return Err(invalid_field("date", format!("date {problem}.")));
        }
        let images =
            addresses(fields.images, || invalid_field("images", "images must be a list of addresses"))?;
        let sent = Self {
            title: fields.title,
            description: fields.description,
            date: fields.date,
            kind: fields.kind,
            pictures: images.or(fields.image_path.map(|one| vec![one])).map(Wanted::Any),
            files,
        };
        sent.checked()
    }

    /// Refuses a new activity of the resource API without one of these.
    pub fn require_all(&self) -> Result<()> {
        let fields = [("title", &self.title), ("description", &self.description), ("date", &self.date)];
        let missing: Vec<&str> =
            fields.into_iter().filter(|(_, value)| value.is_none()).map(|(field, _)| field).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(invalid_fields("required", missing, "This field is required."))
    }

    fn checked(mut self) -> Result<Self> {
        self.title = self.title.map(|title| title.trim().to_owned());
        if self.title.as_deref() == Some("") {
            return Err(invalid_field("title", "Title is required"));
        }
        let longest = [
            ("title", &self.title, LONGEST_TITLE),
            ("description", &self.description, LONGEST_DESCRIPTION),
            ("date", &self.date, LONGEST_DATE),
        ];
        for (field, value, most) in longest {
            if value.as_deref().is_some_and(|value| value.chars().count() > most) {
                return Err(invalid_field(field, format!("{field} must have at most {most} characters.")));
            }
        }
        self.kind = self.kind.map(|kind| kind.trim().to_lowercase()).filter(|kind| !kind.is_empty());
        if self.files.len() > pictures::MOST_SENT {
            return Err(invalid("photo_count", "At most 10 photos can be sent at once."));
        }
        Ok(self)
    }
}

/// Refuses a type that is none. One that an earlier server wrote may stay.
pub fn check_kind(kind: &str) -> Result<()> {
    if KINDS.contains(&kind) {
        return Ok(());
    }
    Err(invalid_field("type", format!("Type must be one of: {}", KINDS.join(", "))))
}

/// Whether a text is a day that exists, as `YYYY-MM-DD`.
pub fn is_day(text: &str) -> bool {
    text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// The fields, and the files of the one field that may have any.
fn parts(mut form: FormData) -> Result<(Value, Vec<UploadedFile>)> {
    let files = form.files.remove("images").unwrap_or_default();
    if !form.files.is_empty() {
        return Err(invalid("unexpected_file", "Unexpected field"));
    }
    Ok((Value::Object(form.fields), files))
}

fn read<F: for<'de> Deserialize<'de>>(fields: Value) -> Result<F> {
    serde_json::from_value(fields).map_err(|_| invalid("wrong_type", "A field has the wrong type"))
}

/// A list of addresses, or the text of one, if something was sent.
fn addresses(sent: Option<Value>, refused: fn() -> Error) -> Result<Option<Vec<String>>> {
    let list: serde_json::Result<Vec<String>> = match sent {
        None => return Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(Vec::new()),
        Some(Value::String(text)) => serde_json::from_str(&text),
        Some(list) => serde_json::from_value(list),
    };
    let list = list.ok().filter(|list| list.len() <= MOST_ADDRESSES);
    list.map(Some).ok_or_else(refused)
}
