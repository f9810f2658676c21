//! The forms that carry documents.

use documents::upload::{self, FileKind};
use shared::{
    Result,
    error::{invalid, too_large},
    http::{FormData, UploadedFile},
};
use utoipa::ToSchema;

use super::Languages;
use crate::uploads::LIMIT_BYTES;

/// One document, for the documentation.
#[derive(Debug, ToSchema)]
#[schema(as = NewScan)]
pub struct Scan {
    /// The document.
    #[schema(format = Binary)]
    pub file: String,
    /// `eng` when left out.
    pub language: Option<Languages>,
}

/// Several documents, for the documentation.
#[derive(Debug, ToSchema)]
#[schema(as = NewScans)]
pub struct Scans {
    /// The documents, at most ten.
    #[schema(format = Binary)]
    pub files: Vec<String>,
    /// `eng` when left out.
    pub language: Option<Languages>,
}

/// The languages a form names.
pub fn languages(form: &FormData) -> Result<Languages> {
    Languages::parse(form.fields.get("language").and_then(|value| value.as_str()).unwrap_or_default())
}

/// What a file is, by its bytes; 400 for what has no pages to look at.
pub fn kind(file: &UploadedFile) -> Result<FileKind> {
    if file.body.len() > LIMIT_BYTES {
        return Err(too_large("File too large"));
    }
    match upload::document(&file.name, &file.body) {
        Ok(FileKind::Doc | FileKind::Docx) => {
            Err(invalid("unsupported_type", "Only JPEG, PNG, WebP, GIF and PDF can be read"))
        }
        Ok(kind) => Ok(kind),
        Err(why) => Err(invalid("bad_file", why.to_string())),
    }
}
