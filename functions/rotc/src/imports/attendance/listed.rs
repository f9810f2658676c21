//! Rows of an attendance list (rules.md 9.3).

use documents::read::{Row, Table};
use shared::imports::{Columns, Field, report::shortened};

use super::times;
use crate::{attendance::status::Status, imports::roster::Named};

/// The columns of a list of attendance.
pub static FIELDS: [Field; 10] = [
    Field::new("name", &["Name", "Student Name", "Student", "Name of Cadet", "Cadet Name", "Full Name"])
        .words(),
    Field::new("first_name", &["First Name", "FName", "Given Name"]).words(),
    Field::new("last_name", &["Last Name", "LName", "Surname"]).words(),
    Field::new("student_id", &["Student ID", "ID", "Student Number", "Student No"]),
    Field::new("username", &["Username", "User Name"]),
    Field::new("email", &["Email", "E-mail", "Email Address"]),
    Field::new("status", &["Status", "Attendance", "Attendance Status"]).raw(),
    Field::new("remarks", &["Remarks", "Remark", "Note", "Notes"]).raw(),
    Field::new("time_in", &["Time In", "IN"]),
    Field::new("time_out", &["Time Out", "OUT"]),
];

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

/// The rows that name anybody.
pub fn read(table: &Table) -> Vec<Listed> {
    let columns = Columns::find(table, &FIELDS);
    table.rows.iter().filter_map(|row| listed(&columns, row)).collect()
}

fn listed(columns: &Columns<10>, row: &Row) -> Option<Listed> {
    let [name, first, last, student_id, username, email, said, remarks, time_in, time_out] =
        columns.values(row);
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let full = || format!("{} {}", first.unwrap_or_default(), last.unwrap_or_default()).trim().to_owned();
    let name = name.map_or_else(full, str::to_owned);
    if name.is_empty() && student_id.is_none() {
        return None;
    }
    let named = Named {
        name,
        student_id: text(student_id),
        username: text(username),
        email: text(email),
        is_guess: false,
    };
    Some(Listed {
        row: row.number,
        named,
        status: match &row.problem {
            Some(problem) => Err(problem.clone()),
            None => status(said, row),
        },
        remarks: remarks.map(|text| text.chars().take(LONGEST_REMARKS).collect()),
        time_in: time_in.and_then(times::normalised),
        time_out: time_out.and_then(times::normalised),
    })
}

/// The status column, else the first cell that is a status word, else present.
fn status(said: Option<&str>, row: &Row) -> Result<Status, String> {
    if let Some(said) = said {
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
