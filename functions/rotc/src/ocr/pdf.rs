//! One PDF.

use axum::extract::State;
use documents::upload::FileKind;
use shared::{
    App, Result,
    error::invalid,
    http::{FormData, Json},
};

use super::{PER_MINUTE, PdfText, form, nothing_sent, read::read};
use crate::{
    access::Member,
    answer::{Success, success},
};

/// Read the pages of a PDF
///
/// Up to 20 MB and 20 pages. Each page is drawn and read as a picture is, whether or not it has a text of its own. 503 when that
/// takes longer than a request may.
#[utoipa::path(post, path = "/api/ocr/pdf", tag = "ocr",
    request_body(content = form::Scan, content_type = "multipart/form-data"),
    responses((status = 200, body = Success<PdfText>)))]
pub async fn process_pdf(
    Member(user): Member,
    State(app): State<App>,
    mut form: FormData,
) -> Result<Json<Success<PdfText>>> {
    let languages = form::languages(&form)?;
    let file = form.only_file("file")?.ok_or_else(|| nothing_sent("file"))?;
    let kind = form::kind(&file)?;
    if kind != FileKind::Pdf {
        return Err(invalid("unsupported_type", "Send a picture to /api/ocr/process"));
    }
    PER_MINUTE.hit(&app, &user.id.to_string()).await?;
    let (text, cached) = read(&app, &user, file.body, kind, languages).await?;
    Ok(Json(success(PdfText::of(&text, languages, cached))))
}
