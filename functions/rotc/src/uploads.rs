//! Files people send: checked by their bytes, stored before the change that refers to them.
//!
//! Nothing is stored of a request that is refused. A file that loses its last record is deleted by a job that the database
//! starts itself (`migrations/rotc/R__stored_files.sql`); the same file makes new pictures small.

use documents::upload::{self, FileKind, Refusal};
use futures_util::future::join_all;
use shared::{
    App, Error, Result,
    error::{invalid, too_large},
    files::{Audience, NewFile},
    http::UploadedFile,
};

/// Bytes of one file.
pub const LIMIT_BYTES: usize = 20 * 1024 * 1024;

/// Bytes of a form that carries one file: for `DefaultBodyLimit::max` on its route.
pub const FORM_LIMIT_BYTES: usize = LIMIT_BYTES + 1024 * 1024;

/// Stores a picture and tells its address, `/uploads/<prefix>-<32 hex digits>.<extension>` or the URL of the store.
///
/// PNG, JPEG, WebP and GIF only: anything a browser would run (SVG, HTML) is refused with 400, more than
/// [`LIMIT_BYTES`] with 413. Store before the change of the database, and give the outcome of that to [`kept_if`].
pub async fn picture(app: &App, prefix: &'static str, file: &UploadedFile) -> Result<String> {
    picture_named(app, file, &random(app, prefix)).await
}

/// The same under a name of the caller's, to which the extension is added. No two files may have the same.
pub async fn picture_named(app: &App, file: &UploadedFile, name: &str) -> Result<String> {
    let kind = checked_picture(file)?;
    put(app, name, file, kind, Audience::Anyone).await
}

/// Stores pictures, all or none; the addresses stand in the order of the files.
pub async fn pictures(app: &App, prefix: &'static str, files: &[UploadedFile]) -> Result<Vec<String>> {
    let kinds = files.iter().map(checked_picture).collect::<Result<Vec<_>>>()?;
    let puts = files
        .iter()
        .zip(kinds)
        .map(async |(file, kind)| put(app, &random(app, prefix), file, kind, Audience::Anyone).await);
    let (stored, mut failed): (Vec<_>, Vec<_>) = join_all(puts).await.into_iter().partition(Result::is_ok);
    let stored: Vec<String> = stored.into_iter().filter_map(Result::ok).collect();
    match failed.pop() {
        Some(failure) => kept_if(app, &stored, failure.map(|_| Vec::new())).await,
        None => Ok(stored),
    }
}

/// Stores a letter (a picture, PDF or Word document), which only those may fetch who may see its record.
pub async fn letter(app: &App, file: &UploadedFile) -> Result<String> {
    letter_named(app, file, &random(app, "letter")).await
}

/// The same under a name of the caller's, which begins with `letter-`: so it is known as one without a record.
pub async fn letter_named(app: &App, file: &UploadedFile, name: &str) -> Result<String> {
    within_limit(file)?;
    let kind = upload::letter(&file.name, &file.body);
    let kind = kind.map_err(|why| invalid("bad_file", format!("File upload failed: {why}")))?;
    put(app, name, file, kind, Audience::Checked).await
}

/// The outcome of the change that was to refer to new files; when it failed, they are removed again.
pub async fn kept_if<T>(app: &App, addresses: &[String], outcome: Result<T>) -> Result<T> {
    if outcome.is_err() {
        discard(app, addresses).await;
    }
    outcome
}

/// Removes new files that no record refers to, as those of a request that came twice.
pub async fn discard(app: &App, addresses: &[String]) {
    for address in addresses {
        // The caller has an answer of its own; the sweep finds what stays.
        if let Err(cause) = app.files.delete(address).await {
            tracing::warn!(address, %cause, "a file that nobody refers to could not be removed");
        }
    }
}

fn checked_picture(file: &UploadedFile) -> Result<FileKind> {
    within_limit(file)?;
    upload::picture(&file.name, &file.body).map_err(refused)
}

fn refused(why: Refusal) -> Error {
    invalid("bad_image", format!("Image upload failed: {why}"))
}

fn within_limit(file: &UploadedFile) -> Result<()> {
    if file.body.len() > LIMIT_BYTES { Err(too_large("File too large")) } else { Ok(()) }
}

/// A name that nobody can guess.
fn random(app: &App, prefix: &str) -> String {
    format!("{prefix}-{}", app.ids.uuid().simple())
}

async fn put(
    app: &App,
    name: &str,
    file: &UploadedFile,
    kind: FileKind,
    audience: Audience,
) -> Result<String> {
    let name = format!("{name}.{}", kind.extension());
    let body = file.body.clone();
    app.files.put(NewFile { name, body, content_type: kind.media_type(), audience }).await
}
