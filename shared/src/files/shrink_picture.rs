//! Making a stored picture small.

use documents::picture;
use serde::{Deserialize, Serialize};

use super::{Accepts, DeleteFile, StoredFile};
use crate::{
    Result,
    error::invalid,
    jobs::{Job, Queue, Task},
};

/// Replaces a picture by one that is upright, at most 1,200 pixels wide or high (2,400 where documents are accepted), and
/// says nothing about where it was taken. Started by the database when a record first refers to a picture.
///
/// Safe to run twice: a small picture stays as it is. One that no record refers to any more is deleted.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShrinkPicture {
    /// The picture's address.
    pub address: String,
}

impl Job for ShrinkPicture {
    const KIND: &'static str = "shrink_picture";
    const QUEUE: Queue = Queue::Image;

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        if !app.files.store_of(&self.address).is_some_and(|store| store.wants_shrinking()) {
            return Ok(());
        }
        let Some(file) = app.files.get(&self.address).await? else { return Ok(()) };
        let intake = app.system.storage.intakes.iter().find(|intake| intake.owns(&self.address));
        let side = match intake.map(|intake| intake.accepts) {
            Some(Accepts::Documents | Accepts::Scans) => picture::PAGE_SIDE,
            Some(Accepts::Pictures) | None => picture::STORED_SIDE,
        };
        let StoredFile { body, content_type } = file;
        let media_type = content_type.clone();
        let _memory = match picture::memory_to_open(&body) {
            Ok(bytes) => Some(app.config.memory.pictures.share(bytes).await?),
            // Found again, and told, by who opens it.
            Err(_) => None,
        };
        let small = tokio::task::spawn_blocking(move || picture::shrink(&body, &media_type, side)).await?;
        let small = small.map_err(|cause| {
            invalid("unreadable_picture", "The picture cannot be opened.").caused_by(cause)
        })?;
        if let Some(small) = small {
            app.files.replace(&self.address, StoredFile { body: small.into(), content_type }).await?;
        }
        // The record may have let go of it meanwhile, and the file been deleted: it would be back now.
        DeleteFile { address: self.address }.run(task).await
    }
}
