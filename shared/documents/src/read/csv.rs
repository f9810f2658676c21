//! Comma-separated values, in whatever spelling a spreadsheet has saved them.

use ::csv::{ReaderBuilder, Trim};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memchr_iter;

use super::{Budget, MOST_COLUMNS, Table, TableBuilder, Unreadable, too_wide, unreadable};

/// Delimiters of one line at most, those inside of quoted cells included: texts have some.
const MOST_OF_A_LINE: usize = 100_000;

/// A table of comma-, semicolon-, tab- or bar-separated values in UTF-8, UTF-16 or Windows-1252, with or without a byte
/// order mark. A first line `sep=;` names what separates them, as Excel writes it. A quotation mark that is never closed is
/// refused: it would swallow the rows below it.
pub fn read_csv(body: &[u8]) -> Result<Table, Unreadable> {
    let mut text = decoded(body)?;
    if text.contains('\r') {
        // So that the reader counts the lines as people do.
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    let (separator, text, skipped) = match separator_line(&text) {
        Some((separator, rest)) => (separator, rest, 1),
        None => (delimiter(&text), text.as_str(), 0),
    };
    // A record is read whole before its cells can be counted.
    if text.lines().any(|line| memchr_iter(separator, line.as_bytes()).count() > MOST_OF_A_LINE) {
        return Err(too_wide());
    }
    check_quotes(text, separator, skipped)?;
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(Trim::None)
        .from_reader(text.as_bytes());
    let mut budget = Budget::default();
    let mut table = TableBuilder::new(&mut budget);
    let mut record = ::csv::StringRecord::new();
    let mut written_headings = None;
    while reader.read_record(&mut record).map_err(|_| unreadable("The CSV file cannot be read"))? {
        if record.len() > MOST_COLUMNS {
            return Err(too_wide());
        }
        let line = record.position().map_or(0, |start| line_of(text, start));
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if written_headings.is_none() && cells.iter().any(|cell| !cell.trim().is_empty()) {
            written_headings = Some(cells.len());
        }
        table.push(line + skipped, cells, None)?;
    }
    Ok(Table { written_headings, ..table.finish() })
}

/// The line of a record; the reader has not seen yet that empty ones stand before it.
fn line_of(text: &str, start: &::csv::Position) -> usize {
    let number = |number: u64| usize::try_from(number).unwrap_or_default();
    let rest = text.as_bytes().get(number(start.byte())..).unwrap_or_default();
    number(start.line()) + rest.iter().take_while(|byte| **byte == b'\n').count()
}

/// What a first line `sep=;` says, and the lines below it.
fn separator_line(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.trim_start_matches('\u{feff}').split_once('\n')?;
    let line = line.trim_matches('"');
    let separator = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).and(line.get(4..))?;
    match separator.as_bytes() {
        [separator] if !separator.is_ascii_alphanumeric() => Some((*separator, rest)),
        _ => None,
    }
}

/// Refuses a cell whose quotation mark is not closed where a cell ends. `skipped` lines stand above the text.
fn check_quotes(text: &str, separator: u8, skipped: usize) -> Result<(), Unreadable> {
    let mut line = 1 + skipped;
    let mut opened = None;
    let mut begins = true;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, opened) {
            (b'"', None) if begins => opened = Some(line),
            (b'"', Some(_)) if bytes.peek() == Some(&b'"') => drop(bytes.next()),
            (b'"', Some(start)) => {
                let ends = bytes.peek().is_none_or(|next| [separator, b'\n', b' '].contains(next));
                if !ends && line > start {
                    return Err(unclosed(start));
                }
                opened = None;
            }
            _ => {}
        }
        begins = opened.is_none() && (byte == separator || byte == b'\n');
        line += usize::from(byte == b'\n');
    }
    opened.map_or(Ok(()), |start| Err(unclosed(start)))
}

fn unclosed(line: usize) -> Unreadable {
    unreadable(format!(
        "A quotation mark in line {line} is not closed, so that the lines below it would be lost. Please correct it"
    ))
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
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
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
    fn line_that_names_the_separator_is_obeyed_and_rows_keep_their_numbers() {
        for (text, separator) in
            [("sep=;\r\na;b\r\n1;2\r\n", ";"), ("SEP=|\na|b\n1|2\n", "|"), ("\"sep=\t\"\na\tb\n1\t2\n", "\t")]
        {
            let table = read_csv(text.as_bytes()).unwrap();
            assert_eq!(table.headings, ["a", "b"], "{separator}");
            assert_eq!(
                (table.rows[0].number, table.rows[0].cells.concat()),
                (3, "12".to_owned()),
                "{separator}"
            );
        }
        let numbers =
            |text: &[u8]| read_csv(text).unwrap().rows.iter().map(|row| row.number).collect::<Vec<_>>();
        assert_eq!(numbers(b"a,b\r\n1,2\r\n\r\n\r\n3,4\r\n,,\n5,\"6\n7\"\n8,9\n"), [2, 5, 7, 9]);
        assert_eq!(cells(b"sep=,\na,b\n1,\"x;y\"\n")[1], ["1", "x;y"]);
    }

    #[test]
    fn quotation_mark_that_is_not_closed_is_refused_with_its_line() {
        for (text, line) in [
            ("a,b\n1,\"Bello,Ben\n2,Cid\n", "line 2"),
            ("a,b\n1,\"Bello,Ben\n2,\"Cruz\",Cid\n", "line 2"),
            ("sep=,\na,b\n1,2\n3,\"4\n", "line 4"),
        ] {
            let why = read_csv(text.as_bytes()).unwrap_err().to_string();
            assert!(why.contains(line), "{text}: {why}");
        }
        assert_eq!(cells(b"a,b\n1,5\" nail\n")[1], ["1", "5\" nail"]);
        assert_eq!(cells(b"a,b\n1,\"say \"\"x\"\"\nagain\"\n")[1], ["1", "say \"x\"\nagain"]);
    }

    #[test]
    fn letters_are_composed_and_what_nobody_sees_is_taken_out() {
        for text in [
            "a\nOrdon\u{303}ez\n",
            "a\n\u{200b}Ordo\u{f1}ez\u{ad}\n",
            "a\n\u{feff}\u{a0}Ordo\u{f1}ez\u{a0}\n",
        ] {
            assert_eq!(cells(text.as_bytes())[1], ["Ordo\u{f1}ez"], "{text:?}");
        }
    }

    #[test]
    fn programs_and_endless_tables_are_refused() {
        assert!(read_csv(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0").is_err());
        assert!(read_csv(",".repeat(300).as_bytes()).is_err());
        assert!(read_csv("a\n".repeat(10_002).as_bytes()).is_err());
    }
}
