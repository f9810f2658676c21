//! Printing many certificates.

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
    certificates::{issue::of_codes, print::pages},
    files::{Printed, store},
    letterhead::letterhead,
};

/// Writes a PDF with a page for each certificate that still stands.
///
/// Safe to run twice: the certificates are given already, the file has the name of the job, and the job ends together with
/// what it notes.
#[derive(Debug, Serialize, Deserialize)]
pub struct BatchCertificates {
    /// Which.
    pub codes: Vec<String>,
    /// The user who asked for them.
    pub started_by: i32,
}

impl Job for BatchCertificates {
    const KIND: &'static str = "batch_certificates";

    const QUEUE: Queue = Queue::Pdf;

    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        let (head, home, now) = (letterhead(app).await?, app.config.home()?.clone(), app.clock.now());
        let issued = of_codes(app, &self.codes).await?;
        let printed = Printed {
            kind: Self::KIND,
            started_by: self.started_by,
            file_name: "certificates.pdf",
            content_type: PDF,
            about: vec![None],
            count: issued.len(),
        };
        let file = tokio::task::spawn_blocking(move || pages(&issued, &head, &home, now)).await??;
        store(task, printed, written(|pieces| async move { pieces.send(file).await })).await
    }
}
