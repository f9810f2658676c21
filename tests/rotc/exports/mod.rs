//! Tables as files.

mod contents;
mod filters;

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use tests::{Answer, TestApp};

const CSV: &str = "/api/export/csv?entity_type=";
const EXCEL: &str = "/api/export/excel?entity_type=";

/// The rows of a CSV answer, the headings first.
fn rows(answer: &Answer) -> Vec<Vec<String>> {
    let text = answer.is(200).text();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// The only sheet of a workbook.
fn sheet(answer: &Answer, name: &str) -> Range<Data> {
    let mut book = Xlsx::new(Cursor::new(answer.is(200).bytes().to_vec())).expect("a workbook");
    assert_eq!(book.sheet_names(), [name]);
    book.worksheet_range(name).expect("a sheet")
}

/// A cadet whose name would run as a formula.
async fn dangerous_cadet(app: &TestApp) -> tests::Cadet {
    let cadet = app.add(tests::a_cadet()).await;
    let rename = "UPDATE cadets SET first_name = '=cmd|'' /C calc''!A0', middle_name = '@SUM(1)', last_name = 'O\"Hara, ñ',
                         platoon = '-1st Platoon', created_at = '2026-01-05 08:02:00' WHERE id = $1";
    app.execute(rename, &[&cadet.id]).await;
    cadet
}
