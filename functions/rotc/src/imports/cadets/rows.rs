//! The rows of a list of cadets (rules.md 9.1).

use documents::read::{Row, Table};
use shared::imports::{
    Columns, Contents,
    report::shortened,
    values::{DayOrder, PersonName, day, identifier, name_parts},
};
use validator::ValidateEmail;

use super::fields::{
    BIRTHDATE, EMAIL, FIELDS, FIRST_NAME, Fields, LAST_NAME, MIDDLE_NAME, NAMING, SUFFIX, YEAR_LEVEL,
};
use crate::imports::plan::Report;

/// Characters of a student id or the name of an account at most.
const LONGEST_ID: usize = 200;

/// What is said of a row that names nobody.
const NOBODY: &str =
    "the row does not say who it is: it has no student id, user name, e-mail address or name";

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
    /// What is not taken over of it, as parts of sentences.
    pub warnings: Vec<String>,
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

    /// First and last name.
    pub fn name(&self) -> String {
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
    let order = DayOrder::of(table.rows.iter().filter_map(|row| fields.values(row)[BIRTHDATE]));
    for row in &table.rows {
        let read = read_row((&fields, &naming), row, order);
        let read = read.and_then(|row| match is_rotcmis {
            true => required(&row).map_err(|why| (row.who(), why)).map(|()| row),
            false => Ok(row),
        });
        match read {
            Ok(row) => {
                let who = row.who();
                row.warnings.iter().for_each(|why| report.warn(row.number, format!("{who}: {why}")));
                rows.push(row);
            }
            Err((who, why)) => {
                let message = if who.is_empty() {
                    format!("Row {}: {why}", row.number)
                } else {
                    format!("{who}: {why}")
                };
                report.fail(row.number, &who, message);
            }
        }
    }
}

/// One row, or whom it is about and what is wrong with it.
fn read_row(
    (fields, naming): (&Columns<20>, &Columns<3>),
    row: &Row,
    order: DayOrder,
) -> Result<CadetRow, (String, String)> {
    let [student_id, username, full_name] = naming.owned(row);
    let student_id = student_id.map(|id| identifier(&id));
    let (number, fields, warnings) = (row.number, fields.owned(row), Vec::new());
    let mut read = CadetRow { number, student_id, username, fields, warnings };
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
        return Err((who, NOBODY.to_owned()));
    }
    match check(&mut read, order) {
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
    let PersonName { first, middle, last, suffix } = name_parts(full);
    let last = last.unwrap_or_else(|| "Unknown".to_owned());
    let said = [(FIRST_NAME, Some(first)), (MIDDLE_NAME, middle), (LAST_NAME, Some(last)), (SUFFIX, suffix)];
    for (at, value) in said {
        if fields[at].is_none() {
            fields[at] = value.filter(|value| !value.is_empty());
        }
    }
}

fn check(row: &mut CadetRow, order: DayOrder) -> Result<(), String> {
    for (field, value) in FIELDS.iter().zip(&row.fields) {
        if value.as_ref().is_some_and(|value| value.chars().count() > field.longest) {
            return Err(format!("{} is too long", field.label()));
        }
    }
    let ids = [&row.student_id, &row.username];
    if ids.into_iter().flatten().any(|id| id.chars().count() > LONGEST_ID) {
        return Err("student id or username is too long".to_owned());
    }
    if let Some(id) = row.student_id.as_ref().filter(|id| is_mobile_number(id)) {
        return Err(format!("\"{id}\" is a mobile number, not a student id, please check the columns"));
    }
    check_email(row)?;
    check_birthdate(row, order)
}

/// A mobile number of the Philippines: `09171234567`, `+639171234567`.
fn is_mobile_number(text: &str) -> bool {
    let digits = text.trim_start_matches('+');
    let is_long = [("09", 11), ("639", 12)]
        .iter()
        .any(|(start, length)| digits.starts_with(start) && digits.len() == *length);
    is_long && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The address of a row, also out of `mailto:` and `Ana Cruz <ana@example.test>`; of several the first.
fn check_email(row: &mut CadetRow) -> Result<(), String> {
    let Some(said) = &row.fields[EMAIL] else { return Ok(()) };
    if said.validate_email() {
        return Ok(());
    }
    let pieces = said.split([';', ',', '<', '>']).map(|piece| piece.trim().trim_start_matches("mailto:"));
    let addresses: Vec<&str> = pieces.filter(|piece| piece.validate_email()).collect();
    let Some(first) = addresses.first() else {
        return Err(format!("\"{}\" is no e-mail address", shortened(said, 60)));
    };
    if addresses.len() > 1 {
        row.warnings.push(format!("of several e-mail addresses {first} was taken"));
    }
    row.fields[EMAIL] = Some((*first).to_owned());
    Ok(())
}

fn check_birthdate(row: &mut CadetRow, order: DayOrder) -> Result<(), String> {
    let Some(said) = &row.fields[BIRTHDATE] else { return Ok(()) };
    row.fields[BIRTHDATE] = Some(day(said, order)?.to_string());
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
    within.then(|| CadetRow {
        number,
        student_id: Some(id.to_owned()),
        username: None,
        fields,
        warnings: Vec::new(),
    })
}

/// Four digits, perhaps a hyphen, and three digits or more.
pub fn student_id(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = 0;
    while at < bytes.len() {
        let run = digits(at);
        if (7..=20).contains(&run) && line.get(at..at + run).is_some_and(|id| !is_mobile_number(id)) {
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
        assert_eq!(student_id("Reyes, Ana 09171234567"), None);
        assert_eq!(student_id("Reyes, Ana +639171234567 2026-1001"), Some("2026-1001"));
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

    fn read(csv: &str) -> (Vec<CadetRow>, Report) {
        let table = documents::read::read_csv(csv.as_bytes()).unwrap();
        let (mut rows, mut report) = (Vec::new(), Report::default());
        read_table(&table, false, &mut rows, &mut report);
        (rows, report)
    }

    #[test]
    fn addresses_come_out_of_what_stands_around_them() {
        for (said, address, warnings) in [
            ("mailto:ana@example.test", "ana@example.test", 0),
            ("Ana Cruz <ana@example.test>", "ana@example.test", 0),
            ("ana@example.test; ana2@example.test", "ana@example.test", 1),
        ] {
            let (rows, report) = read(&format!("Student ID,Email\n2026-1,{said}\n"));
            assert_eq!((rows[0].email(), report.warnings.len()), (Some(address), warnings), "{said}");
        }
        assert_eq!(read("Student ID,Email\n2026-1,nowhere\n").1.failed, 1);
    }

    #[test]
    fn birthdates_of_a_column_are_read_in_one_order() {
        let days = |csv: &str| {
            let (rows, report) = read(csv);
            let days = rows.iter().map(|row| row.fields[BIRTHDATE].clone().unwrap_or_default());
            (days.collect::<Vec<_>>().join(" "), report.failed)
        };
        let both = ("2005-02-01 2004-12-31".to_owned(), 0);
        assert_eq!(days("ID,DOB\n2026-1,01/02/2005\n2026-2,31/12/2004\n"), both);
        assert_eq!(days("ID,DOB\n2026-1,02/01/2005\n2026-2,12/31/2004\n"), both);
        assert_eq!(days("ID,DOB\n2026-1,01/02/2005\n2026-2,2004-12-31\n"), ("2004-12-31".to_owned(), 1));
    }

    #[test]
    fn mobile_number_is_no_student_id() {
        for id in ["09171234567", "+639171234567", "639171234567"] {
            assert_eq!(read(&format!("Student ID,Name\n{id},Ana Cruz\n")).1.failed, 1, "{id}");
        }
        assert_eq!(read("Student ID,Name\n09-1234,Ana Cruz\n").1.failed, 0);
    }
}
