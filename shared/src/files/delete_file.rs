//! Deleting a stored file that lost a record.

use serde::{Deserialize, Serialize};

use crate::{
    App, Result,
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

    /// About two days: a store may be down for long, and a deleted file must go.
    const TRIES: i32 = 16;

    async fn run(self, task: &Task) -> Result<()> {
        if is_referenced(&task.app, &self.address).await? {
            return Ok(());
        }
        task.app.files.delete(&self.address).await
    }
}

/// Whether any record refers to a file. Across tenants: whoever copies the address of another's file into a record of their
/// own, and removes the record, must not take the file along.
async fn is_referenced(app: &App, address: &str) -> Result<bool> {
    let find = sql!(
        "SELECT EXISTS (SELECT FROM muster.file_references() WHERE muster.file_key(address) = muster.file_key($1))"
    );
    app.read_across_tenants("stored files").await?.only(find, &[&address]).await
}
