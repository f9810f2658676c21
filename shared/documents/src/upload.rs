//! What an uploaded file is: read from its bytes. Its name is only a claim that must not contradict them.

use std::{fmt, io::Cursor};

use image::{ImageFormat, ImageReader, Limits};
use memchr::{memchr_iter, memmem};

/// A kind of file that may be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A photo or drawing.
    Png,
    /// A photo.
    Jpeg,
    /// A photo.
    WebP,
    /// A picture that may move.
    Gif,
    /// A document with pages.
    Pdf,
    /// A document of Word 97 to 2003.
    Doc,
    /// A document of Word 2007 and later.
    Docx,
}

/// Why a file is refused, in words for the person who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal(&'static str);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refusal {}

impl FileKind {
    /// The kind that the first bytes name; any archive counts as DOCX.
    pub fn of(body: &[u8]) -> Option<Self> {
        let kinds: [(Self, &[u8]); 6] = [
            (Self::Png, b"\x89PNG\r\n\x1a\n"),
            (Self::Jpeg, b"\xff\xd8\xff"),
            (Self::Gif, b"GIF8"),
            (Self::Pdf, b"%PDF-"),
            (Self::Doc, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
            (Self::Docx, b"PK\x03\x04"),
        ];
        if body.starts_with(b"RIFF") && body.get(8..12) == Some(b"WEBP") {
            return Some(Self::WebP);
        }
        kinds.into_iter().find(|(_, magic)| body.starts_with(magic)).map(|(kind, _)| kind)
    }

    /// The media type it is stored and answered with.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Pdf => "application/pdf",
            Self::Doc => "application/msword",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }

    /// The extension of its stored name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Pdf => "pdf",
            Self::Doc => "doc",
            Self::Docx => "docx",
        }
    }

    /// Whether it is a picture; else it is a document.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::WebP | Self::Gif)
    }

    const fn image_format(self) -> Option<ImageFormat> {
        match self {
            Self::Png => Some(ImageFormat::Png),
            Self::Jpeg => Some(ImageFormat::Jpeg),
            Self::WebP => Some(ImageFormat::WebP),
            Self::Gif => Some(ImageFormat::Gif),
            Self::Pdf | Self::Doc | Self::Docx => None,
        }
    }
}

/// Pixels of one side of a picture.
pub const LONGEST_SIDE: u32 = 10_000;

/// Pixels of a whole picture. A telephone's photo has 12 to 16 million; this is what a worker can open.
pub const MOST_PIXELS: u64 = 40_000_000;

/// From here on a picture must have a byte for every [`PIXELS_PER_BYTE`]: a few kilobytes that open to a hundred megabytes
/// are no photo.
const LARGE: u64 = 4_000_000;
const PIXELS_PER_BYTE: u64 = 400;

/// A picture that browsers show and that is safe to open later.
///
/// The header is read, the pixels are not decoded: this takes a few milliseconds at any size.
pub fn picture(name: &str, body: &[u8]) -> Result<FileKind, Refusal> {
    let kind = kind_of(body)?;
    if !kind.is_picture() {
        return Err(Refusal("Only image files are allowed"));
    }
    fits_name(name, kind)?;
    sane_picture(kind, body)?;
    Ok(kind)
}

/// A picture or a document (PDF, DOC, DOCX).
pub fn document(name: &str, body: &[u8]) -> Result<FileKind, Refusal> {
    let kind = kind_of(body)?;
    fits_name(name, kind)?;
    match kind {
        FileKind::Pdf if !contains_late(body, b"%%EOF") => Err(Refusal("The PDF is not complete")),
        FileKind::Docx if !is_word_archive(body) => Err(Refusal("The file is not a Word document")),
        _ if kind.is_picture() => sane_picture(kind, body).map(|()| kind),
        _ => Ok(kind),
    }
}

/// A PDF, which only has to begin as one, or a PNG or JPEG, which must open: takes as long as opening it.
pub fn scan(name: &str, body: &[u8]) -> Result<FileKind, Refusal> {
    let kind = kind_of(body)?;
    fits_name(name, kind)?;
    match kind {
        FileKind::Pdf => Ok(kind),
        FileKind::Png | FileKind::Jpeg => {
            sane_picture(kind, body)?;
            let format = kind.image_format().unwrap_or(ImageFormat::Png);
            let mut reader = ImageReader::with_format(Cursor::new(body), format);
            let mut limits = Limits::default();
            limits.max_alloc = Some(MOST_PIXELS * 4);
            reader.limits(limits);
            let opened = reader.decode();
            opened.map(|_| kind).map_err(|_| Refusal("The image cannot be read"))
        }
        _ => Err(Refusal("Only PNG, JPEG and PDF files are allowed")),
    }
}

fn kind_of(body: &[u8]) -> Result<FileKind, Refusal> {
    if body.is_empty() {
        return Err(Refusal("The file is empty"));
    }
    let refused = Refusal("Only images (PNG, JPEG, WebP, GIF), PDF and Word documents are allowed");
    FileKind::of(body).ok_or(refused)
}

/// Extensions that name the same family; telephones often call one picture format by another's name.
const PICTURE_NAMES: &[&str] = &["png", "jpg", "jpeg", "jfif", "gif", "webp"];

/// Extensions that no stored file has anywhere in its name, because some program would run it.
const ACTIVE_NAMES: &[&str] = &[
    "php", "phtml", "phar", "asp", "aspx", "jsp", "cgi", "pl", "py", "rb", "sh", "bat", "cmd", "com", "exe",
    "dll", "msi", "scr", "js", "mjs", "html", "htm", "xhtml", "shtml", "svg", "xml", "jar", "apk", "vbs",
    "ps1", "hta", "swf",
];

/// The name is never used for storing, but a name that lies is a trap for whoever downloads the file.
fn fits_name(name: &str, kind: FileKind) -> Result<(), Refusal> {
    let unsafe_char = |c: char| c.is_control() || matches!(c, '/' | '\\' | '\u{202a}'..='\u{202e}');
    if name.chars().any(unsafe_char) || name.contains("..") || name.starts_with('.') {
        return Err(Refusal("The file name is not allowed"));
    }
    let lower = name.to_lowercase();
    let mut parts = lower.rsplit('.');
    let last = parts.next().filter(|_| lower.contains('.'));
    let mut inner = parts.map(str::trim).collect::<Vec<_>>();
    inner.pop(); // what stands before the first dot is no extension
    if inner.iter().any(|part| ACTIVE_NAMES.contains(part)) {
        return Err(Refusal("The file name has two extensions"));
    }
    let Some(last) = last.map(str::trim) else { return Ok(()) };
    let fits = if kind.is_picture() { PICTURE_NAMES.contains(&last) } else { last == kind.extension() };
    if fits || last == "blob" {
        return Ok(());
    }
    Err(Refusal("The content of the file does not fit its name"))
}

fn sane_picture(kind: FileKind, body: &[u8]) -> Result<(), Refusal> {
    let broken = Refusal("The image cannot be read");
    let format = kind.image_format().ok_or(broken)?;
    if holds_page(body) {
        return Err(Refusal("The image contains a web page"));
    }
    if !is_complete(kind, body) {
        return Err(Refusal("The image is not complete"));
    }
    let mut reader = ImageReader::with_format(Cursor::new(body), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    reader.limits(limits);
    let (width, height) = reader.into_dimensions().map_err(|_| broken)?;
    let pixels = u64::from(width) * u64::from(height);
    let bomb = pixels > LARGE && pixels / PIXELS_PER_BYTE > body.len() as u64;
    // Opening one takes three times the memory.
    let most = if is_progressive(body) { MOST_PIXELS / 3 } else { MOST_PIXELS };
    if bomb || width.max(height) > LONGEST_SIDE || pixels == 0 || pixels > most {
        return Err(Refusal("The image has too many pixels"));
    }
    Ok(())
}

/// Whether a photo comes in steps, from coarse to fine: the segment of its frame says so.
pub(crate) fn is_progressive(body: &[u8]) -> bool {
    let mut rest = body.strip_prefix(b"\xff\xd8").unwrap_or_default();
    while let [0xff, kind, high, low, ..] = rest {
        match kind {
            // Fill bytes stand before the mark.
            0xff => rest = &rest[1..],
            0xc2 | 0xc6 | 0xca | 0xce => return true,
            // The frame of another kind, or the pixels.
            0xc0 | 0xc1 | 0xc3 | 0xda => return false,
            _ => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                rest = rest.get(2 + length..).unwrap_or_default();
            }
        }
    }
    false
}

/// The end of each format. A photo may carry more after its end (telephones put a film there); that goes when it is shrunk.
fn is_complete(kind: FileKind, body: &[u8]) -> bool {
    match kind {
        FileKind::Png => contains(body, b"IEND\xaeB`\x82"),
        FileKind::Jpeg => memmem::rfind(body, b"\xff\xd9").is_some(),
        FileKind::Gif => contains_late(body, b";"),
        FileKind::WebP => body
            .get(4..8)
            .and_then(|size| size.try_into().ok())
            .is_some_and(|size| u64::from(u32::from_le_bytes(size)) + 8 <= body.len() as u64),
        _ => true,
    }
}

/// A page inside a picture would run if a browser could be talked into showing it as one.
fn holds_page(body: &[u8]) -> bool {
    const STARTS: &[&[u8]] =
        &[b"<script", b"<html", b"<!doctype", b"<svg", b"<?php", b"<body", b"<iframe", b"<object", b"<embed"];
    memchr_iter(b'<', body).any(|at| {
        let rest = &body[at..];
        STARTS
            .iter()
            .any(|start| rest.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
    })
}

/// Word keeps its text in the part `word/document.xml`; any other archive only looks like one.
fn is_word_archive(body: &[u8]) -> bool {
    contains(body, b"[Content_Types].xml") && contains(body, b"word/") && contains_late(body, b"PK\x05\x06")
}

/// Whether `part` stands in the last 64 kB, where the ends of formats are.
fn contains_late(body: &[u8], part: &[u8]) -> bool {
    contains(&body[body.len().saturating_sub(65_536)..], part)
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    memmem::find(body, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG with this size in its header, an empty body and its end.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0]);
        let mut crc = !0_u32;
        for byte in &bytes[12..] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            }
        }
        bytes.extend((!crc).to_be_bytes());
        bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xaeB`\x82");
        bytes
    }

    const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;";
    const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

    #[test]
    fn files_are_known_by_their_bytes() {
        assert_eq!(picture("a.png", &png(8, 8)), Ok(FileKind::Png));
        assert_eq!(picture("a.gif", GIF), Ok(FileKind::Gif));
        assert_eq!(document("letter.PDF", PDF), Ok(FileKind::Pdf));
        assert_eq!(document("", PDF), Ok(FileKind::Pdf), "a name is not needed");
        assert!(picture("a.pdf", PDF).is_err(), "a document is no picture");
    }

    #[test]
    fn names_must_fit_the_content() {
        let drawing = png(8, 8);
        for name in ["a.jpg", "blob", "IMG 11.20.2026.png", "photo", "J. dela Cruz.JPEG"] {
            assert_eq!(picture(name, &drawing), Ok(FileKind::Png), "{name}");
        }
        let lies = [
            "a.pdf",
            "a.html",
            "a.php.png",
            "a.png.exe",
            "a.SVG.png",
            "../a.png",
            "a/b.png",
            "a\\b.png",
            "a\0.png",
            ".png",
            "..png",
            "x\u{202e}gnp.exe",
        ];
        for name in lies {
            assert!(picture(name, &drawing).is_err(), "{name}");
        }
        assert!(document("a.docx", PDF).is_err());
        assert!(document("a.pdf.html", PDF).is_err());
    }

    #[test]
    fn scanned_pictures_must_open_and_documents_must_begin_as_one() {
        assert_eq!(scan("a.pdf", b"%PDF-1.4\nno end"), Ok(FileKind::Pdf));
        assert!(picture("a.png", &png(8, 8)).is_ok() && scan("a.png", &png(8, 8)).is_err(), "no pixels");
        assert!(scan("a.gif", GIF).is_err());
        for lie in ["a.pdf.exe", "a.exe.pdf", "a.png"] {
            assert!(scan(lie, PDF).is_err(), "{lie}");
        }
    }

    #[test]
    fn pages_and_drawings_are_refused() {
        for body in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..],
            b"<!doctype html>",
            b"BM",
            b"",
            b"PK\x03\x04junk",
        ] {
            assert!(picture("", body).is_err());
            assert!(document("", body).is_err());
        }
        let mut both = png(8, 8);
        both.extend(b"<SCRIPT>alert(1)</SCRIPT>");
        assert!(picture("a.png", &both).is_err());
        assert!(picture("a.gif", &[GIF, b"<html>;"].concat()).is_err());
    }

    #[test]
    fn bombs_and_halves_are_refused_before_they_are_opened() {
        let sizes = [(10_001, 10), (10, 10_001), (7_900, 7_900), (0, 10), (6_000, 6_000)];
        for (width, height) in sizes {
            assert!(picture("a.png", &png(width, height)).is_err(), "{width} x {height}");
        }
        let whole = png(8, 8);
        assert!(picture("a.png", &whole[..whole.len() - 12]).is_err());
        assert!(document("a.pdf", &PDF[..40]).is_err());
    }
}
