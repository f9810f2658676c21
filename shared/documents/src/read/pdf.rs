//! PDF files: their text, line by line, as it stands on the page.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use lopdf::{Document, LoadOptions, Object, ObjectId, content::Content};
use memchr::memmem;

use super::{LONGEST_READING, MOST_TEXT_BYTES, Unreadable, squeezed, too_slow, unreadable};

mod bounds;
mod fonts;
mod page;

use fonts::Fonts;
use page::Page;

/// Pages at most: a list of 10,000 people has some 250.
const MOST_PAGES: usize = 300;

/// Bytes in which a PDF must say that it ends, as other readers have it.
const TAIL: usize = 1024;

/// Bytes of one page at most.
const LARGEST_PAGE: usize = 16 * 1024 * 1024;

/// Words of one page at most: operators, operands and the marks around them. A page of a list has some thousand.
const MOST_WORDS_OF_PAGE: usize = 1_000_000;

/// Words of all pages at most, each counted as often as a page shows it.
const MOST_WORDS: usize = 12_000_000;

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
    let begun = Instant::now();
    let largest = bounds::check(body)?;
    let options = LoadOptions::with_max_decompressed_size(largest);
    let document = Document::load_mem_with_options(body, options).map_err(refused)?;
    if document.trailer.has(b"Encrypt") || document.was_encrypted() {
        return Err(encrypted());
    }
    let pages: Vec<ObjectId> = document.page_iter().take(MOST_PAGES + 1).collect();
    if pages.len() > MOST_PAGES {
        return Err(unreadable(format!("The PDF has more than {MOST_PAGES} pages")));
    }
    let mut text = PdfText { pages: pages.len(), ..PdfText::default() };
    let (mut bytes, mut words, mut fonts) = (0, 0, Fonts::new(&document));
    for page in pages {
        let content = document.get_page_content_with_limit(page, LARGEST_PAGE).map_err(refused)?;
        let of_page = bounds::words(&content);
        words += of_page;
        if of_page > MOST_WORDS_OF_PAGE || words > MOST_WORDS {
            return Err(too_large());
        }
        let lines = page_lines(&content, fonts.of_page(page)?, begun)?;
        bytes += lines.iter().map(String::len).sum::<usize>();
        if bytes > MOST_TEXT_BYTES {
            return Err(too_large());
        }
        text.lines.extend(lines);
    }
    Ok(text)
}

fn page_lines(
    content: &[u8],
    encodings: fonts::OfPage<'_>,
    begun: Instant,
) -> Result<Vec<String>, Unreadable> {
    let mut page = Page::default();
    let mut encoding = None;
    // One at a time: all operations of a page take a hundred times its bytes.
    for operation in Content::decode_iter(content) {
        let operation = operation.map_err(refused)?;
        if operation.operator == "Tf" {
            let name = operation.operands.first().and_then(|name| name.as_name().ok());
            encoding = name.and_then(|name| encodings.get(name));
        }
        let decode =
            |bytes: &[u8]| encoding.as_ref().and_then(|encoding| Document::decode_text(encoding, bytes).ok());
        page.apply(&operation.operator, &operation.operands, &decode);
        if page.bytes() > MOST_TEXT_BYTES {
            return Err(too_large());
        }
        if begun.elapsed() > LONGEST_READING {
            return Err(too_slow());
        }
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
