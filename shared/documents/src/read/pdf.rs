//! PDF files: their text, line by line, as it stands on the page.

use std::{
    collections::BTreeMap,
    io::Read,
    panic::{AssertUnwindSafe, catch_unwind},
};

use flate2::read::ZlibDecoder;
use lopdf::{Document, LoadOptions, Object, ObjectId, content::Content};
use memchr::memmem;

use super::{MOST_TEXT_BYTES, Unreadable, unreadable};

mod page;

use page::Page;

/// Pages at most: a list of 10,000 people has some 250.
const MOST_PAGES: usize = 300;

/// Objects at most.
const MOST_OBJECTS: usize = 100_000;

/// Bytes of all packed parts at most, of one as well.
const LARGEST: u64 = 96 * 1024 * 1024;

/// Bytes in which a PDF must say that it ends, as other readers have it.
const TAIL: usize = 1024;

/// Bytes of one page, one font table and one bundle of objects at most.
const LARGEST_STREAM: usize = 16 * 1024 * 1024;

/// The text of a PDF.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PdfText {
    /// The lines that hold anything, of all pages.
    pub lines: Vec<String>,
    /// Pages.
    pub pages: usize,
}

/// The lines of a PDF, from the top to the bottom of each page. A scan has none.
///
/// Takes long and may panic inside on damaged files (that is caught): call it where blocking is allowed.
pub fn pdf_lines(body: &[u8]) -> Result<PdfText, Unreadable> {
    let reading = AssertUnwindSafe(|| read(body));
    catch_unwind(reading).unwrap_or_else(|_| Err(damaged()))
}

fn read(body: &[u8]) -> Result<PdfText, Unreadable> {
    // Of a file that was cut off the reader would make what it can: a list without its end.
    let end = &body[body.len().saturating_sub(TAIL)..];
    if memmem::find(end, b"%%EOF").is_none() {
        return Err(damaged());
    }
    check_size(body)?;
    let options = LoadOptions::with_max_decompressed_size(LARGEST_STREAM);
    let document = Document::load_mem_with_options(body, options).map_err(refused)?;
    if document.trailer.has(b"Encrypt") || document.was_encrypted() {
        return Err(encrypted());
    }
    let pages: Vec<ObjectId> = document.page_iter().take(MOST_PAGES + 1).collect();
    if pages.len() > MOST_PAGES {
        return Err(unreadable(format!("The PDF has more than {MOST_PAGES} pages")));
    }
    let mut text = PdfText { pages: pages.len(), ..PdfText::default() };
    let mut bytes = 0;
    for page in pages {
        let lines = page_lines(&document, page)?;
        bytes += lines.iter().map(String::len).sum::<usize>();
        if bytes > MOST_TEXT_BYTES {
            return Err(too_large());
        }
        text.lines.extend(lines);
    }
    Ok(text)
}

/// Counts what the file unpacks to, before a reader keeps any of it.
fn check_size(body: &[u8]) -> Result<(), Unreadable> {
    if memmem::find_iter(body, b" obj").take(MOST_OBJECTS + 1).count() > MOST_OBJECTS {
        return Err(too_large());
    }
    let mut left = LARGEST;
    for at in memmem::find_iter(body, b"stream") {
        let packed = &body[at + b"stream".len()..];
        let packed = packed.strip_prefix(b"\r").unwrap_or(packed);
        let packed = packed.strip_prefix(b"\n").unwrap_or(packed);
        // Other packings than this one hardly make a thing larger; the reader counts them by itself.
        if packed.first().is_none_or(|first| first & 0x0f != 8) {
            continue;
        }
        left = left.checked_sub(unpacked(packed, left + 1)).ok_or_else(too_large)?;
    }
    Ok(())
}

/// How many bytes come out, at most `most`; a packing that is damaged counts as far as it goes.
fn unpacked(packed: &[u8], most: u64) -> u64 {
    let mut reader = ZlibDecoder::new(packed).take(most);
    let (mut buffer, mut total) = ([0; 16 * 1024], 0);
    while let Ok(read @ 1..) = reader.read(&mut buffer) {
        total += read as u64;
    }
    total
}

fn page_lines(document: &Document, id: ObjectId) -> Result<Vec<String>, Unreadable> {
    let fonts = document.get_page_fonts(id).unwrap_or_default();
    let mut encodings = BTreeMap::new();
    for (name, font) in fonts {
        match font.get_font_encoding_with_limit(document, LARGEST_STREAM) {
            Ok(encoding) => drop(encodings.insert(name, encoding)),
            Err(cause @ lopdf::Error::Decompress(_)) => return Err(refused(cause)),
            // Text in this font is left out, as it is in other readers.
            Err(_) => {}
        }
    }
    let content = document.get_page_content_with_limit(id, LARGEST_STREAM).map_err(refused)?;
    let content = Content::decode(&content).map_err(refused)?;
    let mut page = Page::default();
    let mut encoding = None;
    for operation in &content.operations {
        if operation.operator == "Tf" {
            let name = operation.operands.first().and_then(|name| name.as_name().ok());
            encoding = name.and_then(|name| encodings.get(name));
        }
        let decode = |bytes: &[u8]| encoding.and_then(|encoding| Document::decode_text(encoding, bytes).ok());
        page.apply(&operation.operator, &operation.operands, &decode);
    }
    Ok(page.lines())
}

/// A number of either kind.
fn number(object: Option<&Object>) -> f32 {
    object.and_then(|object| object.as_float().ok()).unwrap_or_default()
}

fn refused(cause: lopdf::Error) -> Unreadable {
    match cause {
        lopdf::Error::Decryption(_)
        | lopdf::Error::InvalidPassword
        | lopdf::Error::UnsupportedSecurityHandler(_)
        | lopdf::Error::NotEncrypted => encrypted(),
        lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => too_large(),
        _ => damaged(),
    }
}

fn damaged() -> Unreadable {
    unreadable("The PDF is damaged or not complete, please open it, save it again and send the new file")
}

fn encrypted() -> Unreadable {
    unreadable("The PDF is protected by a password")
}

fn too_large() -> Unreadable {
    unreadable("The PDF is too large when it is unpacked")
}
