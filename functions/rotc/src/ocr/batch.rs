//! Several documents at once.

use axum::extract::State;
use futures_util::future::join_all;
use serde::Serialize;
use shared::{
    App, Error, Result,
    db::unit_of_work,
    error::{Kind, invalid, invalid_field},
    http::{FormData, Json, UploadedFile},
};
use utoipa::ToSchema;

use super::{DocumentText, Languages, PER_MINUTE, form, nothing_sent, read::read};
use crate::{
    access::{Member, User},
    answer::{Success, success},
};

/// Documents of one request.
const MOST: usize = 10;

/// Codes of the errors of one document that took too long, whatever became of the others.
const TOO_SLOW: [&str; 3] = ["page_too_slow", "document_too_slow", "ocr_busy"];

/// What came of the documents, in the order they were sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchText {
    /// Each document.
    pub results: Vec<BatchItem>,
    /// How many they are.
    pub total: usize,
    /// How many could be read.
    pub succeeded: usize,
    /// How many could not.
    pub failed: usize,
}

/// What came of one document.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchItem {
    /// Its name, as sent.
    pub filename: String,
    /// What it says.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub read: Option<DocumentText>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Read several documents
///
/// Up to ten pictures and PDFs in `files`, together up to 20 MB. One that cannot be read, or not in the time of a
/// request, has an `error` in its place; sent again, the others are answered from what is kept. Each counts as a request of the ten a
/// minute.
#[utoipa::path(post, path = "/api/ocr/batch", tag = "ocr",
    request_body(content = form::Scans, content_type = "multipart/form-data"),
    responses((status = 200, body = Success<BatchText>)))]
pub async fn process_batch(
    Member(user): Member,
    State(app): State<App>,
    mut form: FormData,
) -> Result<Json<Success<BatchText>>> {
    let languages = form::languages(&form)?;
    let files = form.files.remove("files").unwrap_or_default();
    if !form.files.is_empty() {
        return Err(invalid("unexpected_file", "Unexpected field"));
    }
    if files.is_empty() {
        return Err(nothing_sent("files"));
    }
    if files.len() > MOST {
        return Err(invalid_field("files", format!("At most {MOST} files can be read at once")));
    }
    PER_MINUTE.hit_by(&app, &user.id.to_string(), i32::try_from(files.len())?).await?;
    let results =
        join_all(files.into_iter().map(|file| unit_of_work(item(&app, &user, file, languages)))).await;
    let results = results.into_iter().collect::<Result<Vec<_>>>()?;
    let failed = results.iter().filter(|item| item.error.is_some()).count();
    let total = results.len();
    Ok(Json(success(BatchText { succeeded: total - failed, total, failed, results })))
}

/// One document. What is wrong with it stays with it; what is wrong with us is told once, for all.
async fn item(app: &App, user: &User, file: UploadedFile, languages: Languages) -> Result<BatchItem> {
    let filename = file.name.clone();
    let text = async {
        let kind = form::kind(&file)?;
        let (text, cached) = read(app, user, file.body, kind, languages).await?;
        Ok::<_, Error>(DocumentText::of(text, languages, cached))
    };
    match text.await {
        Ok(read) => Ok(BatchItem { filename, read: Some(read), error: None }),
        Err(cause)
            if matches!(cause.kind(), Kind::Invalid | Kind::TooLarge) || TOO_SLOW.contains(&cause.code()) =>
        {
            Ok(BatchItem { filename, read: None, error: Some(cause.into_problem().message) })
        }
        Err(cause) => Err(cause),
    }
}
