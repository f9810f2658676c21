//! Attendance out of ROTCMIS: the client has files checked, shows the records, and sends back those to import
//! (rules.md 9.4).

use axum::extract::State;
use bytes::Bytes;
use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat};
use documents::read::ImportKind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared::{
    App, Result,
    db::Change,
    error::invalid,
    http::{FormData, Json, Query, UploadedFile},
    imports::{
        Accepts, Columns, Contents, Effect, Field, Ran,
        form::{Flag, ImportFiles, PreviewOptions, files},
        merge::Strategy,
        prepare::find_headings,
        report::{Counts, Preview},
        run,
        source::{self, tables},
        values::DayOrder,
    },
};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{
    Answer,
    plan::{Kind, Plan, Report},
    roster::{Match, Named, Roster},
};
use crate::{
    access::{Admin, Guest},
    attendance::status::Status,
    school_time,
};

mod fields;
mod store;
mod summary;

use fields::{moment, status_word};
use store::{Listed, store};
use summary::{RecordsSummary, mark_duplicates, summary};

/// What is imported of a record; the fields of the check.
static FIELDS: [Field; 5] = [
    Field::new("student_id", &["student_id"]).raw(),
    Field::new("name", &["name"]).raw(),
    Field::new("status", &["status"]).raw(),
    Field::new("date", &["date"]).raw(),
    Field::new("errors", &["errors"]).raw(),
];

/// The columns of records to import.
pub static COLUMNS: &[&[Field]] = &[&FIELDS];

const ACCEPTS: Accepts = Accepts {
    pdf: true,
    csv: true,
    json: true,
    ..Accepts::workbooks("Validation error: only Excel (.xlsx), CSV, JSON and PDF files are read")
};

/// Files of one request.
const MOST_FILES: usize = 10;

/// `{"status": "ok"}`
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct IntegrationStatus {
    status: &'static str,
}

/// Show whether imports are offered
#[utoipa::path(get, path = "/api/integration/status", tag = "imports", security((), ("bearer" = [])),
    responses((status = 200, body = IntegrationStatus)))]
pub async fn show_integration_status(_: Guest) -> Json<IntegrationStatus> {
    Json(IntegrationStatus { status: "ok" })
}

/// A record as it was read.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckedRecord {
    /// What the file says.
    #[schema(value_type = Object)]
    raw: Map<String, Value>,
    /// Student id.
    #[serde(rename = "student_id")]
    student_id: Option<String>,
    /// Name.
    name: Option<String>,
    /// When (ISO 8601, UTC).
    date: Option<String>,
    /// How they attended.
    status: Option<Status>,
    /// Company.
    company: Option<String>,
    /// Platoon.
    platoon: Option<String>,
    /// What is wrong with it.
    errors: Vec<String>,
    /// Whether the files name the same person on the same day more than once.
    is_duplicate_in_batch: bool,
}

/// What the check of some files found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckedRecords {
    /// The records.
    records: Vec<CheckedRecord>,
    /// Their numbers.
    summary: RecordsSummary,
}

/// Check files of ROTCMIS
///
/// CSV, JSON, Excel or PDF, up to ten. Nothing is written.
#[utoipa::path(post, path = "/api/integration/rotcmis/validate", tag = "imports",
    request_body(content = ImportFiles, content_type = "multipart/form-data"),
    responses((status = 200, body = CheckedRecords)))]
pub async fn check_records(_: Admin, State(app): State<App>, form: FormData) -> Result<Json<CheckedRecords>> {
    let mut records = Vec::new();
    for file in files(form, MOST_FILES)? {
        records.extend(read(&app, &file).await?);
    }
    mark_duplicates(&mut records);
    let summary = summary(&records);
    Ok(Json(CheckedRecords { records, summary }))
}

async fn read(app: &App, file: &UploadedFile) -> Result<Vec<CheckedRecord>> {
    if ImportKind::of(&file.name, &file.body) == ImportKind::Json {
        let list = source::json_list(&file.body);
        let list = list.map_err(|why| invalid("bad_file", format!("Validation error: {why}")))?;
        return Ok(records(list.iter().filter_map(Value::as_object).map(fields::normalised).collect()));
    }
    match source::read(app, file, ACCEPTS).await? {
        Contents::Tables(mut tables) => {
            for table in &mut tables {
                find_headings(table, &fields::CHECKED.each_ref());
            }
            Ok(tables.iter().flat_map(|table| records(fields::of_table(table))).collect())
        }
        Contents::Lines(lines) => {
            let now = school_time::now(app)?;
            Ok(lines.iter().filter_map(|line| of_line(now, line)).collect())
        }
    }
}

/// The records of a file, whose days are all written in one order.
fn records(raw: Vec<Map<String, Value>>) -> Vec<CheckedRecord> {
    let order = DayOrder::of(raw.iter().filter_map(|raw| text_of(raw, fields::DATE)));
    raw.into_iter().map(|raw| record(raw, order)).collect()
}

/// What a record says under the first of these names that says anything.
fn text_of<'a>(raw: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().filter_map(|name| raw.get(*name)?.as_str()).find(|text| !text.is_empty())
}

/// A record of what a file says under its headings.
fn record(raw: Map<String, Value>, order: DayOrder) -> CheckedRecord {
    let text = |names: &[&str]| text_of(&raw, names).map(str::to_owned);
    // An id has a digit; a column of another meaning may stand under one of its names.
    let numbered = fields::STUDENT_ID.iter().filter_map(|name| text_of(&raw, &[name]));
    let numbered = numbered.into_iter().find(|text| text.contains(|letter: char| letter.is_ascii_digit()));
    let student_id = numbered.map(str::to_owned).or_else(|| text(fields::STUDENT_ID));
    let name = text(fields::NAME);
    let date = text(fields::DATE).map(|text| moment(&text, order));
    let ambiguous =
        date.as_ref().and_then(|date| date.as_ref().err()).filter(|why| why.contains("may begin"));
    let ambiguous = ambiguous.map(|why| format!("The date {why}"));
    let date = date.and_then(Result::ok);
    let status = text(fields::STATUS).and_then(|text| status_word(&text));
    let (company, platoon) = (text(&["company"]), text(&["platoon"]));
    let errors = [
        (student_id.is_none() && name.is_none(), "Missing student_id or name"),
        (date.is_none() && ambiguous.is_none(), "Invalid or missing date"),
        (status.is_none(), "Invalid or missing status"),
    ];
    let errors = errors.iter().filter(|(wrong, _)| *wrong).map(|(_, why)| (*why).to_owned());
    let errors = ambiguous.into_iter().chain(errors).collect();
    let date = date.map(|date| date.iso);
    CheckedRecord {
        raw,
        student_id,
        name,
        date,
        status,
        company,
        platoon,
        errors,
        is_duplicate_in_batch: false,
    }
}

/// A line of a PDF with a status in it; its day is today.
fn of_line(now: DateTime<FixedOffset>, line: &str) -> Option<CheckedRecord> {
    let (name, _, status) = super::attendance::lines::name_and_status(line)?;
    if name.is_empty() {
        return None;
    }
    let raw = json!({ "name": name, "status": status, "date": now.date_naive().to_string() });
    Some(CheckedRecord {
        date: Some(now.to_rfc3339_opts(SecondsFormat::Millis, true)),
        errors: Vec::new(),
        ..record(raw.as_object().cloned()?, DayOrder::Unknown)
    })
}

/// Records to import.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct RecordsToImport {
    /// Records as the check answers them; `student_id` or `name`, `status`, and `date` (today if absent).
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub records: Option<Vec<Value>>,
    /// `skip-duplicates` (the default) leaves records of the same cadet and day as they are, `overwrite` changes them.
    pub strategy: Option<String>,
    /// Only tell what would be done; it may stand in the query as well.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub preview: Flag,
}

/// What came of an import of records.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportedRecords {
    /// One sentence.
    message: String,
    /// The numbers, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<RecordNumbers>,
    /// How many rows became what, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Counts>,
    /// What is wrong with records, at most ten.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
    /// The import, where there is a report of it or it goes on in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<Uuid>,
    /// `processing`, of one that goes on in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// What would be done, of a preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<Preview>,
}

/// How many records became what.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct RecordNumbers {
    inserted: usize,
    updated: usize,
    skipped: usize,
    errors: usize,
}

/// Import records of ROTCMIS
///
/// A day without a training day gets one. All records are written together.
#[utoipa::path(post, path = "/api/integration/rotcmis/import", tag = "imports",
    params(PreviewOptions), request_body = RecordsToImport,
    responses((status = 200, body = ImportedRecords), (status = 202, body = ImportedRecords)))]
pub async fn import_records(
    Admin(admin): Admin,
    State(app): State<App>,
    Query(options): Query<PreviewOptions>,
    Json(sent): Json<RecordsToImport>,
) -> Result<Answer<ImportedRecords>> {
    let records = sent.records.filter(|records| !records.is_empty());
    let records = records.ok_or_else(|| invalid("no_records", "No records to import"))?;
    let overwrite = sent.strategy.as_deref() == Some("overwrite");
    let strategy = if overwrite { Strategy::Update } else { Strategy::Skip };
    let plan = Plan::new(Kind::RotcmisAttendance, strategy, None)?;
    let body = Bytes::from(serde_json::to_vec(&records.iter().map(slim).collect::<Vec<_>>())?);
    let file = UploadedFile { name: "records.json".to_owned(), body };
    let mode = options.preview.mode(sent.preview);
    Ok(answer(run(&app, &admin, &plan, &[file], mode).await?))
}

fn answer(ran: Ran<i32>) -> Answer<ImportedRecords> {
    let told = ran.told(|_| "Import completed".to_owned());
    let counts = told.counts();
    let report = told.report;
    let is_queued = told.status.is_some();
    let numbers = RecordNumbers {
        inserted: report.created,
        updated: report.updated + report.unchanged,
        skipped: report.skipped,
        errors: report.failed,
    };
    let imported = ImportedRecords {
        message: told.message,
        result: (!is_queued).then_some(numbers),
        counts,
        errors: report.shown_with_warnings(),
        task_id: told.task_id.filter(|_| is_queued || report.has_findings()),
        status: told.status,
        preview: told.preview,
    };
    Answer(told.code, imported)
}

/// What is imported of a record.
fn slim(record: &Value) -> Value {
    let kept = FIELDS[..4].iter().filter_map(|field| {
        let text = source::plain(record.get(field.name)?);
        (!text.is_empty()).then(|| (field.name.to_owned(), Value::from(text)))
    });
    let wrong: Vec<String> = record["errors"].as_array().into_iter().flatten().map(source::plain).collect();
    let wrong = (!wrong.is_empty()).then(|| ("errors".to_owned(), Value::from(wrong.join("; "))));
    Value::Object(kept.chain(wrong).collect())
}

/// Writes records.
pub async fn apply(
    change: &mut Change,
    app: &App,
    strategy: Strategy,
    contents: &[Contents],
    report: &mut Report,
) -> Result<()> {
    let (roster, today) = (Roster::load(change).await?, school_time::today(app)?);
    let mut listed: Vec<Listed> = Vec::new();
    for table in tables(contents) {
        let columns = Columns::find(table, &FIELDS);
        let order = DayOrder::of(table.rows.iter().filter_map(|row| columns.values(row)[3]));
        for row in &table.rows {
            let [student_id, name, status, date, wrong] = columns.texts(row);
            let named = Named { name, student_id, ..Named::default() };
            let who = if named.student_id.is_empty() { named.name.clone() } else { named.student_id.clone() };
            if !wrong.is_empty() {
                let whose = if who.is_empty() { format!("Record {}", row.number) } else { who.clone() };
                report.fail(row.number, &who, format!("{whose}: {wrong}"));
                continue;
            }
            let found = roster.find(&named);
            let Some(cadet_id) = found.cadet().filter(|_| !status.is_empty()) else {
                report.count(row.number, &who, Effect::Skipped, Vec::new());
                if !status.is_empty() && !who.is_empty() {
                    report.warn(row.number, format!("{who}: {}", found.why_nobody()));
                }
                continue;
            };
            if let Match::Similar(_) = found {
                report.warn(row.number, format!("{who} was taken for {}", roster.label(cadet_id)));
            }
            match entry(today, &status, &date, order) {
                Ok((status, day)) => listed.push((row.number, who, day, cadet_id, status)),
                Err(why) => report.fail(row.number, &who, format!("{who}: {why}")),
            }
        }
    }
    store(change, strategy, listed, report).await
}

fn entry(today: NaiveDate, status: &str, date: &str, order: DayOrder) -> Result<(Status, String), String> {
    let status = status_word(status).ok_or("the status is not one of present, late, excused and absent")?;
    let day = match date {
        "" => today,
        text => moment(text, order)?.day,
    };
    Ok((status, day.to_string()))
}
