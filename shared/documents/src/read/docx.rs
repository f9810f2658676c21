//! Word documents: their text, line by line.

use quick_xml::{Reader, events::Event};

use super::{
    Budget, MOST_TEXT_BYTES, Table, TableBuilder, Unreadable,
    archive::{self, damaged},
    composed, unreadable,
};

/// Lines at most.
const MOST_LINES: usize = 20_000;

/// What a document holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docx {
    /// A line for each paragraph, and one for each row of a table.
    pub lines: Vec<String>,
    /// Its tables with several rows and columns. Their rows have the numbers of their lines.
    pub tables: Vec<Table>,
}

/// The text of a document.
///
/// A document that declares entities is refused: Word writes none, and they are how a file reads other files.
pub fn read_docx(body: &[u8]) -> Result<Docx, Unreadable> {
    let mut archive = archive::open(body, |_, _| Ok(()))?;
    let text = archive::text(&mut archive, "word/document.xml")?.ok_or_else(damaged)?;
    let mut reader = Reader::from_str(&text);
    let mut lines = Lines::default();
    loop {
        match reader.read_event().map_err(|_| damaged())? {
            Event::Eof => break,
            Event::DocType(_) => {
                return Err(unreadable("The document declares entities, which are not read"));
            }
            Event::Start(tag) => lines.open(tag.local_name().as_ref()),
            Event::Empty(tag) => lines.mark(tag.local_name().as_ref()),
            Event::End(tag) => lines.close(tag.local_name().as_ref()),
            Event::Text(text) => lines.write(&text),
            Event::GeneralRef(name) => lines.write(&resolved(&name)?),
            _ => {}
        }
        if lines.done.len() > MOST_LINES {
            return Err(unreadable("The document has too many lines"));
        }
        if lines.bytes > MOST_TEXT_BYTES {
            return Err(unreadable("The document holds too much text"));
        }
    }
    lines.end();
    let mut budget = Budget::default();
    let mut tables = Vec::new();
    for rows in lines.tables {
        if rows.len() < 2 || rows.iter().all(|(_, cells)| cells.len() < 2) {
            continue;
        }
        let mut table = TableBuilder::new(&mut budget);
        for (number, cells) in rows {
            table.push(number, cells, None)?;
        }
        tables.push(table.finish());
    }
    Ok(Docx { lines: lines.done, tables })
}

/// The character that `&amp;` or `&#241;` stands for.
pub(super) fn resolved(name: &quick_xml::events::BytesRef<'_>) -> Result<String, Unreadable> {
    if let Some(character) = name.resolve_char_ref().map_err(|_| damaged())? {
        return Ok(character.to_string());
    }
    let name: &str = name;
    let known = quick_xml::escape::resolve_predefined_entity(name);
    known.map(str::to_owned).ok_or_else(|| unreadable("The document declares entities, which are not read"))
}

#[derive(Default)]
struct Lines {
    done: Vec<String>,
    line: String,
    in_text: bool,
    /// Open rows: a table may stand in a cell of another.
    rows: usize,
    bytes: usize,
    cell: String,
    cells: Vec<String>,
    /// The rows of each table with the numbers of their lines.
    tables: Vec<Vec<(usize, Vec<String>)>>,
}

impl Lines {
    fn open(&mut self, tag: &str) {
        match tag {
            "t" => self.in_text = true,
            "tbl" if self.rows == 0 => self.tables.push(Vec::new()),
            "tr" => self.rows += 1,
            "tc" => {}
            _ => self.mark(tag),
        }
    }

    /// Tags without contents.
    fn mark(&mut self, tag: &str) {
        match tag {
            "tab" => self.push(" "),
            "br" | "cr" => self.end_unless_in_row(),
            "tc" if self.rows == 1 => self.cells.push(String::new()),
            _ => {}
        }
    }

    fn close(&mut self, tag: &str) {
        match tag {
            "t" => self.in_text = false,
            "p" => self.end_unless_in_row(),
            "tc" if self.rows == 1 => {
                let cell = std::mem::take(&mut self.cell);
                self.cells.push(words(&cell));
            }
            "tr" => {
                self.rows = self.rows.saturating_sub(1);
                self.end_unless_in_row();
            }
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        if self.in_text {
            self.bytes += text.len();
            self.push(text);
        }
    }

    fn push(&mut self, text: &str) {
        self.line.push_str(text);
        if self.rows > 0 {
            self.cell.push_str(text);
        }
    }

    /// The cells of a row make one line.
    fn end_unless_in_row(&mut self) {
        if self.rows > 0 { self.push(" ") } else { self.end() }
    }

    fn end(&mut self) {
        let line = words(&std::mem::take(&mut self.line));
        let cells = std::mem::take(&mut self.cells);
        if line.is_empty() {
            return;
        }
        self.done.push(line);
        if let Some(table) = self.tables.last_mut()
            && !cells.is_empty()
        {
            table.push((self.done.len(), cells));
        }
    }
}

/// A text with single spaces, as people see it.
fn words(text: &str) -> String {
    let text = composed(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn document(body: &str) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
        write!(zip, "<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>").unwrap();
        zip.finish().unwrap().into_inner()
    }

    fn paragraph(text: &str) -> String {
        format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
    }

    fn table(rows: &[&[&str]]) -> String {
        let cell = |text: &&str| format!("<w:tc>{}</w:tc>", paragraph(text));
        let row = |cells: &&[&str]| format!("<w:tr>{}</w:tr>", cells.iter().map(cell).collect::<String>());
        format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<String>())
    }

    #[test]
    fn tables_keep_their_columns_and_the_numbers_of_their_lines() {
        let list = table(&[&["No.", "Name", "Status"], &["1", "Ordon\u{303}ez", "P"], &["2", "Cruz", ""]]);
        let read =
            read_docx(&document(&format!("{}{list}{}", paragraph("Attendance"), paragraph("End")))).unwrap();
        assert_eq!(read.lines, ["Attendance", "No. Name Status", "1 Ordo\u{f1}ez P", "2 Cruz", "End"]);
        assert_eq!(read.tables.len(), 1);
        assert_eq!(read.tables[0].headings, ["No.", "Name", "Status"]);
        assert_eq!(read.tables[0].rows[0].cells, ["1", "Ordo\u{f1}ez", "P"]);
        assert_eq!((read.tables[0].rows[1].number, read.tables[0].rows[1].cells[2].as_str()), (4, ""));
    }

    #[test]
    fn frames_of_one_cell_are_no_tables() {
        let framed = table(&[&["Attendance"], &["1. Ana Cruz ana.cruz Basic/MS1 Present"]]);
        let read = read_docx(&document(&framed)).unwrap();
        assert_eq!((read.lines.len(), read.tables.len()), (2, 0));
    }
}
