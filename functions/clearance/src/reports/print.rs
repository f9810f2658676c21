//! A report as pages.

use chrono::{DateTime, Utc};
use documents::{
    Cell,
    pdf::{Letterhead, PdfError, Report, TableColumn},
};

use shared::text::capitalized;

use super::tables::Heading;
use crate::times::nairobi;

/// What stands above the rows.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The columns, of which those with a share of the page are printed.
    pub columns: &'static [Heading],
    /// The title.
    pub title: &'static str,
    /// When it is made.
    pub made: DateTime<Utc>,
}

/// Prints the rows. Whatever a page has no room for is in the files for spreadsheets.
pub fn print(page: Page, rows: Vec<Vec<Cell>>) -> Result<Vec<u8>, PdfError> {
    let head = Letterhead {
        logo: None,
        school: "Machakos University".to_owned(),
        unit: "Graduation clearance".to_owned(),
    };
    let made = page.made.with_timezone(&nairobi()).format("%-d %B %Y, %H:%M");
    let count = rows.len();
    let subtitle = format!("{count} {}, {made} EAT", if count == 1 { "row" } else { "rows" });
    let shown = |at: usize| page.columns.get(at).is_some_and(|heading| heading.share > 0.0);
    let columns: Vec<TableColumn> = page
        .columns
        .iter()
        .filter(|heading| heading.share > 0.0)
        .map(|heading| TableColumn {
            title: words(heading.title).into(),
            ..TableColumn::text("", heading.share)
        })
        .collect();
    // Columns of offices, of which there may be several cells, stand behind all that is printed.
    let texts = |row: Vec<Cell>| {
        let printed = row.into_iter().enumerate().filter(|(at, _)| shown(*at));
        printed.map(|(_, cell)| text(cell)).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = rows.into_iter().map(texts).collect();
    let mut report = Report::new(head, page.title, &subtitle, page.made)?;
    report.table(&columns, &rows, "There are no rows.");
    report.finish()
}

/// `graduation_year` as `Graduation year`.
fn words(name: &str) -> String {
    capitalized(&name.replace('_', " "))
}

/// Whether it is a word of ours, such as `in_progress`.
fn is_word(text: &str) -> bool {
    text.contains('_') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) if is_word(&text) => text.replace('_', " "),
        Cell::Text(text) => text,
        Cell::Number(number) => number.to_string(),
        Cell::Amount(amount) => format!("{amount:.2}"),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Date(day) => day.to_string(),
        Cell::DateTime(at) => at.format("%Y-%m-%d %H:%M").to_string(),
    }
}
