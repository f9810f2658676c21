//! Taking over the uploads of the legacy server: `muster legacy files`. Every file goes to the store under the address that
//! the rows have for it. Running it again copies only what is not there yet.

use std::{fmt, fs::DirEntry, io, path::Path};

use shared::{
    App,
    files::{StoredFile, is_plain_name},
    sql,
};

use super::BoxError;

/// What was found and copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilesReport {
    /// Files copied now.
    pub copied: usize,
    /// Files that were in the store already.
    pub kept: usize,
    /// Names that no address can have; such files stay where they are.
    pub left: Vec<String>,
    /// Addresses in the database whose file is neither in the folder nor in the store.
    pub missing: Vec<String>,
}

impl fmt::Display for FilesReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} files copied, {} were there already", self.copied, self.kept)?;
        for name in &self.left {
            writeln!(f, "left: {name} (no address can have this name)")?;
        }
        for address in &self.missing {
            writeln!(f, "missing: {address} (a row refers to it; the legacy server has lost it)")?;
        }
        Ok(())
    }
}

/// Copies the files of `folder` (the legacy `server/uploads`), one at a time. Folders in it (backups) are not copied.
pub async fn import_files(app: &App, folder: &Path) -> Result<FilesReport, BoxError> {
    let mut report = FilesReport::default();
    let mut entries: Vec<DirEntry> = std::fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    entries.sort_by_key(DirEntry::file_name);
    for entry in entries.iter().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let address = format!("/uploads/{name}");
        if !is_plain_name(&name) {
            report.left.push(name);
        } else if app.files.exists(&address).await? {
            report.kept += 1;
        } else {
            let body = tokio::fs::read(entry.path()).await?;
            let content_type = content_type(&name, &body).to_owned();
            app.files.replace(&address, StoredFile { body: body.into(), content_type }).await?;
            report.copied += 1;
        }
    }
    report.missing = missing(app).await?;
    Ok(report)
}

/// By the bytes; what is no picture or document is offered as a download, whatever its name.
fn content_type(name: &str, body: &[u8]) -> &'static str {
    documents::upload::document(name, body)
        .map_or("application/octet-stream", documents::upload::FileKind::media_type)
}

async fn missing(app: &App) -> Result<Vec<String>, BoxError> {
    let referred = sql!(
        "SELECT DISTINCT address FROM muster.file_references() WHERE address LIKE '/uploads/%' ORDER BY address"
    );
    let addresses: Vec<String> = app.db.read().await?.all(referred, &[]).await?;
    let mut missing = Vec::new();
    for address in addresses {
        if !app.files.exists(&address).await? {
            missing.push(address);
        }
    }
    Ok(missing)
}
