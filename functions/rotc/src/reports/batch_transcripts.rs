//! Printing the transcripts of many cadets.

use std::time::Duration;

use documents::pdf::PDF;
use serde::{Deserialize, Serialize};
use shared::{
    Result,
    http::written,
    jobs::{Job, Task},
    queue::Queue,
};

use crate::reports::{
    batch::BatchOfCadets,
    files::{Printed, store},
    letterhead::letterhead,
    profile::people,
    transcript::print,
};

/// Writes a PDF with a page for each cadet.
///
/// Safe to run twice: the file has the name of the job, and the job ends together with what it notes.
#[derive(Debug, Serialize, Deserialize)]
pub struct BatchTranscripts {
    /// Whose.
    pub cadets: BatchOfCadets,
    /// The user who asked for them.
    pub started_by: i32,
}

impl Job for BatchTranscripts {
    const KIND: &'static str = "batch_transcripts";

    const QUEUE: Queue = Queue::Pdf;

    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        let (ids, head) = (self.cadets.ids(app).await?, letterhead(app).await?);
        let (people, now) = (people(app, &ids).await?, app.clock.now());
        let printed = Printed {
            kind: Self::KIND,
            started_by: self.started_by,
            file_name: "transcripts.pdf",
            content_type: PDF,
            about: vec![None],
            count: people.len(),
        };
        let task_in_hand = task.clone();
        let told = move |done: u64, of: u64| task_in_hand.progress(done, of);
        let file = tokio::task::spawn_blocking(move || print(&people, head, now, told)).await??;
        store(task, printed, written(|pieces| async move { pieces.send(file).await })).await
    }
}
