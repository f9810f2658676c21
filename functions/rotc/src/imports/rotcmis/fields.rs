//! What the fields of ROTCMIS are called, and how its days and words are read.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat};
use documents::read::Table;
use serde_json::{Map, Value};
use shared::imports::{
    Field,
    columns::exported,
    source::plain,
    values::{DayOrder, day},
};

use crate::{attendance::status::Status, imports::attendance::times};

/// Names of the student id, the best first.
pub const STUDENT_ID: &[&str] = &[
    "student_id",
    "studentno",
    "student_no",
    "student_number",
    "id_number",
    "usn",
    "cadet_id",
    "qr",
    "qr_code",
    "qrvalue",
    "id",
];

/// Names of the name.
pub const NAME: &[&str] = &["name", "full_name", "fullname", "cadet_name"];

/// Names of the day.
pub const DATE: &[&str] = &["date", "attendance_date", "datetime", "time", "timestamp"];

/// Names of the status.
pub const STATUS: &[&str] = &["status", "attendance", "attendancestatus", "attendance_status", "present"];

/// What tells the row of the headings in a file that is checked.
pub static CHECKED: [Field; 6] = [
    Field::new("student_id", STUDENT_ID),
    Field::new("name", NAME),
    Field::new("date", DATE),
    Field::new("status", STATUS),
    Field::new("company", &["company"]),
    Field::new("platoon", &["platoon"]),
];

/// A heading as it is compared: `Student No.` is `student_no`.
fn heading(text: &str) -> String {
    let lower = text.trim().to_lowercase().replace(char::is_whitespace, "_");
    lower.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
}

/// An object with its keys as they are compared and its values as texts.
pub fn normalised(object: &Map<String, Value>) -> Map<String, Value> {
    object.iter().map(|(key, value)| (heading(key), Value::from(plain(value)))).collect()
}

/// The rows of a table as objects.
pub fn of_table(table: &Table) -> Vec<Map<String, Value>> {
    let headings: Vec<String> = table.headings.iter().map(|text| heading(text)).collect();
    let object = |cells: &Vec<String>| {
        let named = headings.iter().zip(cells).filter(|(heading, _)| !heading.is_empty());
        named.map(|(heading, cell)| (heading.clone(), Value::from(exported(cell)))).collect()
    };
    table.rows.iter().map(|row| object(&row.cells)).collect()
}

/// A status as ROTCMIS writes it.
pub fn status_word(text: &str) -> Option<Status> {
    match text.trim().to_lowercase().as_str() {
        "present" | "p" | "1" | "yes" | "y" | "true" | "✓" | "✔" => Some(Status::Present),
        "late" | "l" => Some(Status::Late),
        "excused" | "e" => Some(Status::Excused),
        "absent" | "a" | "0" | "no" | "n" | "false" => Some(Status::Absent),
        _ => None,
    }
}

/// When something was, as lists write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day as it is written, in whichever zone that is.
    pub day: NaiveDate,
    /// ISO 8601 with milliseconds; what names no zone stands as UTC, a day alone begins at midnight.
    pub iso: String,
}

/// A moment, or what is wrong with it, as a part of a sentence.
pub fn moment(text: &str, order: DayOrder) -> Result<Moment, String> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text)
        && (1900..2200).contains(&time.year())
    {
        // The zone stays: 07:30 in Manila is of another day in UTC.
        return Ok(Moment { day: time.date_naive(), iso: time.to_rfc3339_opts(SecondsFormat::Millis, true) });
    }
    let day = day(text, order)?;
    let time = times::normalised(text).ok().flatten().unwrap_or_else(|| "00:00".to_owned());
    Ok(Moment { day, iso: format!("{day}T{time}:00.000Z") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_keep_the_day_that_is_written() {
        for (text, order, expected) in [
            ("2025-02-01", DayOrder::Unknown, "2025-02-01 2025-02-01T00:00:00.000Z"),
            ("2025-02-08T08:00:00Z", DayOrder::Unknown, "2025-02-08 2025-02-08T08:00:00.000Z"),
            ("2025-02-01T00:00:00.000Z", DayOrder::Unknown, "2025-02-01 2025-02-01T00:00:00.000Z"),
            ("2027-01-09T07:30:00+08:00", DayOrder::Unknown, "2027-01-09 2027-01-09T07:30:00.000+08:00"),
            ("2027-01-09T23:30:00-05:00", DayOrder::Unknown, "2027-01-09 2027-01-09T23:30:00.000-05:00"),
            ("2027-01-16 07:30:00", DayOrder::Unknown, "2027-01-16 2027-01-16T07:30:00.000Z"),
            ("1/16/2027 7:30 AM", DayOrder::Unknown, "2027-01-16 2027-01-16T07:30:00.000Z"),
            ("02/03/2025", DayOrder::MonthFirst, "2025-02-03 2025-02-03T00:00:00.000Z"),
            ("02/03/2025", DayOrder::DayFirst, "2025-03-02 2025-03-02T00:00:00.000Z"),
            ("January 16, 2027", DayOrder::Unknown, "2027-01-16 2027-01-16T00:00:00.000Z"),
            ("16-Jan-2027", DayOrder::Unknown, "2027-01-16 2027-01-16T00:00:00.000Z"),
        ] {
            let Moment { day, iso } = moment(text, order).unwrap();
            assert_eq!(format!("{day} {iso}"), expected, "{text}");
        }
        for text in ["02/03/2025", "garbage", "", "0020-01-01T00:00:00Z"] {
            assert!(moment(text, DayOrder::Unknown).is_err(), "{text}");
        }
    }
}
