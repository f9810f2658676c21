//! Importing cadets: from a workbook, a CSV file or the text of a PDF, sent or fetched.

use axum::extract::State;
use serde::Deserialize;
use shared::{
    App, Error, Result,
    db::Change,
    error::{Kind as ErrorKind, gone, invalid, not_found},
    http::{FormData, Json, Query, lenient::filled},
    imports::{
        Accepts, Contents, Mode, Ran,
        form::{self, Flag, ImportForm, PreviewBody},
        link,
        merge::Strategy,
        run,
    },
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    Answer,
    plan::{ImportOptions, Imported, Kind, Plan, Report, imported, may_overwrite},
};
use crate::{
    access::{Staff, User},
    answer::Message,
    settings::keys::CADET_SOURCE,
};

mod existing;
mod fields;
mod merge;
mod rows;
mod write;

pub use fields::{COLUMNS, REQUIRED};

/// What a list of cadets may be.
pub const ACCEPTS: Accepts = Accepts {
    pdf: true,
    csv: true,
    ..Accepts::workbooks("Failed to process file: only Excel (.xlsx), CSV and PDF files are read")
};

/// A list that is shared somewhere.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct SharedList {
    /// The link.
    #[validate(length(max = 2000, message = "The link is too long."))]
    pub url: Option<String>,
    /// Only tell what would be done; it may stand in the query as well.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub preview: Flag,
}

/// Import cadets from a file
///
/// Excel, CSV or PDF. Cadets are found by student id, else user name, mail address or full name; new ones get an approved
/// account without a password. Empty cells change nothing. Wrong rows are left out and reported, all others are written
/// together. What is entered already is only overwritten by an admin; a list of the staff adds to it. More than 2,000 rows are
/// imported in the background (202).
#[utoipa::path(post, path = "/api/admin/import-cadets", tag = "imports", params(ImportOptions),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Imported), (status = 202, body = Imported)))]
pub async fn import_cadets(
    Staff(user): Staff,
    State(app): State<App>,
    Query(options): Query<ImportOptions>,
    mut form: FormData,
) -> Result<Answer<Imported>> {
    let file = form::file(&mut form)?;
    let mode = options.preview.mode(Flag::of_form(&form)?);
    let ran = run(&app, &user, &plan(&user, options)?, &[file], mode).await?;
    Ok(imported(ran, |report| sentence("Import", report)))
}

/// Import cadets from a link
///
/// A file shared on Google Drive, Dropbox, OneDrive or SharePoint. The link is kept for the next time.
#[utoipa::path(post, path = "/api/admin/import-cadets-url", tag = "imports", params(ImportOptions),
    request_body = SharedList, responses((status = 200, body = Imported), (status = 202, body = Imported)))]
pub async fn import_cadets_url(
    Staff(user): Staff,
    State(app): State<App>,
    Query(options): Query<ImportOptions>,
    Json(list): Json<SharedList>,
) -> Result<Answer<Imported>> {
    let url = filled(&list.url);
    let url = url.ok_or_else(|| invalid("no_url", "No URL provided"))?;
    let mode = options.preview.mode(list.preview);
    let ran = from_link(&app, &user, url, plan(&user, options)?, mode).await?;
    if !mode.preview {
        keep_link(&app, &user, url).await?;
    }
    Ok(imported(ran, |report| sentence("Import", report)))
}

/// Import cadets from the last link again
#[utoipa::path(post, path = "/api/admin/sync-cadets", tag = "imports", params(ImportOptions),
    request_body = Option<PreviewBody>,
    responses((status = 200, body = Imported), (status = 202, body = Imported)))]
pub async fn sync_cadets(
    Staff(user): Staff,
    State(app): State<App>,
    Query(options): Query<ImportOptions>,
    Json(body): Json<PreviewBody>,
) -> Result<Answer<Imported>> {
    let find = sql!("SELECT value FROM system_settings WHERE key = $1 AND value <> ''");
    let kept: Option<String> = app.db.read().await?.one(find, &[&CADET_SOURCE]).await?;
    let url = kept.ok_or_else(|| not_found("No linked source file found. Please import via URL first."))?;
    let mode = options.preview.mode(body.preview);
    let ran = from_link(&app, &user, &url, plan(&user, options)?, mode).await.map_err(|cause| match cause
        .kind()
    {
        ErrorKind::Invalid => invalid("sync_failed", format!("Sync failed: {cause}")),
        _ => cause,
    })?;
    Ok(imported(ran, |report| sentence("Sync", report)))
}

/// Import cadets from another server
///
/// Gone: it sent a password to any server that was named.
#[utoipa::path(post, path = "/api/admin/import-cadets-remote", tag = "imports",
    responses((status = 410, body = Message)))]
pub async fn import_cadets_remote(_: Staff) -> Result<Json<Message>> {
    Err(gone(
        "Importing from another server is no longer offered. Please export the cadets there and import the file.",
    ))
}

async fn from_link(app: &App, user: &User, url: &str, plan: Plan, mode: Mode) -> Result<Ran<i32>> {
    let file = link::fetch(app, url).await?;
    let ran = run(app, user, &plan, &[file], mode).await;
    let ran = ran.map_err(in_words_of_links)?;
    match &ran {
        Ran::Done(report, _) | Ran::Previewed(report) if report.total == 0 => Err(invalid(
            "empty_list",
            "Failed to fetch or process file from URL: No data found in the imported file.",
        )),
        _ => Ok(ran),
    }
}

fn in_words_of_links(cause: Error) -> Error {
    match cause.kind() {
        ErrorKind::Invalid => {
            invalid("bad_file", format!("Failed to fetch or process file from URL: {cause}"))
        }
        _ => cause,
    }
}

async fn keep_link(app: &App, user: &User, url: &str) -> Result<()> {
    let mut change = app.db.change(&user.actor()).await?;
    let keep = sql!(
        "INSERT INTO system_settings AS kept (key, value) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE kept.value IS DISTINCT FROM excluded.value"
    );
    change.execute(keep, &[&CADET_SOURCE, &url]).await?;
    change.commit().await
}

/// What staff may do with a list: add to what is there, as they may not edit it elsewhere either.
fn plan(user: &User, options: ImportOptions) -> Result<Plan> {
    let wanted = options.strategy.unwrap_or_default();
    let strategy = match wanted {
        Strategy::Update if !may_overwrite(user) => Strategy::Fill,
        wanted => wanted,
    };
    Plan::new(Kind::Cadets, strategy, None)
}

fn sentence(what: &str, report: &Report) -> String {
    format!("{what} complete. Success: {}, Failed: {}", report.people(), report.failed)
}

/// Refuses text without a single cadet in it.
pub fn check(contents: &[Contents]) -> Result<()> {
    for one in contents {
        if let Contents::Lines(lines) = one
            && !lines.iter().any(|line| rows::student_id(line).is_some())
        {
            return Err(invalid("no_records", "Failed to parse PDF: No cadet records detected in PDF."));
        }
    }
    Ok(())
}

/// Writes what the lists say.
pub async fn apply(
    change: &mut Change,
    app: &App,
    user: &User,
    plan: Plan,
    contents: &[Contents],
    report: &mut Report,
) -> Result<()> {
    let rows = rows::read(contents, plan.kind == Kind::RotcmisCadets, report);
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext('import of cadets'))"), &[]).await?;
    let existing = existing::find(change, &rows).await?;
    let merged = merge::merge(app, rows, existing, (plan.strategy, may_overwrite(user)), report);
    write::write(change, app, user, merged, report).await
}
