//! Excel workbooks, written row by row so that memory does not grow with the rows.

use std::{fs::File, io::Seek};

use chrono::{NaiveDate, NaiveDateTime};
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet};

pub use rust_xlsxwriter::XlsxError;

/// A column: its heading and its width in characters.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// The heading.
    pub title: &'a str,
    /// The width, in characters of the normal font.
    pub width: u8,
}

/// The value of one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text. One that a spreadsheet would run as a formula gets a leading apostrophe.
    Text(String),
    /// A number.
    Number(f64),
    /// An amount of money, with two decimals.
    Amount(f64),
    /// `TRUE` or `FALSE`.
    Flag(bool),
    /// A day.
    Date(NaiveDate),
    /// A day and time.
    DateTime(NaiveDateTime),
}

/// A workbook of one sheet with headings, white on blue, that stay in view.
pub struct Sheet {
    workbook: Workbook,
    formats: Formats,
    rows: u32,
}

/// How values that are no text are shown.
struct Formats {
    date: Format,
    date_time: Format,
    amount: Format,
}

/// What a cell can hold, in units of UTF-16 as Excel counts: an emoji is two. A text that is longer would be refused, and the whole workbook with it.
const LONGEST_TEXT: usize = 32_767;

impl Sheet {
    /// An empty sheet called `name` with these columns.
    pub fn new(name: &str, columns: &[Column<'_>]) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        let heading =
            Format::new().set_bold().set_font_color(Color::White).set_background_color(Color::RGB(0x44_72C4));
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (at, column) in (0..).zip(columns) {
            sheet.set_column_width(at, column.width)?;
            sheet.write_string_with_format(0, at, column.title, &heading)?;
        }
        let shown = |pattern| Format::new().set_num_format(pattern);
        let (date, date_time) = (shown("yyyy-mm-dd"), shown("yyyy-mm-dd hh:mm:ss"));
        let formats = Formats { date, date_time, amount: shown("#,##0.00") };
        Ok(Self { workbook, formats, rows: 0 })
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> Result<(), XlsxError> {
        self.rows += 1;
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (at, cell) in (0..).zip(cells) {
            write(sheet, (self.rows, at), cell, &self.formats)?;
        }
        Ok(())
    }

    /// The finished file on the disk, at its beginning; it is gone when it is closed.
    pub fn finish_to_file(mut self) -> Result<File, XlsxError> {
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(&mut file)?;
        file.rewind()?;
        Ok(file)
    }

    /// The finished file.
    pub fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }
}

fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, harmless(text))?,
        Cell::Number(number) => sheet.write_number(row, column, number)?,
        Cell::Amount(amount) => sheet.write_number_with_format(row, column, amount, &formats.amount)?,
        Cell::Flag(flag) => sheet.write_boolean(row, column, flag)?,
        Cell::Date(day) => sheet.write_datetime_with_format(row, column, day, &formats.date)?,
        Cell::DateTime(time) => sheet.write_datetime_with_format(row, column, time, &formats.date_time)?,
    };
    Ok(())
}

/// The text with what a spreadsheet might run as a formula (when the sheet is saved as CSV and opened
/// again) made plain text, and no longer than a cell can hold.
fn harmless(text: String) -> String {
    let mut quoted = no_formula(text);
    let mut units = 0;
    let end = quoted.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > LONGEST_TEXT
    });
    if let Some((end, _)) = end {
        quoted.truncate(end);
    }
    quoted
}

/// The text with an apostrophe before what a spreadsheet might run as a formula: also behind blanks, which some leave out, and
/// in the wide letters of East Asia, which some take for the usual ones.
pub(crate) fn no_formula(text: String) -> String {
    const BEGINS: [char; 12] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];
    let is_formula = text.trim_start_matches(is_unseen).starts_with(BEGINS);
    if is_formula || text.starts_with(['\t', '\r', '\n']) { format!("'{text}") } else { text }
}

/// Blanks, controls, and letters without a width.
fn is_unseen(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        )
        || matches!(letter, '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(letter, '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}')
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Empty, Self::Text)
    }
}

impl From<Option<i32>> for Cell {
    fn from(number: Option<i32>) -> Self {
        number.map_or(Self::Empty, Self::from)
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }
}

impl From<Option<bool>> for Cell {
    fn from(flag: Option<bool>) -> Self {
        flag.map_or(Self::Empty, Self::Flag)
    }
}

impl From<Option<NaiveDate>> for Cell {
    fn from(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Empty, Self::Date)
    }
}

impl From<Option<NaiveDateTime>> for Cell {
    fn from(time: Option<NaiveDateTime>) -> Self {
        time.map_or(Self::Empty, Self::DateTime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_plain_text() {
        for dangerous in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(harmless(dangerous.to_owned()), format!("'{dangerous}"));
        }
        assert_eq!(harmless("Dela Cruz".to_owned()), "Dela Cruz");
    }

    #[test]
    fn formulas_behind_blanks_and_in_wide_letters_become_plain_text() {
        for dangerous in [
            "\n=1+1",
            " =1",
            "\u{a0}+1",
            "\u{feff}=1",
            "\u{200b}\u{2060}@SUM(A1)",
            "\u{3000}-1",
            "\u{0b}=1",
            "\u{2800}=1",
            "＝1+1",
            "＋1",
            "－1",
            "＠SUM(A1)",
            "\u{202e} ＝1",
            "\ntext",
        ] {
            assert_eq!(harmless(dangerous.to_owned()), format!("'{dangerous}"));
        }
        assert_eq!(harmless(" a - b".to_owned()), " a - b");
    }

    #[test]
    fn overlong_texts_are_cut_between_characters() {
        assert_eq!(harmless("ñ".repeat(40_000)).chars().count(), LONGEST_TEXT);
        let whole = "a".repeat(LONGEST_TEXT);
        assert_eq!(harmless(whole.clone()), whole);
    }

    #[test]
    fn a_long_text_of_emoji_fits_into_a_cell() {
        let mut sheet = Sheet::new("Notes", &[Column { title: "note", width: 8 }]).unwrap();
        for text in ["😀".repeat(20_000), "a".repeat(LONGEST_TEXT - 1) + "😀"] {
            let cut = harmless(text.clone());
            assert_eq!(cut.encode_utf16().count(), LONGEST_TEXT - 1);
            sheet.row([Cell::Text(text)]).unwrap();
        }
        assert!(sheet.finish().unwrap().starts_with(b"PK"));
    }

    #[test]
    fn a_sheet_is_a_zip_file() {
        let mut sheet = Sheet::new("People", &[Column { title: "id", width: 8 }]).unwrap();
        sheet.row([Cell::from(1)]).unwrap();
        assert!(sheet.finish().unwrap().starts_with(b"PK\x03\x04"));
    }
}
