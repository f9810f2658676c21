//! Excel workbooks, cell by cell: a sheet that claims to reach to the last row costs nothing.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetVisible, Style, Xlsx, XlsxError};
use chrono::Timelike;

use super::{
    Budget, MOST_COLUMNS, MOST_ROWS, Table, TableBuilder, Unreadable,
    archive::{self, Archive, damaged},
    number_format::shown,
    too_long, too_wide, unreadable,
};

mod parts;

/// Sheets at most.
const MOST_SHEETS: usize = 50;

/// The tables of a workbook, one for each sheet, with what the formulas had come to when it was saved. A hidden sheet is not
/// read: its table is empty, and a note says so.
///
/// At most 10,000 rows and 256 columns a sheet, and on all sheets together 50,000 rows and as many cells as one full sheet
/// has; hidden sheets count. May panic inside on damaged files (that is caught).
pub fn read_xlsx(body: &[u8]) -> Result<Vec<Table>, Unreadable> {
    let reading = AssertUnwindSafe(|| read(body));
    catch_unwind(reading).unwrap_or_else(|_| Err(damaged()))
}

fn read(body: &[u8]) -> Result<Vec<Table>, Unreadable> {
    let has_formulas = has_formulas(&mut archive::open(body, parts::check)?)?;
    let mut workbook = Xlsx::new(Cursor::new(body)).map_err(refused)?;
    let names = workbook.sheet_names();
    if names.len() > MOST_SHEETS {
        return Err(unreadable(format!("The workbook has more than {MOST_SHEETS} sheets")));
    }
    let metadata = workbook.sheets_metadata().iter();
    let hidden: Vec<bool> = metadata.map(|sheet| sheet.visible != SheetVisible::Visible).collect();
    let (mut tables, mut budget) = (Vec::new(), Budget::default());
    for (name, hidden) in names.into_iter().zip(hidden) {
        if hidden {
            tables.push(hidden_sheet(name));
            continue;
        }
        let mut table = sheet(&mut workbook, &name, &mut budget)?;
        if has_formulas {
            note_formulas(&mut workbook, &name, &mut table)?;
        }
        tables.push(Table { sheet: Some(name), ..table });
    }
    Ok(tables)
}

/// What stands for a sheet that is not read.
pub(super) fn hidden_sheet(name: String) -> Table {
    let notes = vec![format!("The hidden sheet \"{name}\" was not read.")];
    Table { sheet: Some(name), notes, ..Table::default() }
}

/// Whether any sheet has formulas; most lists have none, and are read once.
fn has_formulas(archive: &mut Archive<'_>) -> Result<bool, Unreadable> {
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|_| damaged())?;
        let is_sheet = entry.name().is_ok_and(|name| name.starts_with("xl/worksheets/"));
        if is_sheet && archive::holds(&mut entry, &["<f>", "<f ", "<f/>"])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Marks the rows with formulas that have no stored result: programs write such, and only Excel would compute them.
fn note_formulas(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    table: &mut Table,
) -> Result<(), Unreadable> {
    let mut cells = match workbook.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(cause) => return Err(refused(cause)),
    };
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(refused)? {
        if cell.formula.is_none() || !matches!(cell.value, DataRef::Empty) {
            continue;
        }
        let (at, column) = (cell.pos.0, usize::try_from(cell.pos.1).unwrap_or(usize::MAX));
        let number = at as usize + 1;
        if column < MOST_COLUMNS
            && let Ok(index) = table.rows.binary_search_by_key(&number, |row| row.number)
        {
            let problem = format!(
                "Cell {} holds a formula without a result, please open the file in Excel, save it and send it again",
                address(column, at)
            );
            table.rows[index].problem.get_or_insert(problem);
        }
    }
    Ok(())
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
    let code =
        |style: &Style| style.number_format.as_ref().map_or_else(String::new, |it| it.format_code.clone());
    let formats: Vec<String> = cells.styles().iter().map(code).collect();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(refused)? {
        let (at, column) = cell.get_position();
        if at != row.at {
            std::mem::take(&mut row).finish(&mut table)?;
            row.at = at;
        }
        row.add(column, cell.get_value(), formats.get(style).map_or("", String::as_str))?;
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
    fn add(&mut self, column: u32, value: &DataRef<'_>, format: &str) -> Result<(), Unreadable> {
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
        match text(value, format) {
            Ok(text) => self.cells[column] = text,
            Err(fault) => self.problem = Some(format!("Cell {} holds {fault}", address(column, self.at))),
        }
        Ok(())
    }

    fn finish(self, table: &mut TableBuilder<'_>) -> Result<(), Unreadable> {
        table.push(self.at as usize + 1, self.cells, self.problem)
    }
}

/// A value as the sheet shows it, or the fault that a formula came to (`#REF!`).
fn text(value: &DataRef<'_>, format: &str) -> Result<String, String> {
    Ok(match value {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => shown(*number as f64, format),
        DataRef::Float(number) => shown(*number, format),
        DataRef::Bool(flag) => flag.to_string().to_uppercase(),
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
