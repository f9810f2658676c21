//! What people send, as tables or lines.

use crate::{
    App, Error, Result,
    error::{invalid, too_large},
    http::UploadedFile,
    ocr::Language,
};
use bytes::Bytes;
use documents::read::{
    Docx, ImportKind, PdfText, Row, Table, Unreadable, composed, decoded, pdf_lines, read_csv, read_docx,
    read_ods, read_xlsx,
};
use serde_json::Value;

/// Bytes of one file at most.
pub const LIMIT_BYTES: usize = 20 * 1024 * 1024;

/// Values of a JSON file at most: a hundred for each of as many rows as a table may have.
const MOST_VALUES: usize = 100 * documents::read::MOST_ROWS;

/// Lines of text below which a PDF is taken for a scan.
const FEW_LINES: usize = 5;

/// What is in a file.
#[derive(Clone, Debug)]
pub enum Contents {
    /// Tables: the sheets of a workbook, or the one of a CSV or JSON file.
    Tables(Vec<Table>),
    /// Text.
    Lines(Vec<String>),
}

impl Contents {
    /// Rows or lines.
    pub fn total(&self) -> usize {
        match self {
            Self::Tables(tables) => tables.iter().map(|table| table.rows.len()).sum(),
            Self::Lines(lines) => lines.len(),
        }
    }
}

/// The tables of some files.
pub fn tables(contents: &[Contents]) -> impl Iterator<Item = &Table> {
    contents.iter().flat_map(|one| match one {
        Contents::Tables(tables) => tables.as_slice(),
        Contents::Lines(_) => &[],
    })
}

/// Which files a route takes, and what it says of others.
#[derive(Clone, Copy, Debug)]
pub struct Accepts {
    /// PDF files.
    pub pdf: bool,
    /// Word files.
    pub docx: bool,
    /// CSV files.
    pub csv: bool,
    /// JSON files.
    pub json: bool,
    /// Pictures and scanned PDF files.
    pub pictures: bool,
    /// What is said of any other.
    pub refusal: &'static str,
}

impl Accepts {
    /// Excel workbooks only, which are always accepted.
    pub const fn workbooks(refusal: &'static str) -> Self {
        Self { pdf: false, docx: false, csv: false, json: false, pictures: false, refusal }
    }
}

/// Reads a file. 400 with a sentence when it is none of those accepted, is damaged or is too large.
pub async fn read(app: &App, file: &UploadedFile, accepts: Accepts) -> Result<Contents> {
    if file.body.len() > LIMIT_BYTES {
        return Err(too_large("File too large"));
    }
    let kind = ImportKind::of(&file.name, &file.body);
    if let ImportKind::Picture(media_type) = kind
        && accepts.pictures
    {
        return recognised(app, file.body.clone(), media_type).await;
    }
    let body = file.body.clone();
    let contents = tokio::task::spawn_blocking(move || parse(kind, &body, accepts)).await?;
    let contents = contents.map_err(|why| why.error(accepts))?;
    match contents {
        // Legacy: a page with hardly any text is a picture of one.
        Contents::Lines(lines) if kind == ImportKind::Pdf && accepts.pictures && lines.len() < FEW_LINES => {
            match recognised(app, file.body.clone(), "application/pdf").await {
                Ok(Contents::Lines(read)) if read.len() > lines.len() => Ok(Contents::Lines(read)),
                Err(cause) if lines.is_empty() => Err(cause),
                _ => Ok(Contents::Lines(lines)),
            }
        }
        contents => Ok(contents),
    }
}

enum Refused {
    Kind,
    Old,
    Protected,
    Contents(ImportKind, Unreadable),
}

impl Refused {
    fn error(self, accepts: Accepts) -> Error {
        match self {
            Self::Kind => invalid("unsupported_file", accepts.refusal),
            Self::Old => invalid(
                "unsupported_file",
                "Files of Excel and Word 2003 are not read, please save the file as .xlsx or .docx",
            ),
            Self::Protected => invalid(
                "unsupported_file",
                "The file is protected by a password, please save it without one and send it again",
            ),
            Self::Contents(ImportKind::Pdf, why) => {
                invalid("bad_file", format!("Failed to parse PDF: {why}"))
            }
            Self::Contents(_, why) => invalid("bad_file", format!("Failed to process file: {why}")),
        }
    }
}

fn parse(kind: ImportKind, body: &[u8], accepts: Accepts) -> Result<Contents, Refused> {
    let table = |table| Contents::Tables(vec![table]);
    let read = match kind {
        ImportKind::Xlsx => read_xlsx(body).map(Contents::Tables),
        ImportKind::Ods => read_ods(body).map(Contents::Tables),
        ImportKind::Csv if accepts.csv => read_csv(body).map(table),
        ImportKind::Json if accepts.json => json(body).map(table),
        ImportKind::Docx if accepts.docx => read_docx(body).map(docx),
        ImportKind::Pdf if accepts.pdf => pdf_lines(body).map(|PdfText { lines, .. }| Contents::Lines(lines)),
        ImportKind::Old => return Err(Refused::Old),
        ImportKind::Protected => return Err(Refused::Protected),
        _ => return Err(Refused::Kind),
    };
    read.map_err(|why| Refused::Contents(kind, why))
}

/// The tables of a document, or its lines where it has none.
fn docx(Docx { lines, tables }: Docx) -> Contents {
    if tables.is_empty() { Contents::Lines(lines) } else { Contents::Tables(tables) }
}

async fn recognised(app: &App, body: Bytes, media_type: &str) -> Result<Contents> {
    let read = app.ocr.read(body, media_type, &[Language::English]).await?;
    let text = read.text();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(Contents::Lines(lines.map(|line| line.replace('\0', "")).collect()))
}

/// `[{..}]`, `{"rows": [..]}`, `{"data": [..]}` or `{"records": [..]}` as a table.
fn json(body: &[u8]) -> Result<Table, Unreadable> {
    table_of(&json_list(body)?)
}

/// The records of a JSON file.
pub fn json_list(body: &[u8]) -> Result<Vec<Value>, Unreadable> {
    let text = decoded(body)?;
    // Each becomes a value of dozens of bytes, which a few bytes of text can ask for.
    if text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() > MOST_VALUES {
        return Err(Unreadable::new(
            "The JSON file has too many values, please divide it into several files",
        ));
    }
    let value: Value =
        serde_json::from_str(&text).map_err(|_| Unreadable::new("The file is not valid JSON"))?;
    let list = match value {
        Value::Array(list) => Some(list),
        Value::Object(mut object) => {
            ["rows", "data", "records"].iter().find_map(|key| match object.remove(*key) {
                Some(Value::Array(list)) => Some(list),
                _ => None,
            })
        }
        _ => None,
    };
    list.ok_or_else(|| Unreadable::new("The JSON file holds no list of records"))
}

/// Objects as a table: each member that any of them has is a column.
pub fn table_of(list: &[Value]) -> Result<Table, Unreadable> {
    if list.len() > documents::read::MOST_ROWS {
        return Err(Unreadable::new(format!("The list has more than {} rows", documents::read::MOST_ROWS)));
    }
    let mut table = Table::default();
    for (at, object) in list.iter().enumerate() {
        let mut row = Row { number: at + 1, ..Row::default() };
        for (key, value) in object.as_object().into_iter().flatten() {
            let column = match table.headings.iter().position(|heading| heading == key) {
                Some(column) => column,
                None if table.headings.len() == documents::read::MOST_COLUMNS => {
                    return Err(Unreadable::new("The records have too many different fields"));
                }
                None => {
                    table.headings.push(key.clone());
                    table.headings.len() - 1
                }
            };
            row.cells.resize(row.cells.len().max(column + 1), String::new());
            row.cells[column] = plain(value);
        }
        table.rows.push(row);
    }
    let columns = table.headings.len();
    table.rows.iter_mut().for_each(|row| row.cells.resize(columns, String::new()));
    Ok(table)
}

/// A value as a cell.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => composed(text).trim().to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_millions_of_values_is_refused_before_they_are_made() {
        for part in ["[],", "0,", "{},"] {
            let body = format!("[{}0]", part.repeat(MOST_VALUES));
            let refused = json_list(body.as_bytes()).unwrap_err();
            assert!(refused.to_string().contains("too many values"), "{refused}");
        }
        assert_eq!(json_list(br#"{"rows": [{"a": 1}, {}]}"#).unwrap().len(), 2);
    }
}
