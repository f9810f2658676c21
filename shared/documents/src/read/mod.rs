//! Reading the files that people import: tables (Excel, CSV) and lines of text (Word, PDF).
//!
//! Such a file comes from anywhere, so nothing in it is believed: sizes are counted while it is unpacked, and what is
//! larger than any honest list of a school is refused before it fills the memory. A refusal is a sentence for the person
//! who sent the file.

use std::time::{Duration, Instant};

use unicode_normalization::UnicodeNormalization;

mod archive;
mod csv;
mod docx;
mod kind;
mod number_format;
mod ods;
mod pdf;
mod xlsx;

pub use csv::{decoded, read_csv};
pub use docx::{Docx, read_docx};
pub use kind::ImportKind;
pub use ods::read_ods;
pub use pdf::{PdfText, pdf_lines};
pub use xlsx::read_xlsx;

/// Rows of one table at most, beside the headings: what the legacy server read of a sheet.
pub const MOST_ROWS: usize = 10_000;

/// Columns of a table at most.
pub const MOST_COLUMNS: usize = 256;

/// Rows of all the tables of a file at most.
const MOST_ROWS_OF_FILE: usize = 5 * MOST_ROWS;

/// Cells of all the tables of a file at most, empty ones between others included: as many as one full table has.
const MOST_CELLS: usize = MOST_ROWS * MOST_COLUMNS;

/// Characters of one cell at most: what Excel can hold.
const LONGEST_CELL: usize = 32_767;

/// Bytes of all the text of a file at most.
const MOST_TEXT_BYTES: usize = 32 * 1024 * 1024;

/// How long the reading of a file may take. The largest list that is read takes a tenth of it.
const LONGEST_READING: Duration = Duration::from_secs(20);

/// Why a file is not read: one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(String);

impl Unreadable {
    /// A refusal for a reason of the caller's.
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

fn unreadable(why: impl Into<String>) -> Unreadable {
    Unreadable::new(why)
}

/// A table with its first row as headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The headings, as written; a column without one has an empty one.
    pub headings: Vec<String>,
    /// The rows that hold anything.
    pub rows: Vec<Row>,
    /// The name of the sheet it stands on.
    pub sheet: Option<String>,
    /// Cells of the row of headings as it was written, where commas divide them: a longer row has a comma too many.
    pub written_headings: Option<usize>,
    /// What is to be said of it, such as that it was hidden and is not read.
    pub notes: Vec<String>,
}

/// A row of a table. Cells are texts, whatever they were: numbers as people write them, days as `YYYY-MM-DD`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it stands in the file; the headings are row 1.
    pub number: usize,
    /// Its cells, trimmed, as many as there are headings.
    pub cells: Vec<String>,
    /// What is wrong with the row itself, such as a formula that failed.
    pub problem: Option<String>,
    /// What is not taken over of it, as a sentence.
    pub warnings: Vec<String>,
}

/// How much has been read of a file: all its tables share it, however many sheets they stand on.
struct Budget {
    rows: usize,
    cells: usize,
    text_bytes: usize,
    begun: Instant,
}

impl Default for Budget {
    fn default() -> Self {
        Self { rows: 0, cells: 0, text_bytes: 0, begun: Instant::now() }
    }
}

impl Budget {
    /// Counts the text of a row, and the time.
    fn count_text(&mut self, cells: &[String]) -> Result<(), Unreadable> {
        if self.begun.elapsed() > LONGEST_READING {
            return Err(too_slow());
        }
        self.text_bytes += cells.iter().map(String::len).sum::<usize>();
        if self.text_bytes > MOST_TEXT_BYTES {
            return Err(unreadable("The file holds too much text"));
        }
        Ok(())
    }

    /// Counts a row that is kept.
    fn count_row(&mut self, cells: usize) -> Result<(), Unreadable> {
        self.rows += 1;
        self.cells += cells;
        if self.rows > MOST_ROWS_OF_FILE {
            return Err(unreadable(format!(
                "The file has more than {MOST_ROWS_OF_FILE} rows, please divide it into several files"
            )));
        }
        if self.cells > MOST_CELLS {
            return Err(unreadable("The file has too many cells, please divide it into several files"));
        }
        Ok(())
    }
}

/// Collects the rows of a table within the limits.
struct TableBuilder<'a> {
    table: Table,
    has_headings: bool,
    budget: &'a mut Budget,
}

impl<'a> TableBuilder<'a> {
    fn new(budget: &'a mut Budget) -> Self {
        Self { table: Table::default(), has_headings: false, budget }
    }

    /// Adds a row; the first that holds anything becomes the headings, and empty ones are left out.
    fn push(
        &mut self,
        number: usize,
        mut cells: Vec<String>,
        problem: Option<String>,
    ) -> Result<(), Unreadable> {
        if cells.len() > MOST_COLUMNS {
            return Err(too_wide());
        }
        self.budget.count_text(&cells)?;
        cells.iter_mut().for_each(clean);
        let blank = cells.iter().all(String::is_empty) && problem.is_none();
        match (blank, self.has_headings) {
            (true, _) => {}
            (false, false) => {
                self.has_headings = true;
                self.table.headings = cells;
            }
            (false, true) => {
                if self.table.rows.len() == MOST_ROWS {
                    return Err(too_long());
                }
                let width = self.table.headings.len().max(cells.len());
                self.budget.count_row(width)?;
                cells.resize(width, String::new());
                self.table.rows.push(Row { number, cells, problem, ..Row::default() });
            }
        }
        Ok(())
    }

    /// The table; headings of columns that only rows have are empty.
    fn finish(mut self) -> Table {
        let widest =
            self.table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(self.table.headings.len());
        self.table.headings.resize(widest.max(self.table.headings.len()), String::new());
        self.table
    }
}

/// Trims a cell, composes its letters, takes out what nobody sees or a database does not store, and cuts what is too long.
fn clean(cell: &mut String) {
    if !cell.is_ascii() || cell.contains('\0') {
        *cell = composed(cell);
    }
    if let Some((end, _)) = cell.char_indices().nth(LONGEST_CELL) {
        cell.truncate(end);
    }
    let trimmed = cell.trim();
    if trimmed.len() != cell.len() {
        *cell = trimmed.to_owned();
    }
}

/// A line with one space between its words, and without what a database does not store.
fn squeezed(line: &str) -> String {
    let mut squeezed = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        if !squeezed.is_empty() {
            squeezed.push(' ');
        }
        squeezed.extend(word.chars().filter(|letter| *letter != '\0'));
    }
    squeezed
}

/// A text as people see it: letters composed (NFC), spaces of any kind plain ones, without characters that are not shown.
pub fn composed(text: &str) -> String {
    let seen = text.chars().filter(|letter| !is_invisible(*letter));
    seen.map(|letter| if letter != '\n' && letter.is_whitespace() { ' ' } else { letter }).nfc().collect()
}

/// NUL, soft hyphens, joiners, marks of direction and of byte order.
const fn is_invisible(letter: char) -> bool {
    matches!(letter, '\0' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn too_wide() -> Unreadable {
    unreadable(format!("The table has more than {MOST_COLUMNS} columns"))
}

fn too_slow() -> Unreadable {
    unreadable("The file takes too long to read, please divide it into several files")
}

fn too_long() -> Unreadable {
    unreadable(format!("The table has more than {MOST_ROWS} rows, please divide it into several files"))
}
