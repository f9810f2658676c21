//! Deleting a stored file that lost a record.

use serde::{Deserialize, Serialize};
use shared::{
    Result,
    jobs::{Job, Queue, Task},
    sql,
};

/// Deletes a file, unless a record still refers to it. Started by the database when a record lets go of a file.
///
/// Safe to run twice: the second time there is nothing to delete.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteFile {
    /// The file's address.
    pub address: String,
}

impl Job for DeleteFile {
    const KIND: &'static str = "delete_file";
    const QUEUE: Queue = Queue::Image;
    const INTERNAL: bool = true;

    /// About two days: a store may be down for long, and a deleted letter must go.
    const TRIES: i32 = 16;

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        let used = sql!(
            "SELECT EXISTS (SELECT FROM muster.file_references WHERE muster.file_key(address) = muster.file_key($1))"
        );
        if app.db.read().await?.only::<bool>(used, &[&self.address]).await? {
            return Ok(());
        }
        app.files.delete(&self.address).await
    }
}
