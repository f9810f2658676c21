//! Files that people send: checked by their bytes, stored before the change that refers to them.
//!
//! Nothing is stored of a request that is refused. A file that loses its last record is deleted by a job that the database
//! starts (`migrations/shared/R__stored_files.sql`).

use documents::{
    picture,
    upload::{self, FileKind},
};
use futures_util::future::join_all;
use tokio::task::spawn_blocking;

use super::{Audience, NewFile};
use crate::{
    App, Error, Result,
    budget::Share,
    error::{invalid, too_large},
    http::UploadedFile,
};

/// Files of one purpose: what is accepted, and under which names it is stored.
#[derive(Debug)]
pub struct Intake {
    /// How the names begin, different for each purpose: `photo` makes `/uploads/photo-<32 hex digits>.jpg`.
    pub prefix: &'static str,
    /// Which kinds are accepted.
    pub accepts: Accepts,
    /// Bytes of one file at most; more is refused with 413.
    pub limit_bytes: usize,
    /// Who may fetch a file.
    pub audience: Audience,
}

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepts {
    /// PNG, JPEG, WebP and GIF; a stored one is made at most 1,200 pixels wide and high.
    Pictures,
    /// The same, PDF and Word documents; a stored picture is one of a page, and may have 2,400 pixels.
    Documents,
    /// PNG and JPEG that open, and whatever begins as a PDF. Stored pictures may have 2,400 pixels.
    Scans,
}

impl Intake {
    /// Stores a file and tells its address: `/uploads/<name>`, or the URL of the store.
    ///
    /// 400 `bad_image` or `bad_file` for what is not accepted (anything a browser would run), 413 for what is too large.
    /// Store before the change of the database, and give the outcome of that to [`kept_if`].
    pub async fn store(&self, app: &App, file: &UploadedFile) -> Result<String> {
        self.store_as(app, file, &app.ids.uuid().simple().to_string()).await
    }

    /// The same under a name made of `id`, which no other file has.
    pub async fn store_as(&self, app: &App, file: &UploadedFile, id: &str) -> Result<String> {
        let kind = self.check(app, file).await?;
        self.put(app, file, kind, id).await
    }

    /// Stores several files, all or none; the addresses stand in the order of the files.
    pub async fn store_all(&self, app: &App, files: &[UploadedFile]) -> Result<Vec<String>> {
        let mut kinds = Vec::with_capacity(files.len());
        for file in files {
            kinds.push(self.check(app, file).await?);
        }
        let puts = files
            .iter()
            .zip(kinds)
            .map(async |(file, kind)| self.put(app, file, kind, &app.ids.uuid().simple().to_string()).await);
        let (stored, mut failed): (Vec<_>, Vec<_>) =
            join_all(puts).await.into_iter().partition(Result::is_ok);
        let stored: Vec<String> = stored.into_iter().filter_map(Result::ok).collect();
        match failed.pop() {
            Some(failure) => kept_if(app, &stored, failure.map(|_| Vec::new())).await,
            None => Ok(stored),
        }
    }

    /// Whether a stored file has a name of this intake.
    pub fn owns(&self, address: &str) -> bool {
        let name = address.rsplit('/').next().unwrap_or_default();
        name.strip_prefix(self.prefix).is_some_and(|rest| rest.starts_with('-'))
    }

    async fn check(&self, app: &App, file: &UploadedFile) -> Result<FileKind> {
        if file.body.len() > self.limit_bytes {
            return Err(too_large("File too large"));
        }
        match self.accepts {
            Accepts::Pictures => upload::picture(&file.name, &file.body)
                .map_err(|why| invalid("bad_image", format!("Image upload failed: {why}"))),
            Accepts::Documents => upload::document(&file.name, &file.body).map_err(bad_file),
            Accepts::Scans => {
                let UploadedFile { name, body } = file.clone();
                let _memory = open(app, &body).await?;
                spawn_blocking(move || upload::scan(&name, &body)).await?.map_err(bad_file)
            }
        }
    }

    async fn put(&self, app: &App, file: &UploadedFile, kind: FileKind, id: &str) -> Result<String> {
        let name = format!("{}-{id}.{}", self.prefix, kind.extension());
        let body = file.body.clone();
        app.files.put(NewFile { name, body, content_type: kind.media_type(), audience: self.audience }).await
    }
}

/// A share of the memory for opening a picture; what is none takes nothing.
async fn open(app: &App, body: &[u8]) -> Result<Option<Share>> {
    match picture::memory_to_open(body) {
        Ok(bytes) => app.config.memory.pictures.share(bytes).await.map(Some),
        Err(_) => Ok(None),
    }
}

fn bad_file(why: upload::Refusal) -> Error {
    invalid("bad_file", format!("File upload failed: {why}"))
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
            tracing::warn!(address, %cause, "a file that no record refers to could not be removed");
        }
    }
}
