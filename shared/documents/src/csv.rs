//! Comma-separated values, as spreadsheets open them.

use ::csv::{Terminator, WriterBuilder};

use crate::xlsx::{Cell, no_formula};

/// Stands at the beginning of a file, so that Excel reads it as UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Some rows of a file. What a spreadsheet would run as a formula gets a leading apostrophe.
pub fn csv_rows<R: IntoIterator<Item = Cell>>(
    rows: impl IntoIterator<Item = R>,
) -> Result<Vec<u8>, ::csv::Error> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.into_iter().map(text))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => no_formula(text),
        Cell::Number(number) => number.to_string(),
        Cell::Amount(amount) => format!("{amount:.2}"),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Date(day) => day.to_string(),
        Cell::DateTime(time) => time.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awkward_cells_come_back_as_they_were_and_formulas_as_text() {
        let awkward = ["plain", "a,b", "say \"so\"", "two\r\nlines", "ñ", "=1+1", "@SUM(A1)", "-2"];
        let row = awkward.map(|text| Cell::Text(text.to_owned()));
        let bytes =
            csv_rows([row.to_vec(), vec![Cell::Number(-2.0), Cell::Flag(true), Cell::Empty]].map(|row| {
                let mut row = row;
                row.resize(8, Cell::Empty);
                row
            }))
            .unwrap();
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&*bytes);
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!(rows[0], ["plain", "a,b", "say \"so\"", "two\r\nlines", "ñ", "'=1+1", "'@SUM(A1)", "'-2"]);
        assert_eq!(rows[1][..3], ["-2", "true", ""], "a number is no formula");
        assert!(bytes.ends_with(b"\r\n"));
    }
}
