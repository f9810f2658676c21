//! Stored files. Two stores: Amazon S3 or any server that speaks its protocol (local-dev starts one), and Cloudinary
//! for schools that have an account there.
//!
//! A row keeps a file's *address*: `/uploads/<name>`, `/uploads/cloud/<name>`, or the URL a store gave it. An address that no store knows, such
//! as a picture elsewhere on the internet, is left alone.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

mod cloudinary;
mod delete_file;
mod intake;
mod s3;
mod shrink_picture;
mod sweep_files;
mod vault;

pub use delete_file::DeleteFile;
pub use intake::{Accepts, Intake, discard, kept_if};
pub use s3::NOT_CONFIGURED;
pub use shrink_picture::ShrinkPicture;
pub use sweep_files::{REPORTED_FOR, SweepFiles};
pub use vault::Vault;

use crate::{Result, clock::Clock, config::FilesConfig, error, outbound::Outbound};
use cloudinary::Cloudinary;
use s3::S3;

/// How long the address of a direct download holds.
const FETCH_WITHIN: Duration = Duration::from_mins(5);

/// The file stores. Cheap to clone; clients are built on first use.
#[derive(Clone)]
pub struct Files {
    s3: Arc<S3>,
    stores: Arc<[Arc<dyn Store>]>,
    direct: bool,
}

/// A file with its type.
#[derive(Clone, Debug)]
pub struct StoredFile {
    /// The contents.
    pub body: Bytes,
    /// The media type it was stored with.
    pub content_type: String,
}

/// A file to store.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Its name: letters, digits, `-`, `_` and one extension; no two files have the same.
    pub name: String,
    /// The contents.
    pub body: Bytes,
    /// The media type it is answered with.
    pub content_type: &'static str,
    /// Who may fetch it.
    pub audience: Audience,
}

/// Who may fetch a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever knows its long random name, as pictures on a page need.
    Anyone,
    /// Only those the program lets through, for each request: letters.
    Checked,
}

/// A file found in a store.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its address.
    pub address: String,
    /// Its size.
    pub bytes: u64,
    /// When it was stored.
    pub modified: DateTime<Utc>,
}

/// Some of the files of a store.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The files.
    pub files: Vec<Listed>,
    /// Where the rest begins, if there is more.
    pub next: Option<String>,
}

/// A place that keeps files.
pub trait Store: Send + Sync {
    /// Stores a file and tells its address.
    fn put(&self, file: NewFile) -> BoxFuture<'_, Result<String>>;

    /// The file at an address of this store, if it is there.
    fn get<'a>(&'a self, address: &'a str) -> BoxFuture<'a, Result<Option<StoredFile>>>;

    /// Removes a file; removing what is not there is fine.
    fn delete<'a>(&'a self, address: &'a str) -> BoxFuture<'a, Result<()>>;

    /// Files of this store, at most a thousand at a time, in the order of their names.
    fn list(&self, from: Option<String>) -> BoxFuture<'_, Result<Listing>>;

    /// Where anybody may fetch a file from the store itself for as long as `life`, offered as a download.
    fn direct_address<'a>(&'a self, address: &'a str, life: Duration) -> BoxFuture<'a, Result<String>>;

    /// Whether an address is one of this store.
    fn knows(&self, address: &str) -> bool;

    /// Whether pictures must be made small by us. A store that does so itself says no.
    fn wants_shrinking(&self) -> bool;
}

impl Files {
    /// The stores that are configured; nothing is contacted. New files go to Cloudinary if there is an account.
    pub fn new(mut config: FilesConfig, clock: &Clock, outbound: &Outbound) -> Self {
        let direct = config.direct;
        let cloudinary = config.cloudinary.take().map(|account| -> Arc<dyn Store> {
            Arc::new(Cloudinary::new(account, clock.clone(), outbound.clone()))
        });
        let s3 = Arc::new(S3::new(config));
        let stores = cloudinary.into_iter().chain([s3.clone() as Arc<dyn Store>]).collect();
        Self { stores, s3, direct }
    }

    /// Stores a new file and tells its address.
    pub async fn put(&self, file: NewFile) -> Result<String> {
        match self.stores.first() {
            Some(store) => store.put(file).await,
            None => Err(error::unavailable("File storage")),
        }
    }

    /// The file at `address`, if a store has it.
    pub async fn get(&self, address: &str) -> Result<Option<StoredFile>> {
        match self.store_of(address) {
            Some(store) => store.get(address).await,
            None => Ok(None),
        }
    }

    /// Whether the file of an address `/uploads/<name>` is in S3.
    pub async fn exists(&self, address: &str) -> Result<bool> {
        Ok(self.s3.size(s3::key(address)).await?.is_some())
    }

    /// Removes the file at `address`; removing what is not there, or is nobody's, is fine.
    pub async fn delete(&self, address: &str) -> Result<()> {
        match self.store_of(address) {
            Some(store) => store.delete(address).await,
            // A letter must not outlive its record because the account was not configured for a while.
            None if address.starts_with(cloudinary::CHECKED) => Err(error::unavailable("File storage")),
            None => Ok(()),
        }
    }

    /// The store an address belongs to.
    pub fn store_of(&self, address: &str) -> Option<&dyn Store> {
        self.stores.iter().map(AsRef::as_ref).find(|store| store.knows(address))
    }

    /// Every store, the one for new files first.
    pub fn stores(&self) -> impl Iterator<Item = &dyn Store> {
        self.stores.iter().map(AsRef::as_ref)
    }

    /// Replaces the contents of a file in S3 under its address; readers see the old one or the new one.
    pub async fn replace(&self, address: &str, file: StoredFile) -> Result<()> {
        self.s3.put_at(s3::key(address), file.body, &file.content_type).await
    }

    /// Where a client may fetch a file from its store for a few minutes, if clients can reach the stores. It is offered as
    /// a download.
    pub async fn direct_address(&self, address: &str) -> Result<Option<String>> {
        match self.store_of(address).filter(|_| self.direct) {
            Some(store) => store.direct_address(address, FETCH_WITHIN).await.map(Some),
            None => Ok(None),
        }
    }

    /// Files that no address leads to.
    pub fn vault(&self) -> Vault<'_> {
        Vault(self)
    }

    /// Somewhere to put a large file without sending it through this program.
    pub fn inbox(&self) -> Inbox<'_> {
        Inbox(self)
    }
}

/// The part of the bucket that clients write to directly. What is there is nobody's until it is taken out.
pub struct Inbox<'a>(&'a Files);

impl Inbox<'_> {
    /// An address to `PUT` a file of exactly `bytes` bytes and this type to, for `life`. None where clients cannot reach the
    /// store.
    pub async fn invite(
        &self,
        name: &str,
        content_type: &str,
        bytes: u64,
        life: Duration,
    ) -> Result<Option<String>> {
        if !self.0.direct {
            return Ok(None);
        }
        self.0.s3.presign_put(&inbox_key(name), content_type, bytes, life).await.map(Some)
    }

    /// How large the file under `name` is, if it has arrived.
    pub async fn size(&self, name: &str) -> Result<Option<u64>> {
        self.0.s3.size(&inbox_key(name)).await
    }

    /// The file under `name`, if it has arrived.
    pub async fn get(&self, name: &str) -> Result<Option<StoredFile>> {
        self.0.s3.get_at(&inbox_key(name)).await
    }

    /// Removes the file under `name`.
    pub async fn delete(&self, name: &str) -> Result<()> {
        self.0.s3.delete_at(&inbox_key(name)).await
    }
}

fn inbox_key(name: &str) -> String {
    format!("inbox/{name}")
}

/// Whether a file may have this name: no folders, no dot at its start.
pub fn is_plain_name(name: &str) -> bool {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.starts_with('.') && name.len() <= 200 && name.chars().all(safe)
}
