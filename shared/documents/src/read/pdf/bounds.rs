//! How much is in a PDF, counted before its reader makes an object of every word.

use std::io::Read;

use flate2::read::ZlibDecoder;
use memchr::{memchr_iter, memmem};

use super::{Unreadable, damaged, too_large};

/// Objects at most.
const MOST_OBJECTS: usize = 100_000;

/// Bytes of all packed parts at most, of one as well.
const LARGEST: u64 = 96 * 1024 * 1024;

/// Bytes of one bundle of objects at most.
const LARGEST_BUNDLE: usize = 4 * 1024 * 1024;

/// Words of the file as it is at most. Twenty megabytes of a photo look like 1.5 million.
const MOST_WORDS_UNPACKED: usize = 2_000_000;

/// Words of all bundles of objects at most.
const MOST_WORDS_BUNDLED: usize = 1_000_000;

/// Bundles, and bytes of one, at most in a file with packings whose contents are not counted here.
const MOST_ODD_BUNDLES: usize = 64;
const LARGEST_ODD_BUNDLE: usize = 64 * 1024;

/// How often a part may be packed again.
const DEEPEST: usize = 4;

/// Names of what is counted here; nobody writes them with escapes.
const NAMES: &[&[u8]] = &[
    b"ObjStm",
    b"LZWDecode",
    b"LZW",
    b"RunLengthDecode",
    b"RL",
    b"ASCII85Decode",
    b"A85",
    b"ASCIIHexDecode",
    b"AHx",
];

/// Refuses a file that is too much, and tells how large a bundle of objects may be.
pub fn check(body: &[u8]) -> Result<usize, Unreadable> {
    let many = |mark: &[u8], most: usize| memmem::find_iter(body, mark).take(most + 1).count() > most;
    if many(b" obj", MOST_OBJECTS) || words(body) > MOST_WORDS_UNPACKED {
        return Err(too_large());
    }
    if has_hidden_name(body) {
        return Err(damaged());
    }
    let bundles = memmem::find_iter(body, b"ObjStm").count();
    let mut parts = unpacked_words(body)?;
    // Which parts are bundles only the reader finds out: the fullest are taken for them.
    parts.sort_unstable_by(|a, b| b.cmp(a));
    if parts.iter().take(bundles).sum::<usize>() > MOST_WORDS_BUNDLED {
        return Err(too_large());
    }
    let is_odd = NAMES[1..].iter().any(|name| memmem::find(body, &[b"/", *name].concat()).is_some());
    match bundles {
        _ if !is_odd => Ok(LARGEST_BUNDLE),
        0..=MOST_ODD_BUNDLES => Ok(if bundles == 0 { LARGEST_BUNDLE } else { LARGEST_ODD_BUNDLE }),
        _ => Err(too_large()),
    }
}

/// How many objects a reader can make of this at most: runs of letters and digits, and marks that begin something.
pub fn words(bytes: &[u8]) -> usize {
    let (mut words, mut in_word) = (0, false);
    for byte in bytes {
        let is_space = matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ');
        let is_mark = matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%');
        let begins = matches!(byte, b'(' | b'<' | b'[' | b'/');
        let is_letter = !is_space && !is_mark;
        words += usize::from(begins || is_letter && !in_word);
        in_word = is_letter;
    }
    words
}

/// The words of each packed part that can be a bundle, after counting the bytes of all.
fn unpacked_words(body: &[u8]) -> Result<Vec<usize>, Unreadable> {
    let (mut left, mut parts) = (LARGEST, Vec::new());
    for at in memmem::find_iter(body, b"stream") {
        let packed = &body[at + b"stream".len()..];
        let packed = packed.strip_prefix(b"\r").unwrap_or(packed);
        let packed = packed.strip_prefix(b"\n").unwrap_or(packed);
        let mut part = unpack(packed, &mut left)?;
        for _ in 0..DEEPEST {
            let Some(inner) = part.as_ref().map(|part| unpack(&part.start, &mut left)).transpose()?.flatten()
            else {
                break;
            };
            parts.extend(part.replace(inner).and_then(|outer| outer.words));
        }
        parts.extend(part.and_then(|part| part.words));
    }
    Ok(parts)
}

/// A part that was packed.
struct Part {
    /// Its words, if it is no larger than a bundle may be.
    words: Option<usize>,
    /// Its bytes, as many as a bundle may have.
    start: Vec<u8>,
}

/// Unpacks a part and takes its bytes from what is `left`; a packing that is damaged counts as far as it goes. Other packings
/// than this one hardly make a thing larger; the reader counts them by itself.
fn unpack(packed: &[u8], left: &mut u64) -> Result<Option<Part>, Unreadable> {
    if packed.first().is_none_or(|first| first & 0x0f != 8) {
        return Ok(None);
    }
    let mut reader = ZlibDecoder::new(packed).take(*left + 1);
    let (mut buffer, mut total, mut start) = ([0; 16 * 1024], 0, Vec::new());
    while let Ok(read @ 1..) = reader.read(&mut buffer) {
        total += read as u64;
        if start.len() <= LARGEST_BUNDLE {
            start.extend_from_slice(&buffer[..read]);
        }
    }
    *left = left.checked_sub(total).ok_or_else(too_large)?;
    let words = (start.len() <= LARGEST_BUNDLE).then(|| words(&start));
    Ok((total > 0).then_some(Part { words, start }))
}

/// Whether a name that is looked for here is written with escapes (`/Obj#53tm`).
fn has_hidden_name(body: &[u8]) -> bool {
    // The longest name, every letter of it escaped.
    const REACH: usize = 3 * 15;
    memchr_iter(b'#', body).any(|at| {
        let before = &body[at.saturating_sub(REACH)..at];
        let Some(slash) = before.iter().rposition(|byte| *byte == b'/') else { return false };
        let from = at - before.len() + slash + 1;
        let name = decoded(&body[from..body.len().min(from + REACH + 1)]);
        NAMES.iter().any(|wanted| name == *wanted)
    })
}

/// A name without its escapes, up to where it ends.
fn decoded(mut raw: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    while let Some((first, rest)) = raw.split_first() {
        let escaped = (*first == b'#').then(|| rest.get(..2)).flatten();
        let escaped = escaped.and_then(|digits| std::str::from_utf8(digits).ok());
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                name.push(byte);
                raw = &rest[2..];
            }
            None if first.is_ascii_alphanumeric() => {
                name.push(*first);
                raw = rest;
            }
            None => break,
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    fn bundle(content: &[u8]) -> Vec<u8> {
        [&b"1 0 obj\n<< /Type /ObjStm >>\nstream\n"[..], content, b"\nendstream"].concat()
    }

    #[test]
    fn words_are_what_becomes_an_object() {
        assert_eq!(words(b"0 0 m 10 20 l S"), 7);
        assert_eq!(words(b"[(a)-1(b)]TJ"), 7);
        assert_eq!(words(b"[][][]////<><>()"), 10);
    }

    #[test]
    fn bundle_of_endless_objects_is_refused_however_often_it_is_packed() {
        let endless = b"0 ".repeat(MOST_WORDS_BUNDLED + 1);
        for content in [packed(&endless), packed(&packed(&endless))] {
            assert!(check(&bundle(&content)).is_err());
        }
        assert_eq!(check(&bundle(&packed(b"1 0 << /A 1 >>"))), Ok(LARGEST_BUNDLE));
        // As the contents of a page it is counted when that page is read.
        assert!(check(&[&b"stream\n"[..], &packed(&endless)].concat()).is_ok());
    }

    #[test]
    fn endless_array_and_hidden_names_are_refused() {
        assert!(check(&b"0 ".repeat(MOST_WORDS_UNPACKED + 1)).is_err());
        assert!(check(b"1 0 obj << /Type /Obj#53tm >>").is_err());
        assert!(check(b"1 0 obj << /Type /#4f#62#6a#53#74#6d >>").is_err());
        assert!(check(b"1 0 obj << /BaseFont /Times#20New#20Roman >>").is_ok());
        assert_eq!(check(&bundle(b"/LZWDecode")), Ok(LARGEST_ODD_BUNDLE));
    }
}
