//! Reading a letter's file again.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    error::{invalid, not_found},
    http::{Accepted, Path},
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::read_letter::ReadLetter;
use crate::{
    access::Staff,
    answer::{Success, success},
};

/// That a letter will be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterReading {
    /// The job.
    pub task_id: Uuid,
    /// The letter.
    pub excuse_letter_id: i32,
}

/// Read the file of an excuse letter
///
/// In the background. Letters are read by themselves when their file arrives; this is for those that came before, or whose
/// reading failed. The text is then `ocr_text` of the letter.
#[utoipa::path(post, path = "/api/excuse-letters/{id}/process-ocr", tag = "excuses", params(("id" = i32, Path)),
    responses((status = 202, body = Success<LetterReading>)))]
pub async fn process_excuse_letter(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Accepted<Success<LetterReading>>> {
    let mut change = app.db.change(&user.actor()).await?;
    let find = sql!(
        "SELECT coalesce(file_url, '') <> '', muster.file_address(file_url) ~* '\\.(png|jpe?g|webp|gif|pdf)$'
         FROM excuse_letters WHERE id = $1 FOR SHARE"
    );
    let found: Option<(bool, Option<bool>)> = change.one(find, &[&id]).await?;
    match found {
        None => return Err(not_found("Excuse letter not found")),
        Some((false, _)) => {
            return Err(invalid("no_file", "No file attached to this excuse letter"));
        }
        Some((true, None | Some(false))) => {
            return Err(invalid(
                "unreadable",
                "The file of this letter is no picture or PDF that is stored here",
            ));
        }
        Some((true, Some(true))) => {}
    }
    let task_id = change.start(&ReadLetter { letter_id: id }).await?;
    change.commit().await?;
    let reading = success(LetterReading { task_id, excuse_letter_id: id });
    Ok(Accepted(reading.saying("OCR processing queued")))
}
