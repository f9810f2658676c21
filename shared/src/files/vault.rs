//! The part of the bucket that no address leads to: what is there is fetched by those handlers only that know its name.

use super::{FETCH_WITHIN, Files, Listed, Listing, StoredFile};
use crate::{Result, http::Written};

/// Where they lie in the bucket.
const FOLDER: &str = "private/";

/// Files nobody may fetch by an address: backups, large exports, reports.
pub struct Vault<'a>(pub(super) &'a Files);

impl Vault<'_> {
    /// Stores what `written` writes under `name`, replacing what was there.
    pub async fn put(&self, name: &str, content_type: &str, written: &mut Written) -> Result<()> {
        self.0.s3.put_written(&key(name), content_type, written).await
    }

    /// The file under `name`, if there is one.
    pub async fn get(&self, name: &str) -> Result<Option<StoredFile>> {
        self.0.s3.get_at(&key(name)).await
    }

    /// Removes the file under `name`; removing what is not there is fine.
    pub async fn delete(&self, name: &str) -> Result<()> {
        self.0.s3.delete_at(&key(name)).await
    }

    /// How large the file under `name` is, if there is one.
    pub async fn size(&self, name: &str) -> Result<Option<u64>> {
        self.0.s3.size(&key(name)).await
    }

    /// Stores a file under `name`, replacing what was there.
    pub async fn put_file(&self, name: &str, file: StoredFile) -> Result<()> {
        self.0.s3.put_at(&key(name), file.body, &file.content_type).await
    }

    /// Where the file under `name` may be fetched for a few minutes, as a download, if clients can reach the store.
    pub async fn direct_address(&self, name: &str) -> Result<Option<String>> {
        if !self.0.direct {
            return Ok(None);
        }
        self.0.s3.presign_get(&key(name), FETCH_WITHIN).await.map(Some)
    }

    /// Files whose names begin with `folder`, at most a thousand at a time, in the order of their names; their addresses
    /// are the names.
    pub async fn list(&self, folder: &str, from: Option<String>) -> Result<Listing> {
        let Listing { files, next } = self.0.s3.list_in(&key(folder), from).await?;
        let named =
            |file: Listed| Some(Listed { address: file.address.strip_prefix(FOLDER)?.to_owned(), ..file });
        Ok(Listing { files: files.into_iter().filter_map(named).collect(), next })
    }

    /// Whether clients can reach the store.
    pub fn is_direct(&self) -> bool {
        self.0.direct
    }
}

fn key(name: &str) -> String {
    format!("{FOLDER}{name}")
}
