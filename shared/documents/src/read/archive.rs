//! ZIP files from anywhere: how much is in them is counted before anything else reads them.

use std::io::{Cursor, Read, Seek};

use memchr::memmem;
use zip::ZipArchive;

use super::{Unreadable, unreadable};

/// Entries at most; a workbook with a hundred sheets has a few hundred.
const MOST_ENTRIES: usize = 2_000;

/// Bytes of one entry at most.
const LARGEST_ENTRY: u64 = 64 * 1024 * 1024;

/// Bytes of all entries at most.
const LARGEST_ARCHIVE: u64 = 96 * 1024 * 1024;

/// An archive whose entries have been unpacked once, one after the other.
pub type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Opens an archive, after counting what comes out of it and showing each part to `check`, by its name.
pub fn open(
    body: &[u8],
    check: impl Fn(&str, &[u8]) -> Result<(), Unreadable>,
) -> Result<Archive<'_>, Unreadable> {
    // Each entry has this mark in the directory; counted first, since the directory is read into memory.
    if memmem::find_iter(body, b"PK\x01\x02").take(MOST_ENTRIES + 1).count() > MOST_ENTRIES {
        return Err(unreadable("The file has too many parts"));
    }
    let mut archive = ZipArchive::new(Cursor::new(body)).map_err(|_| damaged())?;
    let (mut left, mut part) = (LARGEST_ARCHIVE, Vec::new());
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|_| damaged())?;
        // What it claims, before a byte is unpacked; then what really comes.
        if entry.size() > LARGEST_ENTRY {
            return Err(bomb());
        }
        let most = left.min(LARGEST_ENTRY);
        part.clear();
        (&mut entry).take(most + 1).read_to_end(&mut part).map_err(|_| damaged())?;
        let unpacked = part.len() as u64;
        if unpacked > most {
            return Err(bomb());
        }
        left -= unpacked;
        check(&entry.name().map_err(|_| damaged())?, &part)?;
    }
    Ok(archive)
}

/// One entry as text, if it is there.
pub fn text<R: Read + Seek>(archive: &mut ZipArchive<R>, name: &str) -> Result<Option<String>, Unreadable> {
    let Ok(entry) = archive.by_name(name) else { return Ok(None) };
    let mut text = String::new();
    let read = entry.take(LARGEST_ENTRY).read_to_string(&mut text);
    read.map(|_| Some(text)).map_err(|_| damaged())
}

/// Whether a part holds one of these texts.
pub fn holds(reader: &mut impl Read, texts: &[&str]) -> Result<bool, Unreadable> {
    const OVERLAP: usize = 8;
    let mut piece = vec![0; 64 * 1024];
    let mut kept = 0;
    loop {
        let read = reader.read(&mut piece[kept..]).map_err(|_| damaged())?;
        if read == 0 {
            return Ok(false);
        }
        let end = kept + read;
        if texts.iter().any(|text| memmem::find(&piece[..end], text.as_bytes()).is_some()) {
            return Ok(true);
        }
        // What may go on in the next piece.
        kept = end.min(OVERLAP);
        piece.copy_within(end - kept..end, 0);
    }
}

/// What is said of a file that ends too early or is no ZIP file.
pub fn damaged() -> Unreadable {
    unreadable("The file is damaged or not complete, please open it, save it again and send the new file")
}

/// What is said of a file that fills the memory.
pub fn bomb() -> Unreadable {
    unreadable("The file is too large when it is unpacked")
}
