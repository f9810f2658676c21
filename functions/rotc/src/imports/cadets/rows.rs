//! The rows of a list of cadets (rules.md 9.1).

use documents::read::{Row, Table};
use shared::imports::{
    Columns, Contents,
    report::shortened,
    values::{day, name_parts},
};
use validator::ValidateEmail;

use super::fields::{
    BIRTHDATE, EMAIL, FIELDS, FIRST_NAME, Fields, LAST_NAME, MIDDLE_NAME, NAMING, YEAR_LEVEL,
};
use crate::imports::plan::Report;

/// Characters of a student id or the name of an account at most.
const LONGEST_ID: usize = 200;

/// Headings that an error names; a table has up to 256, each as long as its file wants.
const SHOWN_HEADINGS: usize = 20;

/// A row that can be imported.
#[derive(Clone, Debug)]
pub struct CadetRow {
    /// Where it stands.
    pub number: usize,
    /// The student id, if there is one.
    pub student_id: Option<String>,
    /// The wanted name of the account.
    pub username: Option<String>,
    /// What it says.
    pub fields: Fields,
}

impl CadetRow {
    /// The mail address.
    pub fn email(&self) -> Option<&str> {
        self.fields[EMAIL].as_deref()
    }

    /// How the row is named in reports.
    pub fn who(&self) -> String {
        let known = self.student_id.as_deref().or(self.username.as_deref()).or(self.email());
        known.map_or_else(|| self.name(), str::to_owned)
    }

    fn name(&self) -> String {
        let part = |at: usize| self.fields[at].as_deref().unwrap_or_default();
        format!("{} {}", part(FIRST_NAME), part(LAST_NAME)).trim().to_owned()
    }
}

/// The rows of all lists; those that are wrong go to the report. What ROTCMIS exports is held to stricter rules.
pub fn read(contents: &[Contents], is_rotcmis: bool, report: &mut Report) -> Vec<CadetRow> {
    let mut rows = Vec::new();
    for one in contents {
        match one {
            Contents::Tables(tables) => {
                tables.iter().for_each(|table| read_table(table, is_rotcmis, &mut rows, report));
            }
            Contents::Lines(lines) => {
                rows.extend(lines.iter().enumerate().filter_map(|(at, line)| read_line(at + 1, line)))
            }
        }
    }
    rows
}

fn read_table(table: &Table, is_rotcmis: bool, rows: &mut Vec<CadetRow>, report: &mut Report) {
    let (fields, naming) = (Columns::find(table, &FIELDS), Columns::find(table, &NAMING));
    let nobody = nobody(table);
    for row in &table.rows {
        let read = read_row((&fields, &naming), row, &nobody);
        let read = read.and_then(|row| match is_rotcmis {
            true => required(&row).map_err(|why| (row.who(), why)).map(|()| row),
            false => Ok(row),
        });
        match read {
            Ok(row) => rows.push(row),
            Err((who, why)) => {
                let message = if who.is_empty() { why } else { format!("{who}: {why}") };
                report.fail(row.number, &who, message);
            }
        }
    }
}

/// One row, or whom it is about and what is wrong with it; `nobody` is said of one that names nobody.
fn read_row(
    (fields, naming): (&Columns<20>, &Columns<3>),
    row: &Row,
    nobody: &str,
) -> Result<CadetRow, (String, String)> {
    let [student_id, username, full_name] = naming.owned(row);
    let mut read = CadetRow { number: row.number, student_id, username, fields: fields.owned(row) };
    if (read.fields[FIRST_NAME].is_none() || read.fields[LAST_NAME].is_none())
        && let Some(full) = &full_name
    {
        take_name(&mut read.fields, full);
    }
    let who = read.who();
    if let Some(problem) = &row.problem {
        return Err((who, problem.clone()));
    }
    if who.is_empty() {
        return Err((who, nobody.to_owned()));
    }
    match check(&mut read) {
        Ok(()) => Ok(read),
        Err(why) => Err((who, why)),
    }
}

/// What ROTCMIS must say of a cadet (rules.md 9.8).
fn required(row: &CadetRow) -> Result<(), String> {
    if row.student_id.as_ref().is_none_or(|id| id.chars().count() < 3) {
        return Err("student_id must have at least 3 characters".to_owned());
    }
    for at in [FIRST_NAME, LAST_NAME] {
        if row.fields[at].is_none() {
            return Err(format!("{} is required", FIELDS[at].name));
        }
    }
    let year = row.fields[YEAR_LEVEL].as_deref().map(str::parse::<u8>);
    match year {
        None | Some(Ok(1..=5)) => Ok(()),
        Some(_) => Err("year_level must be a whole number from 1 to 5".to_owned()),
    }
}

fn take_name(fields: &mut Fields, full: &str) {
    let (first, middle, last) = name_parts(full);
    let last = last.unwrap_or_else(|| "Unknown".to_owned());
    for (at, value) in [(FIRST_NAME, Some(first)), (MIDDLE_NAME, middle), (LAST_NAME, Some(last))] {
        if fields[at].is_none() {
            fields[at] = value.filter(|value| !value.is_empty());
        }
    }
}

fn nobody(table: &Table) -> String {
    let filled = table.headings.iter().filter(|heading| !heading.is_empty());
    let found: Vec<String> = filled.take(SHOWN_HEADINGS).map(|heading| shortened(heading, 40)).collect();
    format!(
        "Could not determine identity (Missing Student ID, Username, Email, or Name). Found columns: {}",
        found.join(", ")
    )
}

fn check(row: &mut CadetRow) -> Result<(), String> {
    for (field, value) in FIELDS.iter().zip(&row.fields) {
        if value.as_ref().is_some_and(|value| value.chars().count() > field.longest) {
            return Err(format!("{} is too long", field.label()));
        }
    }
    let ids = [&row.student_id, &row.username];
    if ids.into_iter().flatten().any(|id| id.chars().count() > LONGEST_ID) {
        return Err("student id or username is too long".to_owned());
    }
    if let Some(email) = row.fields[EMAIL].as_ref().filter(|email| !email.validate_email()) {
        return Err(format!("\"{}\" is no e-mail address", shortened(email, 60)));
    }
    if let Some(text) = &row.fields[BIRTHDATE] {
        let Some(date) = day(text) else {
            return Err(format!("\"{}\" is no date", shortened(text, 60)));
        };
        row.fields[BIRTHDATE] = Some(date.to_string());
    }
    Ok(())
}

/// A line of a PDF: a student id, perhaps an address, and the rest is the name, `Last, First`.
fn read_line(number: usize, line: &str) -> Option<CadetRow> {
    let id = student_id(line)?;
    let email = line.split_whitespace().find(|word| word.contains('@') && word.validate_email());
    let rest = line.replacen(id, " ", 1);
    let rest = email.map_or(rest.clone(), |email| rest.replacen(email, " ", 1));
    let rest: Vec<&str> = rest.split_whitespace().collect();
    let rest = rest.join(" ");
    let (last, first) = match rest.split_once(',') {
        Some((last, first)) => (last.trim(), first.trim()),
        // Legacy: without a comma everything is the last name.
        None => (rest.as_str(), ""),
    };
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut fields = Fields::default();
    (fields[FIRST_NAME], fields[LAST_NAME]) = (filled(first), filled(last));
    fields[EMAIL] = email.map(str::to_owned);
    let within = fields.iter().flatten().all(|text| text.chars().count() <= 200);
    within.then(|| CadetRow { number, student_id: Some(id.to_owned()), username: None, fields })
}

/// Four digits, perhaps a hyphen, and three digits or more.
pub fn student_id(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = 0;
    while at < bytes.len() {
        let run = digits(at);
        if (7..=20).contains(&run) {
            return line.get(at..at + run);
        }
        if run >= 4 && bytes.get(at + run) == Some(&b'-') {
            let behind = digits(at + run + 1);
            if (3..=20).contains(&behind) {
                return line.get(at + run - 4..at + run + 1 + behind);
            }
        }
        at += run.max(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_ids_are_found_in_lines() {
        assert_eq!(student_id("2025-9101 Balagtas, Andres"), Some("2025-9101"));
        assert_eq!(student_id("1. 20240001 Reyes"), Some("20240001"));
        assert_eq!(student_id("2024-12 Reyes 123"), None);
        assert_eq!(student_id("no id on this line"), None);
        assert_eq!(student_id("ñ 2024-001"), Some("2024-001"));
    }

    #[test]
    fn lines_become_cadets() {
        let row = read_line(1, "2025-9101 Balagtas, Andres andres.balagtas@example.test").unwrap();
        assert_eq!(row.fields[FIRST_NAME].as_deref(), Some("Andres"));
        assert_eq!(row.fields[LAST_NAME].as_deref(), Some("Balagtas"));
        assert_eq!(row.email(), Some("andres.balagtas@example.test"));
        let row = read_line(1, "2025-9101 Balagtas Andres").unwrap();
        assert_eq!(row.fields[LAST_NAME].as_deref(), Some("Balagtas Andres"));
    }
}
