//! Comma-separated values, in whatever spelling a spreadsheet has saved them.

use ::csv::{ReaderBuilder, Trim};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memchr_iter;

use super::{Budget, MOST_COLUMNS, Table, TableBuilder, Unreadable, too_wide, unreadable};

/// Delimiters of one line at most, those inside of quoted cells included: texts have some.
const MOST_OF_A_LINE: usize = 100_000;

/// A table of comma-, semicolon- or tab-separated values in UTF-8, UTF-16 or Windows-1252, with or without a byte order mark.
pub fn read_csv(body: &[u8]) -> Result<Table, Unreadable> {
    let text = decoded(body)?;
    let delimiter = delimiter(&text);
    // A record is read whole before its cells can be counted.
    if text.lines().any(|line| memchr_iter(delimiter, line.as_bytes()).count() > MOST_OF_A_LINE) {
        return Err(too_wide());
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(Trim::None)
        .from_reader(text.as_bytes());
    let mut budget = Budget::default();
    let mut table = TableBuilder::new(&mut budget);
    let mut record = ::csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|_| unreadable("The CSV file cannot be read"))? {
        if record.len() > MOST_COLUMNS {
            return Err(too_wide());
        }
        let line = record.position().map_or(0, ::csv::Position::line);
        let cells = record.iter().map(str::to_owned).collect();
        table.push(usize::try_from(line).unwrap_or_default(), cells, None)?;
    }
    Ok(table.finish())
}

/// The text of a file, whichever of the usual encodings it is in.
pub fn decoded(body: &[u8]) -> Result<String, Unreadable> {
    let encoding = encoding(body);
    let (text, _, _) = encoding.decode(body);
    // No text has NULs; a picture or a program that was renamed does.
    if text.contains('\0') {
        return Err(unreadable("The file is not a text file"));
    }
    Ok(text.into_owned())
}

fn encoding(body: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(body) {
        return encoding;
    }
    // UTF-16 without a mark: every second byte of plain letters is zero.
    let start = &body[..body.len().min(512) & !1];
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = start.len() / 4;
    match () {
        () if half > 0 && zeros(1) > half && zeros(0) == 0 => UTF_16LE,
        () if half > 0 && zeros(0) > half && zeros(1) == 0 => UTF_16BE,
        () if std::str::from_utf8(body).is_ok() => UTF_8,
        // What Excel for Windows saves as "CSV" in the Philippines, America and western Europe.
        () => WINDOWS_1252,
    }
}

/// What stands between the cells: whichever the first line has most of that has any, outside quotes. A title above the table
/// has none.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && counts.iter().any(|(_, count)| *count > 0) => break,
            _ if !quoted => counts.iter_mut().filter(|(mark, _)| *mark == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    // The first of equals, so a single column is read as comma-separated.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(body: &[u8]) -> Vec<Vec<String>> {
        let table = read_csv(body).unwrap();
        [table.headings].into_iter().chain(table.rows.into_iter().map(|row| row.cells)).collect()
    }

    #[test]
    fn the_same_table_is_read_in_every_encoding() {
        let text = "Student ID,Name\r\n2024-1,Peñaranda\r\n";
        let expected = vec![vec!["Student ID", "Name"], vec!["2024-1", "Peñaranda"]];
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let windows: Vec<u8> = text.chars().map(|letter| u8::try_from(letter as u32).unwrap()).collect();
        for body in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [&b"\xff\xfe"[..], &little].concat(),
            [&b"\xfe\xff"[..], &big].concat(),
            little,
            big,
            windows,
        ] {
            assert_eq!(cells(&body), expected);
        }
    }

    #[test]
    fn semicolons_tabs_quotes_and_ragged_rows_are_read() {
        assert_eq!(cells(b"a;b;\"c;d\"\n1;\"2\n3\"\n")[1], ["1", "2\n3", ""]);
        assert_eq!(cells(b"a\tb\n1\t2\t3\n")[1], ["1", "2", "3"]);
        assert_eq!(cells(b"a,b\n\n , \n1,2\n").len(), 2);
        assert_eq!(cells(b"only\none\n")[1], ["one"]);
        assert_eq!(cells(b"A list\n\nx;y\n1;2,5\n")[2], ["1", "2,5"]);
        assert_eq!(read_csv(b"").unwrap(), Table::default());
    }

    #[test]
    fn programs_and_endless_tables_are_refused() {
        assert!(read_csv(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0").is_err());
        assert!(read_csv(",".repeat(300).as_bytes()).is_err());
        assert!(read_csv("a\n".repeat(10_002).as_bytes()).is_err());
    }
}
