//! Whether text can be read here.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, error::Kind, http::Json, ocr::Language};
use utoipa::ToSchema;

use crate::{
    access::Member,
    answer::{Success, success},
    uploads::LIMIT_BYTES,
};

/// What can be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct OcrStatus {
    /// Whether the program is there.
    pub available: bool,
    /// The languages it has.
    pub languages: Vec<Language>,
    /// Media types.
    pub formats: Vec<&'static str>,
    /// Bytes of a document at most.
    pub limit_bytes: usize,
    /// Pages of a document at most.
    pub limit_pages: usize,
    /// What is missing, for the administrator.
    pub message: Option<String>,
}

/// Show whether text can be read
#[utoipa::path(get, path = "/api/ocr/status", tag = "ocr", responses((status = 200, body = Success<OcrStatus>)))]
pub async fn show_ocr_status(_: Member, State(app): State<App>) -> Result<Json<Success<OcrStatus>>> {
    let (languages, message) = match app.ocr.languages().await {
        Ok(languages) => (languages, None),
        Err(cause) if cause.kind() == Kind::Unavailable => (Vec::new(), Some(cause.into_problem().message)),
        Err(cause) => return Err(cause),
    };
    Ok(Json(success(OcrStatus {
        available: message.is_none(),
        languages,
        formats: vec!["image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"],
        limit_bytes: LIMIT_BYTES,
        limit_pages: app.config.ocr.most_pages,
        message,
    })))
}
