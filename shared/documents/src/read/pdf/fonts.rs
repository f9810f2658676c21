//! What the bytes of a page mean in its fonts. A table of a few bytes can speak of four thousand million letters, so each is
//! looked at first.

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use lopdf::{Dictionary, Document, Encoding, Object, ObjectId};
use memchr::memmem;

use super::{Unreadable, refused, too_large};

/// Bytes of one table at most: one for every letter of two bytes has half of it.
const LARGEST_TABLE: usize = 2 * 1024 * 1024;

/// Bytes of all tables at most.
const LARGEST_TABLES: usize = 32 * 1024 * 1024;

/// Letters that all tables speak of at most.
const MOST_LETTERS: u64 = 1_000_000;

/// Fonts of a page at most.
const MOST_FONTS: usize = 1_000;

/// Hexadecimal digits of what one letter stands for at most: 16 UTF-16 units, more than any ligature.
const LONGEST_LETTER: usize = 64;

/// The fonts of a page by their names.
pub type OfPage<'a> = BTreeMap<Vec<u8>, Rc<Encoding<'a>>>;

/// The fonts of a document, each read once.
pub struct Fonts<'a> {
    document: &'a Document,
    read: HashMap<*const Dictionary, Option<Rc<Encoding<'a>>>>,
    bytes: usize,
    letters: u64,
}

impl<'a> Fonts<'a> {
    pub fn new(document: &'a Document) -> Self {
        Self { document, read: HashMap::new(), bytes: 0, letters: 0 }
    }

    /// The fonts of a page. Text in one that cannot be read is left out, as it is in other readers.
    pub fn of_page(&mut self, page: ObjectId) -> Result<OfPage<'a>, Unreadable> {
        let fonts = self.document.get_page_fonts(page).unwrap_or_default();
        if fonts.len() > MOST_FONTS {
            return Err(too_large());
        }
        let mut known = OfPage::new();
        for (name, font) in fonts {
            known.extend(self.font(font)?.map(|encoding| (name, encoding)));
        }
        Ok(known)
    }

    fn font(&mut self, font: &'a Dictionary) -> Result<Option<Rc<Encoding<'a>>>, Unreadable> {
        let key = std::ptr::from_ref(font);
        if let Some(known) = self.read.get(&key) {
            return Ok(known.clone());
        }
        for name in [&b"ToUnicode"[..], b"Encoding"] {
            let table = font.get_deref(name, self.document).and_then(Object::as_stream);
            let Ok(table) = table else { continue };
            // One that cannot be unpacked says nothing to the reader either.
            let Ok(table) = table.get_plain_content_with_limit(LARGEST_TABLE) else { continue };
            self.bytes += table.len();
            self.letters = self.letters.saturating_add(letters(&table));
        }
        if self.bytes > LARGEST_TABLES || self.letters > MOST_LETTERS {
            return Err(too_large());
        }
        let encoding = match font.get_font_encoding_with_limit(self.document, LARGEST_TABLE) {
            Ok(encoding) => Some(Rc::new(encoding)),
            Err(cause @ lopdf::Error::Decompress(_)) => return Err(refused(cause)),
            Err(_) => None,
        };
        self.read.insert(key, encoding.clone());
        Ok(encoding)
    }
}

/// How many letters a table speaks of, those of ranges included; far too many if one stands for a whole text.
fn letters(table: &[u8]) -> u64 {
    let table = &without_comments(table);
    let mut letters = 0_u64;
    for (at, is_range) in
        [(&b"beginbfrange"[..], true), (b"beginbfchar", false)].into_iter().flat_map(|(mark, is_range)| {
            memmem::find_iter(table, mark).map(move |at| (at + mark.len(), is_range))
        })
    {
        let section = &table[at..];
        let section = &section[..memmem::find(section, b"endbf").unwrap_or(section.len())];
        let codes = codes(section);
        if codes.iter().any(|code| code.len() > LONGEST_LETTER) {
            return u64::MAX;
        }
        letters = letters.saturating_add(codes.len() as u64);
        if is_range {
            letters = letters.saturating_add(ranges(section));
        }
    }
    letters
}

fn without_comments(table: &[u8]) -> Vec<u8> {
    let mut in_comment = false;
    let kept = table.iter().filter(|byte| {
        in_comment = !matches!(byte, b'\r' | b'\n') && (in_comment || **byte == b'%');
        !in_comment
    });
    kept.copied().collect()
}

/// The letters of the ranges of a section. Ranges of codes of two bytes overlap, and are counted one by one all the same.
fn ranges(section: &[u8]) -> u64 {
    let number = |code: &[u8]| {
        let digits = std::str::from_utf8(code).ok()?.split_ascii_whitespace().collect::<String>();
        u64::from_str_radix(&digits, 16).ok()
    };
    let (mut letters, mut rest) = (0_u64, section);
    while let Some((start, after)) = code(rest) {
        let Some((end, after)) = code(after) else { return u64::MAX };
        let after_end = after.trim_ascii_start();
        rest = match after_end.strip_prefix(b"[") {
            Some(list) => &list[memchr::memchr(b']', list).map_or(list.len(), |at| at + 1)..],
            None => code(after_end).map_or(&[][..], |(_, after)| after),
        };
        let (Some(start), Some(end)) = (number(start), number(end)) else { return u64::MAX };
        letters = letters.saturating_add(end.saturating_sub(start).saturating_add(1));
    }
    letters
}

/// The next `<0041>` and what follows it.
fn code(section: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = memchr::memchr(b'<', section)? + 1;
    let length = memchr::memchr(b'>', &section[start..])?;
    Some((&section[start..start + length], &section[start + length + 1..]))
}

fn codes(mut section: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while let Some((next, rest)) = code(section) {
        all.push(next);
        section = rest;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_ranges_are_counted_without_making_them() {
        assert_eq!(letters(b"2 beginbfchar <01> <0041> <02> <0042> endbfchar"), 4);
        assert_eq!(letters(b"1 beginbfrange <0000> <00FF> <0041> endbfrange"), 3 + 256);
        assert_eq!(letters(b"beginbfrange\n<01><02>[<0041> <0042>]\n<03> <04> <0043>\nendbfrange"), 7 + 4);
        assert!(letters(b"beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange") > MOST_LETTERS);
        assert!(letters(b"beginbfrange <00> %<00>\n <FFFFFFFF> <0041> endbfrange") > MOST_LETTERS);
        let text = format!("beginbfrange <0000> <FFFF> <{}> endbfrange", "0041".repeat(1_000));
        assert!(letters(text.as_bytes()) > MOST_LETTERS);
    }
}
