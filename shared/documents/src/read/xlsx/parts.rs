//! The parts of a workbook, before its reader sees them: the reader believes the counts and the addresses that they claim.

use memchr::{memchr, memchr_iter, memmem};

use super::{
    Unreadable,
    archive::{bomb, damaged},
};

/// Texts that a workbook may claim to have without having them: room for so many costs 24 MB.
const CLAIMED_TEXTS: usize = 1_000_000;

/// Tags of a part at most that is neither a sheet nor the texts: each style, name and relation becomes an object.
const MOST_TAGS: usize = 500_000;

/// The longest address of a cell: `XFD1048576`, with two marks of an absolute one.
const LONGEST_ADDRESS: usize = 12;

/// Refuses a part that claims what it does not have.
pub fn check(name: &str, part: &[u8]) -> Result<(), Unreadable> {
    // Nothing writes workbooks in UTF-16, and what is looked for below would not be found.
    if [&b"\xff\xfe"[..], b"\xfe\xff", b"<\0", b"\0<"].iter().any(|start| part.starts_with(start)) {
        return Err(damaged());
    }
    let name = name.to_ascii_lowercase().replace('\\', "/");
    let is_texts = name.ends_with("sharedstrings.xml");
    if !is_texts && !name.contains("worksheets/") && memchr_iter(b'<', part).count() > MOST_TAGS {
        return Err(bomb());
    }
    let texts = || memmem::find_iter(part, b"si>").count() + memmem::find_iter(part, b"si/>").count();
    for at in memmem::find_iter(part, b"uniqueCount") {
        let claimed = value(&part[at + b"uniqueCount".len()..]).unwrap_or_default();
        let claimed =
            std::str::from_utf8(claimed).ok().and_then(|digits| digits.trim().parse::<usize>().ok());
        if claimed.is_some_and(|claimed| claimed > CLAIMED_TEXTS && claimed > texts()) {
            return Err(damaged());
        }
    }
    if is_texts { Ok(()) } else { check_addresses(part) }
}

/// Looks at where cells, rows and dimensions say they are.
fn check_addresses(part: &[u8]) -> Result<(), Unreadable> {
    for at in memchr_iter(b'<', part) {
        let tag = &part[at + 1..];
        // The longest name with a prefix; what is longer is none of these.
        let end = tag.iter().take(64).position(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'>'));
        let Some(end) = end else { continue };
        let name = &tag[..end];
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        let attribute: &[u8] = match local {
            b"c" | b"row" => b"r",
            b"dimension" => b"ref",
            _ => continue,
        };
        let tag = &tag[end..];
        let tag = &tag[..memchr(b'>', tag).unwrap_or(tag.len())];
        let longest = if local == b"dimension" { 2 * LONGEST_ADDRESS + 1 } else { LONGEST_ADDRESS };
        if address(tag, attribute).is_some_and(|address| address.len() > longest) {
            return Err(damaged());
        }
    }
    Ok(())
}

/// The value of an attribute of a tag.
fn address<'a>(tag: &'a [u8], attribute: &[u8]) -> Option<&'a [u8]> {
    memmem::find_iter(tag, attribute).find_map(|at| {
        let begins = at > 0 && tag[at - 1].is_ascii_whitespace();
        begins.then(|| value(&tag[at + attribute.len()..])).flatten()
    })
}

/// What stands in quotes behind `=`.
fn value(rest: &[u8]) -> Option<&[u8]> {
    let rest = rest.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    matches!(quote, b'"' | b'\'').then(|| &rest[..memchr(*quote, rest).unwrap_or(rest.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &str = "xl/sharedStrings.xml";
    const SHEET: &str = "xl/worksheets/sheet1.xml";

    #[test]
    fn claimed_count_of_texts_is_checked_against_the_texts() {
        for claim in [
            "<sst uniqueCount=\"4294967295\">",
            "<sst uniqueCount = '4294967295' >",
            "<x:sst uniqueCount='1000001'>",
        ] {
            assert!(check(TEXTS, claim.as_bytes()).is_err(), "{claim}");
            assert!(check("xl/other", claim.as_bytes()).is_err(), "{claim}");
        }
        assert!(check(TEXTS, b"<sst count=\"9\" uniqueCount=\"3\"><si><t>a</t></si></sst>").is_ok());
        let full = format!("<sst uniqueCount=\"1200000\">{}</sst>", "<si><t/></si>".repeat(1_200_000));
        assert!(check(TEXTS, full.as_bytes()).is_ok());
    }

    #[test]
    fn addresses_longer_than_the_last_cell_are_refused() {
        for tag in [
            "<c r=\"ZZZZ99999999999999\">",
            "<c s=\"1\" r='AAAAAAAAAAAA1'>",
            "<x:row r = \"99999999999999\">",
            "<row\tr=\"99999999999999\"/>",
            "<dimension ref=\"A1:ZZZZZZZZ999999999999999999\"/>",
        ] {
            assert!(check(SHEET, tag.as_bytes()).is_err(), "{tag}");
        }
        for tag in [
            "<c r=\"XFD1048576\">",
            "<dimension ref=\"A1:XFD1048576\"/>",
            "<col r=\"A long text of a column\">",
        ] {
            assert!(check(SHEET, tag.as_bytes()).is_ok(), "{tag}");
        }
    }

    #[test]
    fn parts_of_endless_styles_or_in_utf_16_are_refused() {
        assert!(check("xl/styles.xml", "<xf/>".repeat(MOST_TAGS + 1).as_bytes()).is_err());
        assert!(check(SHEET, "<c/>".repeat(MOST_TAGS + 1).as_bytes()).is_ok());
        assert!(check(TEXTS, b"\xff\xfe<\0s\0").is_err());
    }
}
