//! How an import runs: at once, in the background, or as a preview.
//!
//! One transaction writes everything that a file says, so that nobody ever sees half of it: rows that are wrong are left
//! out and reported, but when the database fails or the process dies nothing is kept. A preview is the same transaction,
//! undone. The import itself is a row of `muster.jobs` whether it ran at once or not, which keeps the report.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use shared::{
    App, Result,
    db::Change,
    error::{conflict, invalid},
    files::StoredFile,
    http::UploadedFile,
    jobs::Job,
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Answer, attendance, cadets, grades, ledger, lists,
    report::{Imported, Report},
    rotcmis,
    source::{self, Accepts, Contents},
    staff,
};
use crate::{
    access::{Role, User},
    audit,
    jobs::import_file::{ImportFile, KeptFile},
};

/// Rows from which on an import goes on in the background.
const MANY_ROWS: usize = 2_000;

/// Bytes from which on it does.
const MANY_BYTES: usize = 5 * 1024 * 1024;

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

impl Kind {
    /// The word in the audit log.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Cadets | Self::RotcmisCadets => "cadets",
            Self::Staff => "training_staff",
            Self::Attendance | Self::RotcmisAttendance => "attendance_records",
            Self::Grades => "grades",
            Self::Ledger => "merit_demerit_logs",
        }
    }

    const fn accepts(self) -> Accepts {
        match self {
            Self::Cadets => cadets::ACCEPTS,
            Self::Staff => staff::ACCEPTS,
            Self::Attendance => attendance::ACCEPTS,
            Self::Grades | Self::Ledger | Self::RotcmisCadets | Self::RotcmisAttendance => lists::ACCEPTS,
        }
    }
}

/// What happens to records that are there already. No strategy blanks a value: empty cells say nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// They take over what the file says.
    #[default]
    #[serde(alias = "overwrite", alias = "merge")]
    Update,
    /// They take over only what they do not have yet.
    Fill,
    /// They stay as they are.
    #[serde(alias = "skip-duplicates")]
    Skip,
    /// Their rows are wrong.
    Error,
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
    fn check(self) -> Result<()> {
        match (self.kind, self.strategy) {
            (Kind::Ledger, Strategy::Fill | Strategy::Skip | Strategy::Error) => Err(invalid(
                "bad_strategy",
                "Entries of a ledger are always added, so the only strategy possible for it is update.",
            )),
            _ => Ok(()),
        }
    }
}

/// What an import says: everything that a transaction then writes.
pub struct Input {
    plan: Plan,
    contents: Vec<Contents>,
}

impl Input {
    /// Reads the files of an import.
    pub async fn read(app: &App, plan: Plan, files: &[UploadedFile]) -> Result<Self> {
        plan.check()?;
        let mut contents = Vec::with_capacity(files.len());
        for file in files {
            contents.push(source::read(app, file, plan.kind.accepts()).await?);
        }
        if plan.kind == Kind::Cadets {
            cadets::check(&contents)?;
        }
        Ok(Self { plan, contents })
    }

    /// What the files hold.
    pub fn contents(&self) -> &[Contents] {
        &self.contents
    }

    /// Rows or lines.
    pub fn total(&self) -> usize {
        self.contents.iter().map(Contents::total).sum()
    }

    /// Writes it all in this change, and tells what came of it.
    pub async fn apply(self, change: &mut Change, app: &App, user: &User) -> Result<Report> {
        let Self { plan, contents } = self;
        match plan.kind {
            Kind::Cadets | Kind::RotcmisCadets => cadets::apply(change, app, user, plan, &contents).await,
            Kind::Staff => staff::apply(change, app, plan.strategy, &contents).await,
            Kind::Attendance => attendance::apply(change, plan, contents).await,
            Kind::Grades => grades::apply(change, plan.strategy, &contents).await,
            Kind::Ledger => ledger::apply(change, app, user, &contents).await,
            Kind::RotcmisAttendance => rotcmis::apply(change, app, plan.strategy, &contents).await,
        }
    }
}

/// What was done with an import.
pub enum Ran {
    /// It is done; the id leads to its report.
    Done(Report, Uuid),
    /// It goes on in the background, with so many rows.
    Queued(Uuid, usize),
    /// It was only looked at.
    Previewed(Report),
}

/// Whether an import is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    /// Nothing is written; the answer tells what would be.
    pub preview: bool,
    /// It goes on in the background however small it is.
    pub background: bool,
    /// A ledger that was imported a moment ago is imported again.
    pub again: bool,
}

/// Imports files: small ones at once, large ones in the background.
pub async fn run(app: &App, user: &User, plan: Plan, files: &[UploadedFile], mode: Mode) -> Result<Ran> {
    let input = Input::read(app, plan, files).await?;
    if mode.preview {
        return Ok(Ran::Previewed(preview(app, user, input).await?));
    }
    let bytes: usize = files.iter().map(|file| file.body.len()).sum();
    let total = input.total();
    if mode.background || total > MANY_ROWS || bytes > MANY_BYTES {
        return queue(app, user, plan, files, (total, mode)).await;
    }
    let digest = digest(files);
    let mut change = app.db.change(&user.actor()).await?;
    refuse_repeat(&mut change, app, user, plan, &digest, mode).await?;
    let report = input.apply(&mut change, app, user).await?;
    note(&mut change, user, plan.kind, &report).await?;
    let payload = json!({ "plan": plan, "user_id": user.id, "digest": digest, "files": [], "total": total });
    let insert = sql!(
        "INSERT INTO muster.jobs (kind, queue, payload, status, result, created_by, finished_at)
         VALUES ($1, 'import', $2, 'done', $3, $4::int::text, $5) RETURNING id"
    );
    let result = serde_json::to_value(&report)?;
    let id: Uuid =
        change.only(insert, &[&ImportFile::KIND, &payload, &result, &user.id, &app.clock.now()]).await?;
    change.commit().await?;
    Ok(Ran::Done(report, id))
}

/// What an import would do. Everything is written and undone again.
pub async fn preview(app: &App, user: &User, input: Input) -> Result<Report> {
    let mut change = app.db.change(&user.actor()).await?;
    input.apply(&mut change, app, user).await
}

/// Stores the files where nobody fetches them, and starts the job that imports them.
async fn queue(
    app: &App,
    user: &User,
    plan: Plan,
    files: &[UploadedFile],
    (total, mode): (usize, Mode),
) -> Result<Ran> {
    let (place, digest) = (app.ids.uuid(), digest(files));
    let mut kept = Vec::with_capacity(files.len());
    for (at, file) in files.iter().enumerate() {
        let place = format!("imports/{place}-{at}");
        let stored =
            StoredFile { body: file.body.clone(), content_type: "application/octet-stream".to_owned() };
        app.files.vault().put_file(&place, stored).await?;
        kept.push(KeptFile { name: file.name.clone(), place });
    }
    let job = ImportFile { plan, user_id: user.id, digest, files: kept, total };
    let started = start(app, user, &job, mode).await;
    if started.is_err() {
        job.discard(app).await;
    }
    Ok(Ran::Queued(started?, total))
}

async fn start(app: &App, user: &User, job: &ImportFile, mode: Mode) -> Result<Uuid> {
    let mut change = app.db.change(&user.actor()).await?;
    refuse_repeat(&mut change, app, user, job.plan, &job.digest, mode).await?;
    let id = change.start(job).await?;
    change.commit().await?;
    Ok(id)
}

/// Minutes within which the same ledger by the same person is a request that arrived twice: every import of it adds its
/// points once more. All other imports change nothing the second time.
const SAME_LEDGER_MINUTES: i64 = 10;

async fn refuse_repeat(
    change: &mut Change,
    app: &App,
    user: &User,
    plan: Plan,
    digest: &str,
    mode: Mode,
) -> Result<()> {
    if plan.kind != Kind::Ledger {
        return Ok(());
    }
    // One after the other, so that the second of two at the same moment sees the first.
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext('import of the ledger'))"), &[]).await?;
    if mode.again {
        return Ok(());
    }
    let find = sql!(
        "SELECT EXISTS (SELECT FROM muster.jobs
                        WHERE kind = $1 AND payload #>> '{plan,kind}' = 'ledger'
                          AND payload ->> 'digest' = $2 AND (payload ->> 'user_id')::int = $3
                          AND (status IN ('queued', 'running') OR (status = 'done' AND finished_at > $4)))"
    );
    let since = app.clock.now() - chrono::TimeDelta::minutes(SAME_LEDGER_MINUTES);
    if change.only::<bool>(find, &[&ImportFile::KIND, &digest, &user.id, &since]).await? {
        return Err(conflict(
            "imported_already",
            "This ledger was imported a few minutes ago, its points are already counted. To add them again, wait ten minutes or send `again=true`.",
        ));
    }
    Ok(())
}

/// One audit row for the whole import; those of the records are written by the triggers.
pub async fn note(change: &mut Change, user: &User, kind: Kind, report: &Report) -> Result<()> {
    let Report { total, created, updated, unchanged, skipped, failed, .. } = report;
    let numbers = json!({
        "total": total, "created": created, "updated": updated, "unchanged": unchanged,
        "skipped": skipped, "failed": failed,
    });
    audit::record(change, "IMPORT", kind.table(), None, Some(user.id), numbers).await
}

fn digest(files: &[UploadedFile]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        hash.update((file.body.len() as u64).to_le_bytes());
        hash.update(&file.body);
    }
    hex::encode(hash.finalize())
}

/// The answer of a client route; `sentence` says the numbers of an import that is done.
pub fn answer(ran: Ran, sentence: impl FnOnce(&Report) -> String) -> Answer<Imported> {
    match ran {
        Ran::Done(report, id) => Answer::done(Imported {
            message: sentence(&report),
            errors: report.shown(),
            warnings: report.shown_warnings(),
            task_id: report.has_remarks().then_some(id),
            report: report.has_remarks().then(|| format!("/api/import/{id}/errors")),
            ..Imported::default()
        }),
        Ran::Queued(id, total) => Answer::queued(Imported {
            message: in_background(total),
            task_id: Some(id),
            status: Some("processing"),
            total_records: Some(total),
            report: Some(format!("/api/import/{id}/errors")),
            ..Imported::default()
        }),
        Ran::Previewed(report) => Answer::done(Imported {
            message: format!("{PREVIEWED} {}", sentence(&report)),
            errors: report.shown(),
            preview: Some(report.into()),
            ..Imported::default()
        }),
    }
}

/// What is said of an import that was only looked at.
pub const PREVIEWED: &str = "Preview, nothing is written.";

/// What is said of an import that goes on in the background.
pub fn in_background(total: usize) -> String {
    format!(
        "The file has {total} rows and is imported in the background. Please reload the list in a minute."
    )
}

/// Whether this person's list may change what others have entered.
pub fn may_overwrite(user: &User) -> bool {
    user.role == Role::Admin
}
