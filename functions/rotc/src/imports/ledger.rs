//! Importing merits and demerits (rules.md 9.6). Every import adds its points: the same file twice within a few minutes is
//! refused ([`shared::imports::Repeats`]).

use axum::extract::State;
use documents::read::Row;
use serde::Serialize;
use shared::{
    App, Result,
    db::Change,
    http::{FormData, Json, Query},
    imports::{
        Columns, Contents, Effect, Field, Input, Ran, Requirement,
        form::{Checked, ImportFiles, files},
        preview,
        report::{Counts, Preview},
        run,
        source::tables,
        values::number,
    },
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Answer,
    people::{Found, PERSON, Person, WHO},
    plan::{Kind, ListOptions, MOST_FILES, Report},
};
use crate::{
    access::{Admin, User},
    grades::{
        attendance_total,
        ledger::{EntryKind, issuer_name},
    },
};

static ENTRY: [Field; 3] = [
    Field::new("type", &["type", "record_type"]).raw(),
    Field::new("points", &["points", "score"]).raw(),
    Field::new("reason", &["reason", "remarks", "note"]).raw(),
];

/// The columns of a ledger.
pub static COLUMNS: &[&[Field]] = &[&PERSON, &ENTRY];

/// What a list of points says in every row.
pub const REQUIRED: &[Requirement] = &[
    WHO,
    Requirement { says: "whether points are merits or demerits", fields: &["type"] },
    Requirement { says: "how many points are given", fields: &["points"] },
];

/// Points of one entry at most.
const MOST_POINTS: i32 = 10_000;

/// Characters of a reason at most.
const LONGEST_REASON: usize = 5_000;

/// A row of the ledger as the file has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LedgerRow {
    #[serde(skip)]
    number: usize,
    #[serde(skip)]
    problem: Option<String>,
    #[serde(rename = "studentId")]
    student_id: String,
    email: String,
    username: String,
    first: String,
    last: String,
    #[serde(rename = "type")]
    kind: String,
    points: String,
    reason: String,
}

/// What came of an import of the ledger.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ImportedLedger {
    /// One sentence.
    pub message: String,
    /// New entries.
    pub inserted: usize,
    /// Entries whose points were added to the totals.
    #[serde(rename = "updatedGrades")]
    pub updated_grades: usize,
    /// Rows that are wrong.
    pub skipped: usize,
    /// How many rows became what, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// What is wrong with them, at most ten.
    pub errors: Vec<String>,
    /// The import.
    pub task_id: Option<Uuid>,
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

/// Check a list of merits and demerits
///
/// Nothing is written.
#[utoipa::path(post, path = "/api/integration/ledger/validate", tag = "imports",
    request_body(content = ImportFiles, content_type = "multipart/form-data"),
    responses((status = 200, body = Checked<LedgerRow>)))]
pub async fn check_ledger(
    Admin(admin): Admin,
    State(app): State<App>,
    form: FormData,
) -> Result<Json<Checked<LedgerRow>>> {
    let files = files(form, MOST_FILES)?;
    let input = Input::read(&app, &ListOptions::default().plan(Kind::Ledger)?, &files).await?;
    let rows = read(input.contents());
    let report = preview(&app, &admin, input).await?;
    let valid = |row: &LedgerRow| row.person().is_named() && row.entry().is_ok();
    Ok(Json(Checked::of(rows, valid, report.errors)))
}

/// Import merits and demerits
///
/// Excel, CSV or JSON, up to five files. Points are added to the totals. The same files by the same person within ten
/// minutes are refused (409), unless `again=true`.
#[utoipa::path(post, path = "/api/integration/ledger/import", tag = "imports", params(ListOptions),
    request_body(content = ImportFiles, content_type = "multipart/form-data"),
    responses((status = 200, body = ImportedLedger), (status = 202, body = ImportedLedger)))]
pub async fn import_ledger(
    Admin(admin): Admin,
    State(app): State<App>,
    Query(options): Query<ListOptions>,
    form: FormData,
) -> Result<Answer<ImportedLedger>> {
    let mode = options.mode(&form)?;
    let files = files(form, MOST_FILES)?;
    Ok(answer(run(&app, &admin, &options.plan(Kind::Ledger)?, &files, mode).await?))
}

fn answer(ran: Ran<i32>) -> Answer<ImportedLedger> {
    let told = ran.told(|_| "Ledger import completed".to_owned());
    let counts = told.counts();
    let imported = ImportedLedger {
        message: told.message,
        inserted: told.report.created,
        updated_grades: told.report.created,
        skipped: told.report.failed,
        counts,
        errors: told.report.shown(),
        task_id: told.task_id,
        status: told.status,
        total_records: told.total_records,
        preview: told.preview,
    };
    Answer(told.code, imported)
}

/// An entry that can be made.
struct Entry {
    kind: EntryKind,
    points: i32,
    reason: String,
}

impl LedgerRow {
    fn person(&self) -> Person {
        let Self { student_id, email, username, first, last, .. } = self.clone();
        Person { student_id, email, username, first, last }
    }

    fn entry(&self) -> Result<Entry, String> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        let kind = [EntryKind::Merit, EntryKind::Demerit]
            .into_iter()
            .find(|kind| kind.as_str() == self.kind.to_lowercase())
            .ok_or("the type must be merit or demerit")?;
        let points = number(&self.points).filter(|points| points.fract() == 0.0);
        let points = points
            .filter(|points| (1.0..=f64::from(MOST_POINTS)).contains(points))
            .ok_or_else(|| format!("the points must be a whole number from 1 to {MOST_POINTS}"))?;
        if self.reason.chars().count() > LONGEST_REASON {
            return Err("the reason is too long".to_owned());
        }
        let default = match kind {
            EntryKind::Merit => "Imported Merit",
            EntryKind::Demerit => "Imported Demerit",
        };
        let reason = if self.reason.is_empty() { default.to_owned() } else { self.reason.clone() };
        Ok(Entry { kind, points: points as i32, reason })
    }
}

fn read(contents: &[Contents]) -> Vec<LedgerRow> {
    let mut rows = Vec::new();
    for table in tables(contents) {
        let (people, entries) = (Columns::find(table, &PERSON), Columns::find(table, &ENTRY));
        rows.extend(table.rows.iter().map(|row| ledger_row(row, &people, &entries)));
    }
    rows
}

fn ledger_row(row: &Row, people: &Columns<6>, entries: &Columns<3>) -> LedgerRow {
    let Person { student_id, email, username, first, last } = Person::of(row, people);
    let [kind, points, reason] = entries.texts(row);
    let (number, problem) = (row.number, row.problem.clone());
    LedgerRow { number, problem, student_id, email, username, first, last, kind, points, reason }
}

/// Writes what the lists say: the entries and the totals that follow them.
pub async fn apply(
    change: &mut Change,
    app: &App,
    user: &User,
    contents: &[Contents],
    report: &mut Report,
) -> Result<()> {
    let rows = read(contents);
    let people: Vec<Person> = rows.iter().map(LedgerRow::person).collect();
    let found = Found::all(change, &people).await?;
    let mut entries: Vec<(i32, Entry)> = Vec::new();
    for (row, person) in rows.iter().zip(&people) {
        let who = person.who();
        let entry = row.entry().map_err(|why| person.blamed(&why));
        match entry.and_then(|entry| Ok((found.named(person)?, entry))) {
            Ok(entry) => {
                report.count(row.number, &who, Effect::Created, Vec::new());
                entries.push(entry);
            }
            Err(why) => report.fail(row.number, &who, format!("Row {}: {why}", row.number)),
        }
    }
    report.created_ids = store(change, app, user, &entries).await?;
    Ok(())
}

async fn store(change: &mut Change, app: &App, user: &User, entries: &[(i32, Entry)]) -> Result<Vec<i32>> {
    let cadets: Vec<i32> = entries.iter().map(|(cadet_id, _)| *cadet_id).collect();
    let mut ids = cadets.clone();
    ids.sort_unstable();
    ids.dedup();
    // First the rows: they start with the sums of the ledger, which must not have the new entries yet.
    attendance_total::ensure(change, &ids).await?;
    attendance_total::lock(change, &ids).await?;
    let kinds: Vec<&str> = entries.iter().map(|(_, entry)| entry.kind.as_str()).collect();
    let points: Vec<i32> = entries.iter().map(|(_, entry)| entry.points).collect();
    let reasons: Vec<&str> = entries.iter().map(|(_, entry)| entry.reason.as_str()).collect();
    let add = sql!(
        "UPDATE grades SET merit_points = coalesce(merit_points, 0) + new.merit,
                demerit_points = coalesce(demerit_points, 0) + new.demerit,
                lifetime_merit_points = coalesce(lifetime_merit_points, 0) + new.merit
         FROM (SELECT cadet_id, coalesce(sum(points) FILTER (WHERE kind = 'merit'), 0)::int AS merit,
                      coalesce(sum(points) FILTER (WHERE kind = 'demerit'), 0)::int AS demerit
               FROM unnest($1::int[], $2::text[], $3::int[]) AS entry (cadet_id, kind, points)
               GROUP BY cadet_id) AS new
         WHERE grades.cadet_id = new.cadet_id"
    );
    change.execute(add, &[&cadets, &kinds, &points]).await?;
    let issuer = issuer_name(change, user).await?;
    let insert = sql!(
        "INSERT INTO merit_demerit_logs
                (cadet_id, type, points, reason, date_recorded, issued_by_user_id, issued_by_name)
         SELECT new.cadet_id, new.kind, new.points, new.reason, $5, $6, $7
         FROM unnest($1::int[], $2::text[], $3::int[], $4::text[])
              WITH ORDINALITY AS new (cadet_id, kind, points, reason, place)
         ORDER BY new.place
         RETURNING id"
    );
    let now = app.clock.now().naive_utc();
    change.all(insert, &[&cadets, &kinds, &points, &reasons, &now, &user.id, &issuer]).await
}
