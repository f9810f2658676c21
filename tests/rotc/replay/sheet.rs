//! Files as answers: their first bytes, and for workbooks the cells.

use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};
use serde_json::{Value, json};
use tests::Answer;

/// How a file differs from the recorded one.
pub fn compare(expected: &Value, magic: &str, answer: &Answer) -> Vec<String> {
    let mut problems = Vec::new();
    let magic: Vec<u8> = magic.chars().map(|letter| letter as u8).collect();
    if !answer.bytes().starts_with(&magic) {
        problems.push(format!("does not start as recorded: {:?}", answer.bytes().iter().take(8)));
        return problems;
    }
    if let Some(length) = expected["bytes"].as_u64()
        && length != answer.bytes().len() as u64
    {
        problems.push(format!("has {} bytes, recorded {length}", answer.bytes().len()));
    }
    for sheet in expected["xlsx"].as_array().into_iter().flatten() {
        let rows = rows(answer, sheet["name"].as_str().unwrap_or_default());
        for (at, expected) in sheet["rows"].as_array().into_iter().flatten().enumerate() {
            let actual = rows.get(at).cloned().unwrap_or_default();
            if !same_row(expected, &actual) {
                problems.push(format!("row {at} is {actual}, recorded {expected}"));
            }
        }
    }
    problems
}

/// Cells are equal by value; an empty cell at the end may be missing.
fn same_row(expected: &Value, actual: &Value) -> bool {
    let cell = |row: &Value, at: usize| match row.get(at) {
        Some(Value::Number(number)) => json!(number.as_f64()),
        Some(value) => value.clone(),
        None => Value::Null,
    };
    let length = |row: &Value| row.as_array().map_or(0, Vec::len);
    (0..length(expected).max(length(actual))).all(|at| cell(expected, at) == cell(actual, at))
}

fn rows(answer: &Answer, sheet: &str) -> Vec<Value> {
    let workbook = Xlsx::new(Cursor::new(answer.bytes().to_vec()));
    let range = workbook.ok().and_then(|mut workbook| workbook.worksheet_range(sheet).ok());
    range.map_or_else(Vec::new, |range| range.rows().map(|row| row.iter().map(value).collect()).collect())
}

fn value(cell: &Data) -> Value {
    match cell {
        Data::Empty => Value::Null,
        Data::Bool(value) => json!(value),
        Data::Int(value) => json!(value),
        Data::Float(value) => json!(value),
        Data::DateTime(_) => {
            json!(cell.as_datetime().map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string()))
        }
        other => json!(other.to_string()),
    }
}
