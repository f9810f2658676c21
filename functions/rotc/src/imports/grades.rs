//! Importing scores (rules.md 9.5).

use std::collections::HashSet;

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
        merge::{Gathered, Strategy},
        preview,
        report::{Counts, Preview, shortened},
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
use crate::{access::Admin, grades::attendance_total};

static GRADE: [Field; 5] = [
    Field::new("prelim", &["prelim", "prelim_score", "prelims"]),
    Field::new("midterm", &["midterm", "midterm_score", "midterms"]),
    Field::new("final", &["final", "final_score", "finals"]),
    Field::new("attendance", &["attendance_present", "present"]),
    Field::new("status", &["status", "grade_status"]),
];

/// What a list of scores says in every row.
pub const REQUIRED: &[Requirement] = &[
    WHO,
    Requirement {
        says: "any score or status",
        fields: &["prelim", "midterm", "final", "status", "attendance"],
    },
];

/// The columns of a list of scores.
pub static COLUMNS: &[&[Field]] = &[&PERSON, &GRADE];

/// What registrars write for the statuses that take the place of a grade, without case and punctuation.
const STATUSES: &[(&str, &[&str])] = &[
    ("active", &["active", "enrolled", "ongoing"]),
    ("INC", &["inc", "incomplete"]),
    ("DO", &["do", "drp", "drop", "dropped", "dr", "withdrawn", "w", "wd"]),
    ("T", &["t", "deferred", "transferred", "def"]),
];

/// A row of scores as the file has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScoreRow {
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
    prelim: String,
    midterm: String,
    #[serde(rename = "final")]
    final_: String,
    attendance: String,
    status: String,
}

/// What came of an import of scores.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ImportedGrades {
    /// One sentence.
    pub message: String,
    /// Cadets found.
    pub updated: usize,
    /// Rows without a cadet.
    pub skipped: usize,
    /// How many rows became what, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// What is wrong with rows, at most ten.
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

/// Check a list of scores
///
/// Nothing is written.
#[utoipa::path(post, path = "/api/integration/grades/validate", tag = "imports",
    request_body(content = ImportFiles, content_type = "multipart/form-data"),
    responses((status = 200, body = Checked<ScoreRow>)))]
pub async fn check_grades(
    Admin(admin): Admin,
    State(app): State<App>,
    form: FormData,
) -> Result<Json<Checked<ScoreRow>>> {
    let files = files(form, MOST_FILES)?;
    let input = Input::read(&app, &ListOptions::default().plan(Kind::Grades)?, &files).await?;
    let rows = read(input.contents());
    let report = preview(&app, &admin, input).await?;
    let valid = |row: &ScoreRow| row.person().is_named() && row.has_score();
    Ok(Json(Checked::of(rows, valid, [report.errors, report.warnings].concat())))
}

/// Import scores
///
/// Excel, CSV or JSON, up to five files. Scores are brought into 0 to 100; empty cells change nothing. The attendance is
/// counted from the records, whatever the file says.
#[utoipa::path(post, path = "/api/integration/grades/import", tag = "imports", params(ListOptions),
    request_body(content = ImportFiles, content_type = "multipart/form-data"),
    responses((status = 200, body = ImportedGrades), (status = 202, body = ImportedGrades)))]
pub async fn import_grades(
    Admin(admin): Admin,
    State(app): State<App>,
    Query(options): Query<ListOptions>,
    form: FormData,
) -> Result<Answer<ImportedGrades>> {
    let mode = options.mode(&form)?;
    let files = files(form, MOST_FILES)?;
    Ok(answer(run(&app, &admin, &options.plan(Kind::Grades)?, &files, mode).await?))
}

fn answer(ran: Ran<i32>) -> Answer<ImportedGrades> {
    let told = ran.told(|_| "Grades import completed".to_owned());
    let counts = told.counts();
    let imported = ImportedGrades {
        message: told.message,
        updated: told.report.people(),
        skipped: told.report.total - told.report.taken(),
        counts,
        errors: told.report.shown_with_warnings(),
        task_id: told.task_id,
        status: told.status,
        total_records: told.total_records,
        preview: told.preview,
    };
    Answer(told.code, imported)
}

impl ScoreRow {
    fn of(row: &Row, people: &Columns<6>, grades: &Columns<5>) -> Self {
        let Person { student_id, email, username, first, last } = Person::of(row, people);
        let [prelim, midterm, final_, attendance, status] = grades.texts(row);
        Self {
            number: row.number,
            problem: row.problem.clone(),
            student_id,
            email,
            username,
            first,
            last,
            prelim,
            midterm,
            final_,
            attendance,
            status,
        }
    }

    fn person(&self) -> Person {
        let Self { student_id, email, username, first, last, .. } = self.clone();
        Person { student_id, email, username, first, last }
    }

    fn scores(&self) -> [&String; 3] {
        [&self.prelim, &self.midterm, &self.final_]
    }

    fn has_score(&self) -> bool {
        self.scores().iter().any(|text| parsed(text).is_some())
    }
}

fn read(contents: &[Contents]) -> Vec<ScoreRow> {
    let mut rows = Vec::new();
    for table in tables(contents) {
        let (people, grades) = (Columns::find(table, &PERSON), Columns::find(table, &GRADE));
        rows.extend(table.rows.iter().map(|row| ScoreRow::of(row, &people, &grades)));
    }
    rows
}

/// The scores of one cadet.
#[derive(Clone, Debug, Default)]
struct Scores {
    scores: [Option<f64>; 3],
    status: Option<String>,
}

/// Writes what the lists say.
pub async fn apply(
    change: &mut Change,
    strategy: Strategy,
    contents: &[Contents],
    report: &mut Report,
) -> Result<()> {
    let rows = read(contents);
    let people: Vec<Person> = rows.iter().map(ScoreRow::person).collect();
    let found = Found::all(change, &people).await?;
    let mut wanted: Gathered<i32, (i32, Scores)> = Gathered::default();
    let mut sources = Vec::new();
    for (row, person) in rows.iter().zip(&people) {
        let who = person.who();
        let read = scores(row, report).map_err(|why| person.blamed(&why));
        match read.and_then(|scores| Ok((found.named(person)?, scores))) {
            Ok((_, scores)) if scores.is_empty() => {
                report.count(row.number, &who, Effect::Skipped, Vec::new());
                report.warn(row.number, format!("Row {}: {who}: it has no score and no status", row.number));
            }
            Ok((cadet_id, scores)) => {
                let (entry, is_first) = wanted.entry(cadet_id, || (cadet_id, Scores::default()));
                if entry.1.contradicts(&scores) {
                    let why = "an earlier row says other scores of this cadet, this one counts";
                    report.warn(row.number, format!("Row {}: {who}: {why}", row.number));
                }
                entry.1.take(scores);
                sources.push((row.number, who, cadet_id, is_first));
            }
            Err(why) => report.fail(row.number, &who, format!("Row {}: {why}", row.number)),
        }
    }
    let Stored { changed, kept } = store(change, strategy, &wanted.into_records()).await?;
    for (number, who, cadet_id, is_first) in sources {
        match (kept.contains(&cadet_id), changed.contains(&cadet_id)) {
            (true, _) if strategy == Strategy::Error => {
                report.fail(number, &who, format!("Row {number}: {who}: has scores already"));
            }
            (true, _) => report.count(number, &who, Effect::Skipped, Vec::new()),
            (false, _) if !is_first => report.repeat(number, &who),
            (false, true) => report.count(number, &who, Effect::Updated, Vec::new()),
            (false, false) => report.count(number, &who, Effect::Unchanged, Vec::new()),
        }
    }
    report.updated_ids = changed;
    Ok(())
}

fn scores(row: &ScoreRow, report: &mut Report) -> Result<Scores, String> {
    if let Some(problem) = &row.problem {
        return Err(problem.clone());
    }
    let status = status(&row.status)?;
    let mut read = Scores { status, ..Scores::default() };
    let (mut wrong, mut doubtful) = (Vec::new(), Vec::new());
    for (field, (score, text)) in GRADE.iter().zip(read.scores.iter_mut().zip(row.scores())) {
        let (name, said) = (field.name, shortened(text, 40));
        *score = parsed(text);
        match number(text) {
            None if !text.is_empty() => wrong.push(format!("the {name} score \"{said}\" is no number")),
            Some(number) if !(0.0..=100.0).contains(&number) => {
                let stored = number.clamp(0.0, 100.0);
                doubtful
                    .push(format!("the {name} score {said} is not between 0 and 100, {stored} was taken"));
            }
            Some(number) if number > 0.0 && number < 1.0 => {
                doubtful.push(format!(
                    "the {name} score is {said} of 100; if {said} is a part of 1, please enter percent"
                ));
            }
            _ => {}
        }
    }
    if !wrong.is_empty() && !row.has_score() && row.status.is_empty() {
        return Err(wrong.join(", "));
    }
    // Legacy: what is no number counts as not sent.
    for why in wrong.into_iter().chain(doubtful) {
        report.warn(row.number, format!("Row {}: {}", row.number, row.person().blamed(&why)));
    }
    Ok(read)
}

/// The status that a cell means; an empty one changes nothing.
fn status(text: &str) -> Result<Option<String>, String> {
    let word: String =
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if word.is_empty() {
        return Ok(None);
    }
    let known = STATUSES.iter().find(|(_, words)| words.contains(&word.as_str()));
    let known = known.map(|(status, _)| Some((*status).to_owned()));
    known.ok_or_else(|| {
        format!(
            "the status \"{}\" is not known; a status is active, INC (incomplete), DO (dropped) or T (deferred)",
            shortened(text, 40)
        )
    })
}

/// A score between 0 and 100.
fn parsed(text: &str) -> Option<f64> {
    number(text).map(|number| number.clamp(0.0, 100.0))
}

impl Scores {
    fn is_empty(&self) -> bool {
        self.status.is_none() && self.scores.iter().all(Option::is_none)
    }

    /// Whether a later row of the same cadet says something else.
    fn contradicts(&self, later: &Self) -> bool {
        let differ =
            |(one, other): (&Option<f64>, &Option<f64>)| one.is_some() && other.is_some() && one != other;
        self.scores.iter().zip(&later.scores).any(differ)
            || (self.status.is_some() && later.status.is_some() && self.status != later.status)
    }

    fn take(&mut self, later: Self) {
        for (score, later) in self.scores.iter_mut().zip(later.scores) {
            *score = later.or(*score);
        }
        self.status = later.status.or(self.status.take());
    }
}

/// What became of the scores of cadets.
struct Stored {
    /// Who has got others.
    changed: Vec<i32>,
    /// Whose scores were there and stay.
    kept: HashSet<i32>,
}

async fn store(change: &mut Change, strategy: Strategy, wanted: &[(i32, Scores)]) -> Result<Stored> {
    let mut ids: Vec<i32> = wanted.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    attendance_total::hold(change, &ids).await?;
    let kept = match strategy {
        Strategy::Skip | Strategy::Error => graded(change, &ids).await?,
        Strategy::Update | Strategy::Fill => HashSet::new(),
    };
    let wanted: Vec<&(i32, Scores)> = wanted.iter().filter(|(id, _)| !kept.contains(id)).collect();
    // A score of 0 counts as none for those who only fill what is missing: so the column begins.
    let update = sql!(
        "UPDATE grades AS old
         SET prelim_score = new.prelim, midterm_score = new.midterm, final_score = new.final, status = new.status
         FROM (SELECT cadet_id,
                      CASE WHEN $6 AND prelim_score > 0 THEN prelim_score ELSE coalesce(prelim, prelim_score) END
                      AS prelim,
                      CASE WHEN $6 AND midterm_score > 0 THEN midterm_score ELSE coalesce(midterm, midterm_score) END
                      AS midterm,
                      CASE WHEN $6 AND final_score > 0 THEN final_score ELSE coalesce(final, final_score) END AS final,
                      CASE WHEN $6 AND grades.status <> '' THEN grades.status
                           ELSE coalesce(list.status, grades.status, 'active') END AS status
               FROM unnest($1::int[], $2::float8[], $3::float8[], $4::float8[], $5::text[])
                    AS list (cadet_id, prelim, midterm, final, status)
               JOIN grades USING (cadet_id)) AS new
         WHERE old.cadet_id = new.cadet_id
           AND (new.prelim, new.midterm, new.final, new.status)
               IS DISTINCT FROM (old.prelim_score, old.midterm_score, old.final_score, old.status)
         RETURNING old.cadet_id"
    );
    let cadets: Vec<i32> = wanted.iter().map(|(id, _)| *id).collect();
    let score = |at: usize| wanted.iter().map(|(_, new)| new.scores[at]).collect::<Vec<Option<f64>>>();
    let (prelim, midterm, last) = (score(0), score(1), score(2));
    let status: Vec<&Option<String>> = wanted.iter().map(|(_, new)| &new.status).collect();
    let fill = strategy == Strategy::Fill;
    let rows: Vec<i32> = change.all(update, &[&cadets, &prelim, &midterm, &last, &status, &fill]).await?;
    attendance_total::recount(change, &ids).await?;
    Ok(Stored { changed: rows.into_iter().collect(), kept })
}

/// Those of these cadets who have been graded. Every cadet has a row, which begins with zeros.
async fn graded(change: &mut Change, ids: &[i32]) -> Result<HashSet<i32>> {
    let find = sql!(
        "SELECT cadet_id FROM grades
         WHERE cadet_id = ANY($1)
           AND (prelim_score > 0 OR midterm_score > 0 OR final_score > 0 OR status NOT IN ('', 'active'))"
    );
    let rows: Vec<i32> = change.all(find, &[&ids]).await?;
    Ok(rows.into_iter().collect())
}
