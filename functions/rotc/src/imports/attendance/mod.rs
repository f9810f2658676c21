//! Importing the attendance of a training day.

use std::collections::HashMap;

use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    App, Result,
    db::Change,
    error::{Kind as ErrorKind, gone, invalid, not_found},
    http::{
        FormData, Json, Query,
        lenient::{Loose, filled},
    },
    imports::{
        Accepts, Contents, Effect, Field, Input,
        form::{self, Flag, PreviewOptions},
        link,
        merge::{Gathered, Strategy},
        run,
    },
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    Answer,
    plan::{Imported, Kind, Plan, Report, imported},
    roster::{Match, Roster},
};
use crate::{
    access::Admin,
    answer::Message,
    attendance::{
        import_records::{ListedEntry, Present, record_list},
        status::Status,
    },
    grades::attendance_total,
};

pub mod lines;
pub mod listed;
pub mod marks;
mod reconcile;
pub mod times;

pub use reconcile::{Reconciled, reconcile_attendance};
// The path of a handler must be one with its documentation.
pub use reconcile::__path_reconcile_attendance;

use listed::{Listed, Says};

pub use listed::REQUIRED;

/// The columns of a list of attendance.
pub static COLUMNS: &[&[Field]] = &[&listed::FIELDS, &marks::MARKS];

/// What a list of attendance may be.
pub const ACCEPTS: Accepts = Accepts {
    pdf: true,
    docx: true,
    csv: true,
    json: false,
    pictures: true,
    refusal: "Unsupported file format. Supported: Excel, PDF, Word, Images (PNG, JPG, WEBP, etc.)",
};

/// A list and its day, for the documentation.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct AttendanceForm {
    /// The file.
    #[schema(format = Binary)]
    file: String,
    /// The training day.
    #[schema(rename = "dayId")]
    day_id: i32,
    /// Only tell what would be done; it may stand in the query as well.
    preview: Option<bool>,
}

/// A list that is shared somewhere.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase")]
pub struct SharedAttendance {
    /// The link.
    #[validate(length(max = 2000, message = "The link is too long."))]
    pub url: Option<String>,
    /// The training day.
    #[serde(default)]
    #[schema(value_type = i32)]
    pub day_id: Loose,
    /// Only tell what would be done; it may stand in the query as well.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub preview: Flag,
}

/// What was asked of the server's own disk.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
pub struct LocalFile {}

/// Import the attendance of a training day
///
/// Excel, CSV, PDF, Word, or a picture of a list. Cadets are found by student id, user name, mail address or a name that may be
/// misspelt a little; who is not found is left out. Empty cells keep what is recorded. All rows are written together.
#[utoipa::path(post, path = "/api/attendance/import", tag = "imports", params(PreviewOptions),
    request_body(content = AttendanceForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Imported), (status = 202, body = Imported)))]
pub async fn import_attendance(
    Admin(admin): Admin,
    State(app): State<App>,
    Query(options): Query<PreviewOptions>,
    mut form: FormData,
) -> Result<Answer<Imported>> {
    let file = form::file(&mut form)?;
    let plan = plan(day_of(&form)?)?;
    let mode = options.preview.mode(Flag::of_form(&form)?);
    check_day(&app, plan.day_id).await?;
    let ran = run(&app, &admin, &plan, &[file], mode).await?;
    Ok(imported(ran, sentence))
}

/// Import the attendance of a training day from a link
///
/// A file shared on Google Drive, Dropbox, OneDrive or SharePoint.
#[utoipa::path(post, path = "/api/attendance/import-url", tag = "imports",
    params(PreviewOptions), request_body = SharedAttendance,
    responses((status = 200, body = Imported), (status = 202, body = Imported)))]
pub async fn import_attendance_url(
    Admin(admin): Admin,
    State(app): State<App>,
    Query(options): Query<PreviewOptions>,
    Json(list): Json<SharedAttendance>,
) -> Result<Answer<Imported>> {
    let missing = || invalid("required", "URL and Day ID are required");
    let url = filled(&list.url).ok_or_else(missing)?;
    if matches!(list.day_id, Loose::Missing | Loose::Null) {
        return Err(missing());
    }
    let plan = plan(list.day_id.whole().ok_or_else(invalid_day)?)?;
    check_day(&app, plan.day_id).await?;
    let file = link::fetch(&app, url).await.map_err(|cause| match cause.kind() {
        ErrorKind::Invalid => {
            let text = cause.to_string();
            let why = text.trim_start_matches("Failed to fetch or process file from URL: ");
            invalid("bad_link", format!("Failed to process URL: {why}"))
        }
        _ => cause,
    })?;
    let ran = run(&app, &admin, &plan, &[file], options.preview.mode(list.preview)).await?;
    Ok(imported(ran, sentence))
}

/// Import attendance from the server's disk
///
/// Gone: it read any file of the server.
#[utoipa::path(post, path = "/api/attendance/import-local", tag = "imports", request_body = LocalFile,
    responses((status = 410, body = Message)))]
pub async fn import_local_attendance(_: Admin) -> Result<Json<Message>> {
    Err(gone("Files of the server are no longer imported. Please upload the file."))
}

fn plan(day_id: i32) -> Result<Plan> {
    Plan::new(Kind::Attendance, Strategy::Update, Some(day_id))
}

fn sentence(report: &Report) -> String {
    let Report { skipped, failed, .. } = report;
    format!("Import complete. Success: {}, Skipped: {skipped}, Failed: {failed}", report.people())
}

/// The training day of a form.
fn day_of(form: &FormData) -> Result<i32> {
    match form.fields.get("dayId").and_then(Value::as_str).map(str::trim) {
        None | Some("") => Err(invalid("no_day", "Day ID is required")),
        Some(text) => text.parse().map_err(|_| invalid_day()),
    }
}

fn invalid_day() -> shared::Error {
    invalid("bad_day", "Invalid Day ID")
}

/// 404 before a picture is read for nothing.
async fn check_day(app: &App, day_id: Option<i32>) -> Result<()> {
    let find = sql!("SELECT EXISTS (SELECT FROM training_days WHERE id = $1)");
    match app.db.read().await?.only::<bool>(find, &[&day_id]).await? {
        true => Ok(()),
        false => Err(not_found("Training day not found")),
    }
}

/// The day of a training day; none where an earlier server has kept another text.
async fn day_date(change: &mut Change, day_id: i32) -> Result<Option<NaiveDate>> {
    let find = sql!("SELECT date FROM training_days WHERE id = $1");
    let date: Option<String> = change.one(find, &[&day_id]).await?;
    Ok(date.and_then(|date| date.parse().ok()))
}

/// Everybody on some lists of a day. 400 where one names nobody, or does not say how they attended.
pub fn people(contents: &[Contents], training_day: Option<NaiveDate>) -> Result<Vec<Listed>> {
    let mut people = Vec::new();
    for one in contents {
        match one {
            Contents::Tables(tables) => {
                for table in tables {
                    people.extend(listed::read(table, training_day)?);
                }
            }
            Contents::Lines(lines) => people.extend(lines::read(lines)),
        }
    }
    let has_lines = contents.iter().any(|one| matches!(one, Contents::Lines(lines) if !lines.is_empty()));
    if people.is_empty() && has_lines {
        return Err(invalid(
            "no_records",
            "No line of the file names anybody and says how they attended. Each line needs a name and present, absent, late or \
             excused.",
        ));
    }
    Ok(people)
}

/// How an entry of a list is named in reports.
pub fn who(listed: &Listed) -> String {
    let named = &listed.named;
    let names = [&named.name, &named.student_id, &named.username];
    names.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default()
}

/// Writes what the lists say of one day.
pub async fn apply(
    change: &mut Change,
    plan: Plan,
    contents: &[Contents],
    report: &mut Report,
) -> Result<()> {
    let day_id = plan.day_id.unwrap_or_default();
    let roster = Roster::load(change).await?;
    let people = people(contents, day_date(change, day_id).await?)?;
    note_silent(&people, report);
    let mut entries: Gathered<i32, ListedEntry> = Gathered::default();
    let mut sources: Vec<Source> = Vec::new();
    let mut rows: HashMap<i32, (usize, Status)> = HashMap::new();
    for one in people {
        let Some((cadet_id, status)) = meant(&roster, &one, report) else { continue };
        let who = roster.label(cadet_id).to_owned();
        let earlier = rows.insert(cadet_id, (one.row, status));
        if let Some((row, said)) = earlier.filter(|(_, said)| *said != status) {
            let (said, now) = (said.as_str(), status.as_str());
            let why = format!("{who} is {said} in row {row} and {now} in row {}, which counts", one.row);
            report.warn(one.row, why);
        }
        sources.push(Source { row: one.row, who, cadet_id, is_first: earlier.is_none() });
        put(&mut entries, day_id, (cadet_id, status), one);
    }
    let effects = store(change, plan.strategy, day_id, &entries.into_records()).await?;
    for Source { row, who, cadet_id, is_first } in sources {
        match (effects.get(&cadet_id), plan.strategy) {
            (_, Strategy::Update | Strategy::Fill) if !is_first => report.repeat(row, &who),
            (Some(effect), _) => report.count(row, &who, *effect, Vec::new()),
            (None, Strategy::Skip) => report.count(row, &who, Effect::Skipped, Vec::new()),
            (None, Strategy::Error) => {
                report.fail(row, &who, format!("Row {row}: {who}: their attendance is recorded already"));
            }
            (None, _) => report.count(row, &who, Effect::Unchanged, Vec::new()),
        }
    }
    report.created_ids = of_effect(&effects, Effect::Created);
    report.updated_ids = of_effect(&effects, Effect::Updated);
    Ok(())
}

/// A row that is taken over.
struct Source {
    row: usize,
    who: String,
    cadet_id: i32,
    is_first: bool,
}

/// The cadet of a row and how they attended; otherwise it is counted, with the reason.
fn meant(roster: &Roster, one: &Listed, report: &mut Report) -> Option<(i32, Status)> {
    let (row, found) = (one.row, roster.find(&one.named));
    one.warnings.iter().for_each(|why| report.warn(row, format!("Row {row}: {}: {why}", who(one))));
    let Some(cadet_id) = found.cadet() else {
        let who = who(one);
        report.count(row, &who, Effect::Skipped, Vec::new());
        report.warn(row, format!("Row {row}: {who}: {}", found.why_nobody()));
        return None;
    };
    match &one.says {
        Says::Wrong(why) => report.fail(row, &who(one), format!("Error processing row {row}: {why}")),
        Says::Nothing(why) => {
            let who = roster.label(cadet_id);
            report.count(row, who, Effect::Skipped, Vec::new());
            report.warn(row, format!("Row {row}: {who}: {why}, nothing was recorded"));
        }
        Says::Status(status) => {
            if let Match::Similar(_) = found {
                let label = roster.label(cadet_id);
                report.warn(row, format!("Row {row}: {} was taken for {label}", one.named.name));
            }
            return Some((cadet_id, *status));
        }
    }
    None
}

/// Says how many rows say nothing of how somebody attended.
fn note_silent(people: &[Listed], report: &mut Report) {
    let silent = people.iter().filter(|one| matches!(one.says, Says::Nothing(_))).count();
    if silent > 0 {
        report.notes.push(format!(
            "Rows that do not say how somebody attended on this day: {silent}. Nothing was recorded for them."
        ));
    }
}

fn of_effect(effects: &HashMap<i32, Effect>, wanted: Effect) -> Vec<i32> {
    let mut ids: Vec<i32> =
        effects.iter().filter(|(_, effect)| **effect == wanted).map(|(id, _)| *id).collect();
    ids.sort_unstable();
    ids
}

/// Adds somebody; of several lines about one cadet the last wins, and keeps what only an earlier one says.
fn put(
    entries: &mut Gathered<i32, ListedEntry>,
    day_id: i32,
    (cadet_id, status): (i32, Status),
    Listed { remarks, time_in, time_out, .. }: Listed,
) {
    let new = || ListedEntry { day_id, cadet_id, status, remarks: None, time_in: None, time_out: None };
    let (entry, _) = entries.entry(cadet_id, new);
    entry.status = status;
    entry.remarks = remarks.or(entry.remarks.take());
    entry.time_in = time_in.or(entry.time_in.take());
    entry.time_out = time_out.or(entry.time_out.take());
}

/// The totals first, then the day, then the records: the order of all who write attendance.
async fn store(
    change: &mut Change,
    strategy: Strategy,
    day_id: i32,
    entries: &[ListedEntry],
) -> Result<HashMap<i32, Effect>> {
    let mut ids: Vec<i32> = entries.iter().map(|entry| entry.cadet_id).collect();
    ids.sort_unstable();
    attendance_total::hold(change, &ids).await?;
    let day = sql!("SELECT id FROM training_days WHERE id = $1 FOR KEY SHARE");
    if change.one::<i32>(day, &[&day_id]).await?.is_none() {
        return Err(not_found("Training day not found"));
    }
    let present = match strategy {
        Strategy::Update => Present::Changed,
        Strategy::Fill => Present::Filled,
        Strategy::Skip | Strategy::Error => Present::Stay,
    };
    let written = record_list(change, entries, present).await?;
    let effect = |created| if created { Effect::Created } else { Effect::Updated };
    Ok(written.iter().map(|record| (record.cadet_id, effect(record.created))).collect())
}

/// The numbers of one entry, as a reconciliation shows them.
pub(super) fn matched(cadet_id: i32, one: &Listed) -> Value {
    let duration = one
        .time_in
        .as_deref()
        .and_then(times::minutes)
        .zip(one.time_out.as_deref().and_then(times::minutes))
        .map(|(from, to)| to - from)
        .filter(|minutes| *minutes >= 0);
    json!({
        "cadet_id": cadet_id,
        "pdf_name": one.named.name,
        "pdf_username": one.named.username,
        "pdf_email": one.named.email,
        "status": one.says.status(),
        "time_in": one.time_in,
        "time_out": one.time_out,
        "duration_min": duration,
    })
}

/// Reads a list for [`reconcile`].
pub(super) async fn listed_in(
    app: &App,
    change: &mut Change,
    file: shared::http::UploadedFile,
    day_id: i32,
) -> Result<Vec<Listed>> {
    let input = Input::read(app, &plan(day_id)?, &[file]).await?;
    people(input.contents(), day_date(change, day_id).await?)
}
