//! A document that is stored here already.

use axum::extract::State;
use documents::upload::{self, FileKind};
use serde::Deserialize;
use shared::{
    App, Result,
    error::{invalid, invalid_field, not_found},
    http::Json,
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{DocumentText, Languages, PER_MINUTE, read::read};
use crate::{
    access::{Member, Role, User},
    answer::{Success, success},
};

/// Which document.
#[derive(Debug, Deserialize, ToSchema, Validate)]
pub struct StoredDocument {
    /// Its address, as `POST /api/upload` or an excuse letter gave it.
    #[validate(length(min = 1, max = 2000, message = "url is required and has at most 2000 characters"))]
    url: String,
    /// `eng` when left out.
    #[serde(default)]
    #[schema(value_type = Option<Languages>)]
    language: String,
}

/// Read the text of a stored file
///
/// One's own upload, or the letter of an own record; the staff may name any file that is stored here. No address elsewhere is
/// ever fetched.
#[utoipa::path(post, path = "/api/ocr/document-url", tag = "ocr", request_body = StoredDocument,
    responses((status = 200, body = Success<DocumentText>)))]
pub async fn process_document_url(
    Member(user): Member,
    State(app): State<App>,
    Json(document): Json<StoredDocument>,
) -> Result<Json<Success<DocumentText>>> {
    let languages = Languages::parse(&document.language)?;
    let address = address(&app, &user, &document.url).await?;
    PER_MINUTE.hit(&app, &user.id.to_string()).await?;
    let file = app.files.get(&address).await?.ok_or_else(missing)?;
    let kind = match upload::document("", &file.body) {
        Ok(FileKind::Doc | FileKind::Docx) | Err(_) => {
            return Err(invalid("unsupported_type", "Only JPEG, PNG, WebP, GIF and PDF can be read"));
        }
        Ok(kind) => kind,
    };
    let (text, cached) = read(&app, &user, file.body, kind, languages).await?;
    let text = DocumentText { url: Some(address), ..DocumentText::of(text, languages, cached) };
    Ok(Json(success(text)))
}

/// The address in our own store, if this user may read it.
async fn address(app: &App, user: &User, url: &str) -> Result<String> {
    let find = sql!(
        "SELECT address,
                $2 OR EXISTS (SELECT FROM muster.uploads WHERE uploads.address = asked.address AND uploaded_by = $3::int::text)
                   OR EXISTS (SELECT FROM excuse_letters
                              WHERE cadet_id = $4 AND muster.file_address(file_url) = asked.address)
         FROM (SELECT muster.file_address(split_part(split_part($1, '?', 1), '#', 1)) AS address) AS asked
         WHERE address IS NOT NULL"
    );
    let url = url.replace('\0', "");
    let is_staff = user.role != Role::Cadet;
    let found: Option<(String, bool)> =
        app.db.read().await?.one(find, &[&url, &is_staff, &user.id, &user.cadet_id]).await?;
    match found {
        None => Err(invalid_field("url", "url must be the address of a file that is stored here")),
        Some((_, false)) => Err(missing()),
        Some((address, true)) => Ok(address),
    }
}

fn missing() -> shared::Error {
    not_found("File not found")
}
