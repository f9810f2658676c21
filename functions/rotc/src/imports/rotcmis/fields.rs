//! What the fields of ROTCMIS are called, and how its days and words are read.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use documents::read::Table;
use serde_json::{Map, Value};
use shared::imports::{Field, columns::exported, source::plain};

use crate::attendance::status::Status;

/// Names of the student id, the best first.
pub const STUDENT_ID: &[&str] =
    &["student_id", "id", "studentno", "student_number", "cadet_id", "qr", "qr_code", "qrvalue"];

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
        "present" | "p" | "1" | "yes" | "y" => Some(Status::Present),
        "late" | "l" => Some(Status::Late),
        "excused" | "e" => Some(Status::Excused),
        "absent" | "a" | "0" | "no" | "n" => Some(Status::Absent),
        _ => None,
    }
}

/// A moment as JavaScript reads it; a day alone begins at midnight (UTC). Of `d/m/y` the month comes first.
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let day = ["%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%B %d, %Y", "%d %B %Y"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    let local = || {
        ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%.f", "%m/%d/%Y %H:%M"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    };
    let zoned = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc));
    let time = day
        .map(|day| day.and_time(NaiveTime::MIN))
        .or_else(local)
        .map(|time| time.and_utc())
        .or_else(zoned)?;
    // Nobody trained in the year 20.
    (1900..2200).contains(&chrono::Datelike::year(&time)).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_the_client_reads_them() {
        for (text, expected) in [
            ("2025-02-01", Some("2025-02-01T00:00:00+00:00")),
            ("2025-02-08T08:00:00Z", Some("2025-02-08T08:00:00+00:00")),
            ("2025-02-01T00:00:00.000Z", Some("2025-02-01T00:00:00+00:00")),
            ("02/03/2025", Some("2025-02-03T00:00:00+00:00")),
            ("31/12/2024", None),
            ("garbage", None),
            ("", None),
        ] {
            assert_eq!(moment(text).map(|time| time.to_rfc3339()).as_deref(), expected, "{text}");
        }
    }
}
