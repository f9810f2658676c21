//! Excel workbooks, cell by cell: a sheet that claims to reach to the last row costs nothing.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{Data, DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use chrono::Timelike;

use super::{
    Budget, MOST_COLUMNS, MOST_ROWS, Table, TableBuilder, Unreadable,
    archive::{self, damaged},
    too_long, too_wide, unreadable,
};

mod parts;

/// Sheets at most.
const MOST_SHEETS: usize = 50;

/// The tables of a workbook, one for each sheet, with what the formulas had come to when it was saved.
///
/// At most 10,000 rows and 256 columns a sheet, and on all sheets together 50,000 rows and as many cells as one full sheet
/// has; hidden sheets count. May panic inside on damaged files (that is caught).
pub fn read_xlsx(body: &[u8]) -> Result<Vec<Table>, Unreadable> {
    let reading = AssertUnwindSafe(|| read(body));
    catch_unwind(reading).unwrap_or_else(|_| Err(damaged()))
}

fn read(body: &[u8]) -> Result<Vec<Table>, Unreadable> {
    archive::open(body, parts::check)?;
    let mut workbook = Xlsx::new(Cursor::new(body)).map_err(refused)?;
    let names = workbook.sheet_names();
    if names.len() > MOST_SHEETS {
        return Err(unreadable(format!("The workbook has more than {MOST_SHEETS} sheets")));
    }
    let (mut tables, mut budget) = (Vec::new(), Budget::default());
    for name in names {
        tables.push(sheet(&mut workbook, &name, &mut budget)?);
    }
    Ok(tables)
}

fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str, budget: &mut Budget) -> Result<Table, Unreadable> {
    let mut cells = match workbook.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        // A sheet of a chart only.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Table::default()),
        Err(cause) => return Err(refused(cause)),
    };
    let mut table = TableBuilder::new(budget);
    let mut row = SheetRow::default();
    while let Some(cell) = cells.next_cell().map_err(refused)? {
        let (at, column) = cell.get_position();
        if at != row.at {
            std::mem::take(&mut row).finish(&mut table)?;
            row.at = at;
        }
        row.add(column, cell.get_value())?;
    }
    row.finish(&mut table)?;
    Ok(table.finish())
}

/// The cells of one row, as far as they have come.
#[derive(Default)]
struct SheetRow {
    at: u32,
    cells: Vec<String>,
    problem: Option<String>,
}

impl SheetRow {
    fn add(&mut self, column: u32, value: &DataRef<'_>) -> Result<(), Unreadable> {
        // Only cells that hold something count: a whole column that is coloured is no table.
        if matches!(value, DataRef::Empty) {
            return Ok(());
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MOST_COLUMNS {
            return Err(too_wide());
        }
        // Empty rows between do not count, but a table is not looked for in the millions.
        if self.at as usize > 4 * MOST_ROWS {
            return Err(too_long());
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        match text(value) {
            Ok(text) => self.cells[column] = text,
            Err(fault) => self.problem = Some(format!("Cell {} holds {fault}", address(column, self.at))),
        }
        Ok(())
    }

    fn finish(self, table: &mut TableBuilder<'_>) -> Result<(), Unreadable> {
        table.push(self.at as usize + 1, self.cells, self.problem)
    }
}

/// A value as people write it, or the fault that a formula came to (`#REF!`).
fn text(value: &DataRef<'_>) -> Result<String, String> {
    Ok(match value {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // As JavaScript and people write it: 20240001, not 20240001.0.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(time) => moment(time),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Empty => String::new(),
        DataRef::Error(_) => return Err(Data::from(value.clone()).to_string()),
    })
}

/// A day, a time, or both.
fn moment(time: &ExcelDateTime) -> String {
    let Some(moment) = time.as_datetime() else { return time.as_f64().to_string() };
    let has_time = moment.num_seconds_from_midnight() > 0;
    match (time.as_f64() < 1.0, has_time) {
        (true, _) => moment.format("%H:%M").to_string(),
        (false, true) => moment.format("%Y-%m-%d %H:%M:%S").to_string(),
        (false, false) => moment.format("%Y-%m-%d").to_string(),
    }
}

/// `B3` for column 1 of row 2, both from 0.
fn address(column: usize, row: u32) -> String {
    let letter = |at: usize| char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
    let mut name = String::new();
    if column >= 26 {
        name.push(letter(column / 26 - 1));
    }
    name.push(letter(column));
    format!("{name}{}", row + 1)
}

fn refused(cause: XlsxError) -> Unreadable {
    match cause {
        XlsxError::Password => unreadable("The workbook is protected by a password"),
        _ => damaged(),
    }
}
