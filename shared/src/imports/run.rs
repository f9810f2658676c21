//! How an import runs: at once, in the background, or as a preview, which is the same transaction undone.
//!
//! The import is a row of `muster.jobs` whether it ran at once or not, which keeps the report.

use chrono::TimeDelta;
use http::StatusCode;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    BadRows, Contents, Import, Report,
    job::{ImportFile, StoredUpload},
    prepare::{self, Prepared},
    report::{Counts, Preview},
    source::{self, tables},
};
use crate::{
    App, Result,
    auth::principal::Principal,
    db::{Change, Param},
    error::{conflict, invalid},
    files::StoredFile,
    http::UploadedFile,
    sql,
};

/// Rows from which on an import runs in the background.
const MANY_ROWS: usize = 2_000;

/// What is said of a list without rows.
const EMPTY: &str = "The file has no rows, nothing was imported.";

/// Bytes from which on it does.
const MANY_BYTES: usize = 5 * 1024 * 1024;

/// How an import is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    /// Nothing is written; the report tells what would be.
    pub preview: bool,
    /// It runs in the background however small it is.
    pub background: bool,
    /// It is imported even if the same file was a moment ago ([`Import::repeats`]).
    pub again: bool,
}

/// What was done with an import.
#[derive(Clone, Debug)]
pub enum Ran<K> {
    /// It is done; the id is that of its stored report.
    Done(Report<K>, Uuid),
    /// It is queued as this job, with so many rows.
    Queued(Uuid, usize),
    /// It was undone.
    Previewed(Report<K>),
}

/// The files of an import, read and ready to be written.
pub struct Input<I> {
    import: I,
    contents: Vec<Contents>,
    prepared: Prepared,
}

impl<I: Import> Input<I> {
    /// Reads the files. 400 with a sentence for a file that is not accepted, is damaged or lacks what it must hold.
    pub async fn read(app: &App, import: &I, files: &[UploadedFile]) -> Result<Self> {
        let fields: Vec<_> = import.fields().iter().copied().flatten().collect();
        let (mut contents, mut prepared) = (Vec::with_capacity(files.len()), Prepared::default());
        for file in files {
            let mut read = source::read(app, file, import.accepts()).await?;
            prepare::prepare(&mut read, &fields, import.required(), &mut prepared)?;
            contents.push(read);
        }
        import.check(&contents)?;
        Ok(Self { import: import.clone(), contents, prepared })
    }

    /// What the files hold.
    pub fn contents(&self) -> &[Contents] {
        &self.contents
    }

    /// Rows or lines.
    pub fn total(&self) -> usize {
        self.contents.iter().map(Contents::total).sum::<usize>() + self.prepared.left_out.len()
    }

    /// Writes it all in this change, and tells what came of it.
    pub async fn apply(self, change: &mut Change, app: &App, person: &I::Person) -> Result<Report<I::Id>> {
        let Prepared { columns, notes, left_out } = self.prepared;
        let mut report = Report { columns, notes, ..Report::default() };
        for row in tables(&self.contents).flat_map(|table| &table.rows) {
            row.warnings.iter().for_each(|why| report.warn(row.number, format!("Row {}: {why}", row.number)));
        }
        self.import.apply(change, app, person, &self.contents, &mut report).await?;
        report.close(&self.contents)?;
        report.leave_out(left_out);
        if report.total == 0 && tables(&self.contents).next().is_some() {
            report.notes.push(EMPTY.to_owned());
        }
        Ok(report)
    }
}

/// Imports files: small ones at once, large ones in the background.
pub async fn run<I: Import>(
    app: &App,
    person: &I::Person,
    import: &I,
    files: &[UploadedFile],
    mode: Mode,
) -> Result<Ran<I::Id>> {
    let input = Input::read(app, import, files).await?;
    if mode.preview {
        return Ok(Ran::Previewed(preview(app, person, input).await?));
    }
    let bytes: usize = files.iter().map(|file| file.body.len()).sum();
    let total = input.total();
    let user_id = person.actor().user.ok_or_else(|| crate::error::internal("an import by nobody"))?;
    let job = ImportFile { plan: import.clone(), user_id, digest: digest(files), files: Vec::new(), total };
    if mode.background || total > MANY_ROWS || bytes > MANY_BYTES {
        return queue(app, person, job, files, mode).await;
    }
    let mut change = app.db.change(&person.actor()).await?;
    refuse_repeat(&mut change, app, &job, mode).await?;
    let report = input.apply(&mut change, app, person).await?;
    if let Some(why) = refusal(import, &report) {
        return Err(invalid("bad_rows", why));
    }
    import.done(&mut change, person, &report, None).await?;
    let id = store_report(&mut change, app, &job, &report).await?;
    change.commit().await?;
    Ok(Ran::Done(report, id))
}

/// What an import would do. Everything is written and undone again.
pub async fn preview<I: Import>(app: &App, person: &I::Person, input: Input<I>) -> Result<Report<I::Id>> {
    let import = input.import.clone();
    let mut change = app.db.change(&person.actor()).await?;
    let mut report = input.apply(&mut change, app, person).await?;
    report.notes.extend(refusal(&import, &report));
    Ok(report)
}

/// Why nothing of a file may be kept, by the policy of its import.
pub(super) fn refusal<I: Import>(import: &I, report: &Report<I::Id>) -> Option<String> {
    (import.bad_rows() == BadRows::RefuseFile && report.failed > 0).then(|| {
        let Report { failed, total, .. } = report;
        format!("Nothing is imported: {failed} of {total} rows are wrong. {}", report.shown().join(" "))
    })
}

/// Keeps the report of an import that ran at once, as the finished job that it would have been.
async fn store_report<I: Import>(
    change: &mut Change,
    app: &App,
    job: &ImportFile<I>,
    report: &Report<I::Id>,
) -> Result<Uuid> {
    let insert = sql!(
        "INSERT INTO muster.jobs (kind, queue, payload, status, result, created_by, finished_at, scope)
         VALUES ($1, 'import', $2, 'done', $3, $4, $5, $6) RETURNING id"
    );
    let (payload, result, scope) =
        (serde_json::to_value(job)?, serde_json::to_value(report)?, change.scope().stored()?);
    let params: [Param<'_>; 6] = [&I::KIND, &payload, &result, &job.user_id, &app.clock.now(), &scope];
    change.only(insert, &params).await
}

/// Stores the files where nobody fetches them, and starts the job that imports them.
async fn queue<I: Import>(
    app: &App,
    person: &I::Person,
    mut job: ImportFile<I>,
    files: &[UploadedFile],
    mode: Mode,
) -> Result<Ran<I::Id>> {
    let batch = app.ids.uuid();
    for (index, file) in files.iter().enumerate() {
        let object_key = format!("imports/{batch}-{index}");
        let stored =
            StoredFile { body: file.body.clone(), content_type: "application/octet-stream".to_owned() };
        app.files.vault().put_file(&object_key, stored).await?;
        job.files.push(StoredUpload { name: file.name.clone(), object_key });
    }
    let started = start(app, person, &job, mode).await;
    if started.is_err() {
        job.discard(app).await;
    }
    Ok(Ran::Queued(started?, job.total))
}

async fn start<I: Import>(app: &App, person: &I::Person, job: &ImportFile<I>, mode: Mode) -> Result<Uuid> {
    let mut change = app.db.change(&person.actor()).await?;
    refuse_repeat(&mut change, app, job, mode).await?;
    let id = change.start(job).await?;
    change.commit().await?;
    Ok(id)
}

async fn refuse_repeat<I: Import>(
    change: &mut Change,
    app: &App,
    job: &ImportFile<I>,
    mode: Mode,
) -> Result<()> {
    let Some(repeats) = job.plan.repeats() else { return Ok(()) };
    // One after the other, so that the second of two at the same moment sees the first.
    let lock = sql!("SELECT pg_advisory_xact_lock(hashtext('import of ' || $1))");
    change.execute(lock, &[&job.digest]).await?;
    if mode.again {
        return Ok(());
    }
    let find = sql!(
        "SELECT EXISTS (SELECT FROM muster.jobs
                        WHERE kind = $1 AND payload -> 'plan' = $2 AND payload ->> 'digest' = $3
                          AND payload ->> 'user_id' = $4 AND scope IS NOT DISTINCT FROM $5
                          AND (status IN ('queued', 'running') OR (status = 'done' AND finished_at > $6)))"
    );
    let (plan, scope) = (serde_json::to_value(&job.plan)?, change.scope().stored()?);
    let since = app.clock.now() - TimeDelta::from_std(repeats.within)?;
    let params: [Param<'_>; 6] = [&I::KIND, &plan, &job.digest, &job.user_id, &scope, &since];
    match change.only::<bool>(find, &params).await? {
        true => Err(conflict("imported_already", repeats.refusal)),
        false => Ok(()),
    }
}

fn digest(files: &[UploadedFile]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        hash.update((file.body.len() as u64).to_le_bytes());
        hash.update(&file.body);
    }
    hex::encode(hash.finalize())
}

/// What is said of an import that was only looked at.
const PREVIEWED: &str = "Preview, nothing is written.";

/// The parts of a response about an import, whichever way it ran.
pub struct Told<K> {
    /// 200, or 202 for one in the background.
    pub code: StatusCode,
    /// One sentence.
    pub message: String,
    /// The job; none of a preview.
    pub task_id: Option<Uuid>,
    /// `processing` in the background.
    pub status: Option<&'static str>,
    /// Rows of one in the background.
    pub total_records: Option<usize>,
    /// What would be done, of a preview.
    pub preview: Option<Preview>,
    /// What came or would come of it; empty in the background.
    pub report: Report<K>,
}

impl<K> Told<K> {
    /// How many rows became what; nothing is known yet of an import in the background.
    pub fn counts(&self) -> Option<Counts> {
        self.status.is_none().then(|| self.report.counts())
    }
}

impl<K: Clone> Ran<K> {
    /// Tells it to whoever asked; `sentence` says the numbers of an import that is done.
    pub fn told(self, sentence: impl FnOnce(&Report<K>) -> String) -> Told<K> {
        let (task_id, total) = match &self {
            Self::Done(_, id) => (Some(*id), None),
            Self::Queued(id, total) => (Some(*id), Some(*total)),
            Self::Previewed(_) => (None, None),
        };
        let (message, preview, report) = match self {
            Self::Done(report, _) => (sentence(&report), None, report),
            Self::Queued(_, total) => (in_background(total), None, Report::default()),
            Self::Previewed(report) => (PREVIEWED.to_owned(), Some(Preview::from(&report)), report),
        };
        let (code, status) = match total {
            Some(_) => (StatusCode::ACCEPTED, Some("processing")),
            None => (StatusCode::OK, None),
        };
        Told { code, message, task_id, status, total_records: total, preview, report }
    }
}

fn in_background(total: usize) -> String {
    format!(
        "The file has {total} rows and is imported in the background. Please reload the list in a minute."
    )
}
