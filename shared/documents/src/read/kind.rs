//! What a file is, by its first bytes; its name only decides between texts.

use memchr::memmem;

use crate::upload::FileKind;

/// What can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// An Excel workbook (`.xlsx`).
    Xlsx,
    /// A Word document (`.docx`).
    Docx,
    /// A PDF.
    Pdf,
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
    /// A picture, with its media type.
    Picture(&'static str),
    /// An OpenDocument spreadsheet (`.ods`).
    Ods,
    /// An Excel or Word file of before 2007.
    Old,
    /// An Excel or Word file behind a password.
    Protected,
    /// Something else.
    Unknown,
}

/// Bytes in which the parts of a ZIP file are looked for: the names stand at its end.
const TAIL: usize = 1 << 20;

/// `EncryptedPackage` in UTF-16: the part of an old container in which Excel and Word keep a file behind a password.
const ENCRYPTED: [u8; 32] = *b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";

/// The media type that an OpenDocument spreadsheet begins with, uncompressed.
const SPREADSHEET: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

impl ImportKind {
    /// Looks at the bytes; `name` is what the sender calls the file.
    pub fn of(name: &str, body: &[u8]) -> Self {
        let extension = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
        if body.starts_with(b"PK") {
            return Self::of_archive(body, extension.as_deref());
        }
        if body.starts_with(b"%PDF-") || memmem::find(&body[..body.len().min(1024)], b"%PDF-").is_some() {
            return Self::Pdf;
        }
        if body.starts_with(b"\xd0\xcf\x11\xe0") {
            return if memmem::find(body, &ENCRYPTED).is_some() { Self::Protected } else { Self::Old };
        }
        if let Some(media_type) = picture(body) {
            return Self::Picture(media_type);
        }
        match extension.as_deref() {
            Some("csv" | "tsv") => Self::Csv,
            Some("json") => Self::Json,
            _ => Self::Unknown,
        }
    }

    fn of_archive(body: &[u8], extension: Option<&str>) -> Self {
        if memmem::find(&body[..body.len().min(256)], SPREADSHEET).is_some() {
            return Self::Ods;
        }
        let tail = &body[body.len().saturating_sub(TAIL)..];
        let has = |name: &[u8]| memmem::find(tail, name).is_some();
        match (has(b"xl/workbook"), has(b"word/document")) {
            (true, false) => Self::Xlsx,
            (false, true) => Self::Docx,
            // Cut off, or made to look like both: what it says it is, and its reader will tell what is wrong.
            _ if extension == Some("docx") => Self::Docx,
            (false, false) if extension == Some("ods") => Self::Ods,
            _ => Self::Xlsx,
        }
    }
}

/// The media type of a picture: one that may be stored, or one that only scanners and cameras write.
fn picture(body: &[u8]) -> Option<&'static str> {
    let is = |start: &[u8]| body.starts_with(start);
    match FileKind::of(body) {
        Some(kind) if kind.is_picture() => Some(kind.media_type()),
        _ if is(b"BM") && body.len() > 54 => Some("image/bmp"),
        _ if is(b"II*\0") || is(b"MM\0*") => Some("image/tiff"),
        _ => None,
    }
}
