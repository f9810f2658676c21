//! Rows of an attendance list (rules.md 9.3).

use documents::read::{Row, Table};

use super::times;
use crate::{
    attendance::status::Status,
    imports::{
        columns::{Aliases, Column},
        report::shortened,
        roster::Named,
    },
};

const NAME: Aliases = &["Name", "Student Name", "Student", "Name of Cadet", "Cadet Name", "Full Name"];
const FIRST_NAME: Aliases = &["First Name", "FName", "Given Name"];
const LAST_NAME: Aliases = &["Last Name", "LName", "Surname"];
const STUDENT_ID: Aliases = &["Student ID", "ID", "Student Number", "Student No"];
const USERNAME: Aliases = &["Username", "User Name"];
const EMAIL: Aliases = &["Email", "E-mail", "Email Address"];
const STATUS: Aliases = &["Status", "Attendance", "Attendance Status"];
const REMARKS: Aliases = &["Remarks", "Remark", "Note", "Notes"];
const TIME_IN: Aliases = &["Time In", "IN"];
const TIME_OUT: Aliases = &["Time Out", "OUT"];

/// Characters of a remark at most.
const LONGEST_REMARKS: usize = 20_000;

/// Somebody on a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The row or line.
    pub row: usize,
    /// Whom it names.
    pub named: Named,
    /// How they attended, or what is wrong with the row.
    pub status: Result<Status, String>,
    /// A remark.
    pub remarks: Option<String>,
    /// When they came.
    pub time_in: Option<String>,
    /// When they left.
    pub time_out: Option<String>,
}

struct Columns {
    name: Column,
    first: Column,
    last: Column,
    student_id: Column,
    username: Column,
    email: Column,
    status: Column,
    remarks: Column,
    time_in: Column,
    time_out: Column,
}

/// The rows that name anybody.
pub fn read(table: &Table) -> Vec<Listed> {
    let find = |aliases| Column::find(table, aliases);
    let columns = Columns {
        name: find(NAME),
        first: find(FIRST_NAME),
        last: find(LAST_NAME),
        student_id: find(STUDENT_ID),
        username: find(USERNAME),
        email: find(EMAIL),
        status: find(STATUS),
        remarks: find(REMARKS),
        time_in: find(TIME_IN),
        time_out: find(TIME_OUT),
    };
    table.rows.iter().filter_map(|row| listed(&columns, row)).collect()
}

fn listed(columns: &Columns, row: &Row) -> Option<Listed> {
    let text = |column: &Column| column.of(row).unwrap_or_default().to_owned();
    let word = |column: &Column| column.word(row).unwrap_or_default().to_owned();
    let mut name = word(&columns.name);
    if name.is_empty() {
        name = format!("{} {}", word(&columns.first), word(&columns.last)).trim().to_owned();
    }
    let student_id = text(&columns.student_id);
    if name.is_empty() && student_id.is_empty() {
        return None;
    }
    let named = Named {
        name,
        student_id,
        username: text(&columns.username),
        email: text(&columns.email),
        is_guess: false,
    };
    let time = |column: &Column| column.of(row).and_then(times::normalised);
    let remarks = columns.remarks.raw(row).map(|text| text.chars().take(LONGEST_REMARKS).collect());
    let status = match &row.problem {
        Some(problem) => Err(problem.clone()),
        None => status(columns, row),
    };
    Some(Listed {
        row: row.number,
        named,
        status,
        remarks,
        time_in: time(&columns.time_in),
        time_out: time(&columns.time_out),
    })
}

/// The status column, else the first cell that is a status word, else present.
fn status(columns: &Columns, row: &Row) -> Result<Status, String> {
    if let Some(said) = columns.status.raw(row) {
        return word(said).ok_or_else(|| {
            let said = shortened(said, 40);
            format!("status \"{said}\" is not one of present, absent, late and excused")
        });
    }
    let whole = |cell: &String| Status::parse(&cell.to_lowercase());
    Ok(row.cells.iter().find_map(whole).unwrap_or(Status::Present))
}

/// A status as lists abbreviate it.
fn word(text: &str) -> Option<Status> {
    let text = text.trim().to_lowercase();
    match text.as_str() {
        "p" | "pres" | "pr" => Some(Status::Present),
        "a" | "abs" | "ab" => Some(Status::Absent),
        "l" => Some(Status::Late),
        "e" | "exc" => Some(Status::Excused),
        other => Status::parse(other),
    }
}
