//! Reading the text of an excuse letter.

use std::time::Duration;

use documents::upload::{self, FileKind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    error::invalid,
    jobs::{Job, Queue, Task},
    ocr::{Language, Recognised},
    sql,
};

/// Reads the file of a letter and keeps its text for the staff. Started by the database whenever a letter gets another file,
/// and by the staff.
///
/// Safe to run twice: the second reading replaces the first.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadLetter {
    /// The letter.
    pub letter_id: i32,
}

impl Job for ReadLetter {
    const KIND: &'static str = "read_letter";

    const QUEUE: Queue = Queue::Ocr;

    /// Twenty pages of twenty seconds to draw and read each, after a minute's wait for a place.
    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        // An installation that does not read leaves its letters alone; one that lacks a program fails, so that it is told.
        if app.config.ocr.tesseract.is_none() {
            return Ok(());
        }
        let Some(address) = address(app, self.letter_id).await? else { return Ok(()) };
        let Some(file) = app.files.get(&address).await? else { return Ok(()) };
        let kind = match upload::document("", &file.body) {
            Ok(FileKind::Doc | FileKind::Docx) => return Ok(()),
            Ok(kind) => kind,
            Err(why) => return Err(invalid("unreadable_document", why.to_string())),
        };
        let read = app.ocr.read_in_job(file.body, kind.media_type(), Language::ALL).await?;
        keep(task, self.letter_id, &address, &read).await
    }
}

async fn address(app: &App, letter_id: i32) -> Result<Option<String>> {
    let find = sql!("SELECT muster.file_address(file_url) FROM excuse_letters WHERE id = $1");
    let found: Option<Option<String>> = app.db.read().await?.one(find, &[&letter_id]).await?;
    Ok(found.flatten())
}

/// Keeps the text, if the letter is still there and still has this file.
async fn keep(task: &Task, letter_id: i32, address: &str, read: &Recognised) -> Result<()> {
    let mut change = task.app.db.change_for_system("read letter").await?;
    let same =
        sql!("SELECT id FROM excuse_letters WHERE id = $1 AND muster.file_address(file_url) = $2 FOR SHARE");
    if change.one::<i32>(same, &[&letter_id, &address]).await?.is_none() {
        return Ok(());
    }
    let insert = sql!(
        "INSERT INTO muster.letter_texts (letter_id, text, confidence, processed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (letter_id) DO UPDATE
         SET text = excluded.text, confidence = excluded.confidence, processed_at = excluded.processed_at"
    );
    let confidence = (read.confidence() * 10.0).round() / 10.0;
    change.execute(insert, &[&letter_id, &read.text(), &confidence, &task.app.clock.now()]).await?;
    // No text: a job's result is no place for what a letter says.
    let result =
        json!({ "words": read.word_count(), "confidence": confidence, "more_pages": read.more_pages });
    change.finish(task, &result).await?;
    change.commit().await
}
