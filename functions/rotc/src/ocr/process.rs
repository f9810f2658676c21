//! One picture.

use axum::extract::State;
use documents::upload::FileKind;
use shared::{
    App, Result,
    error::invalid,
    http::{FormData, Json},
};

use super::{DocumentText, PER_MINUTE, form, nothing_sent, read::read};
use crate::{
    access::Member,
    answer::{Success, success},
};

/// Read the text of a picture
///
/// JPEG, PNG, WebP or GIF up to 20 MB. It is turned upright, straightened and freed of shadows first. The same picture is
/// read once a day for each person.
#[utoipa::path(post, path = "/api/ocr/process", tag = "ocr",
    request_body(content = form::Scan, content_type = "multipart/form-data"),
    responses((status = 200, body = Success<DocumentText>)))]
pub async fn process_image(
    Member(user): Member,
    State(app): State<App>,
    mut form: FormData,
) -> Result<Json<Success<DocumentText>>> {
    let languages = form::languages(&form)?;
    let file = form.only_file("file")?.ok_or_else(|| nothing_sent("file"))?;
    let kind = form::kind(&file)?;
    if kind == FileKind::Pdf {
        return Err(invalid("unsupported_type", "Send a PDF to /api/ocr/pdf"));
    }
    PER_MINUTE.hit(&app, &user.id.to_string()).await?;
    let (text, cached) = read(&app, &user, file.body, kind, languages).await?;
    Ok(Json(success(DocumentText::of(text, languages, cached))))
}
