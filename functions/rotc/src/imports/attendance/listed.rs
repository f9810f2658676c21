//! Rows of an attendance list (rules.md 9.3).

use chrono::NaiveDate;
use documents::read::{Row, Table};
use shared::{
    Result,
    imports::{
        Columns, Field, Requirement,
        report::shortened,
        values::{DayOrder, day},
    },
};

use super::{
    marks::{Marks, is_no_word},
    times,
};
use crate::{attendance::status::Status, imports::roster::Named};

/// The columns of a list of attendance: of whom it is, and what it says of them.
pub static FIELDS: [Field; 10] = [
    Field::new(
        "name",
        &[
            "Name",
            "Student Name",
            "Student",
            "Name of Cadet",
            "Cadet Name",
            "Full Name",
            "Name of Student",
            "Name (original name)",
            "User Name (original name)",
            "Participant",
            "Participant Name",
            "Display Name",
            "Learner's Name",
            "Name of Learner",
        ],
    )
    .words(),
    Field::new("first_name", &["First Name", "FName", "Given Name", "cadet__first_name"]).words(),
    Field::new("last_name", &["Last Name", "LName", "Surname", "Family Name", "cadet__last_name"]).words(),
    Field::new(
        "student_id",
        &["Student ID", "Student Number", "Student No", "ID Number", "ID No", "USN", "cadet__student_id"],
    )
    .identifier()
    .or_last(&["ID"]),
    Field::new("username", &["Username", "User Name"]),
    Field::new("email", &["Email", "E-mail", "Email Address", "User Email", "Participant ID (UPN)"]),
    Field::new("remarks", &["Remarks", "Remark", "Note", "Notes", "Reason"]).raw(),
    Field::new("date", &["Date", "Attendance Date", "Training Day", "Training Date", "training_day__date"]),
    Field::new(
        "time_in",
        &[
            "Time In",
            "IN",
            "Arrival",
            "Time of Arrival",
            "Join Time",
            "First Join",
            "Time Joined",
            "Joined",
            "Joined At",
        ],
    ),
    Field::new(
        "time_out",
        &["Time Out", "OUT", "Departure", "Leave Time", "Last Leave", "Time Exited", "Exited", "Left At"],
    ),
];

/// What names somebody in a list of attendance.
pub const REQUIRED: &[Requirement] = &[Requirement {
    says: "who attended",
    fields: &["name", "student_id", "last_name", "username", "email"],
}];

/// Characters of a remark at most.
const LONGEST_REMARKS: usize = 20_000;

/// What a row says of how somebody attended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// This.
    Status(Status),
    /// Nothing, and why: nothing is recorded then.
    Nothing(String),
    /// The row is wrong, as a part of a sentence.
    Wrong(String),
}

impl Says {
    /// The status.
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::Status(status) => Some(*status),
            Self::Nothing(_) | Self::Wrong(_) => None,
        }
    }
}

/// Somebody on a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The row or line.
    pub row: usize,
    /// Whom it names.
    pub named: Named,
    /// How they attended.
    pub says: Says,
    /// A remark.
    pub remarks: Option<String>,
    /// When they came.
    pub time_in: Option<String>,
    /// When they left.
    pub time_out: Option<String>,
    /// What is not taken over of the row, or not as it stands.
    pub warnings: Vec<String>,
}

/// The rows that name anybody. 400 for a table that does not say how anybody attended on that day.
pub fn read(table: &Table, training_day: Option<NaiveDate>) -> Result<Vec<Listed>> {
    let columns = Columns::find(table, &FIELDS);
    let reader =
        Reader { marks: Marks::find(table, columns.has("time_in"), training_day)?, training_day, table };
    let dates = |at: usize| DayOrder::of(table.rows.iter().filter_map(|row| columns.values(row)[at]));
    let orders = [dates(7), dates(8)];
    Ok(table.rows.iter().filter_map(|row| reader.listed(&columns, row, orders)).collect())
}

struct Reader<'a> {
    table: &'a Table,
    marks: Marks,
    training_day: Option<NaiveDate>,
}

impl Reader<'_> {
    fn listed(&self, columns: &Columns<10>, row: &Row, [dates, arrivals]: [DayOrder; 2]) -> Option<Listed> {
        let [name, first, last, student_id, username, email, remarks, date, time_in, time_out] =
            columns.values(row);
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let full = || format!("{} {}", first.unwrap_or_default(), last.unwrap_or_default()).trim().to_owned();
        let name = name.map_or_else(full, without_parentheses);
        let named = Named {
            name,
            student_id: text(student_id),
            username: text(username),
            email: text(email),
            is_guess: false,
        };
        if [&named.name, &named.student_id, &named.username, &named.email].iter().all(|text| text.is_empty())
        {
            return None;
        }
        let mut warnings = Vec::new();
        let mut time = |text: Option<&str>| match times::normalised(text.unwrap_or_default()) {
            Ok(time) => time,
            Err(why) => {
                warnings.push(why);
                None
            }
        };
        let (time_in, time_out) = (time(time_in), time(time_out));
        let other_day = || {
            let joined = columns.values(row)[8].filter(|text| text.contains(['/', '-']));
            self.other_day(date, dates).or_else(|| self.other_day(joined, arrivals))
        };
        let says = match &row.problem {
            Some(problem) => Says::Wrong(problem.clone()),
            None => other_day().unwrap_or_else(|| self.marks.says(self.table, row)),
        };
        let says = match says {
            Says::Nothing(why) if is_no_word(&why) && time_in.is_some() => {
                warnings.push(format!(
                    "no status, but they came at {}: present",
                    time_in.as_deref().unwrap_or_default()
                ));
                Says::Status(Status::Present)
            }
            says => says,
        };
        let remarks = remarks.map(|text| text.chars().take(LONGEST_REMARKS).collect());
        Some(Listed { row: row.number, named, says, remarks, time_in, time_out, warnings })
    }

    /// What is said of a row of another day than the one that is imported.
    fn other_day(&self, text: Option<&str>, order: DayOrder) -> Option<Says> {
        let (text, wanted) = (text?, self.training_day?);
        match day(text, order) {
            Ok(day) if day == wanted => None,
            Ok(day) => Some(Says::Nothing(format!("it is of {day}, not of the training day {wanted}"))),
            // Whichever comes first: that day it is.
            Err(_)
                if [DayOrder::DayFirst, DayOrder::MonthFirst]
                    .iter()
                    .any(|order| day(text, *order) == Ok(wanted)) =>
            {
                None
            }
            Err(why) => Some(Says::Wrong(why)),
        }
    }
}

/// A name without what stands in parentheses, such as the name that somebody had in a meeting before.
fn without_parentheses(name: &str) -> String {
    let before = name.split_once('(').map_or(name, |(before, _)| before).trim();
    shortened(if before.is_empty() { name } else { before }, 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(csv: &str) -> Result<Vec<String>> {
        let mut table = documents::read::read_csv(csv.as_bytes()).unwrap();
        let fields: Vec<&Field> = super::super::COLUMNS.iter().copied().flatten().collect();
        shared::imports::prepare::find_headings(&mut table, &fields);
        let listed = read(&table, NaiveDate::from_ymd_opt(2026, 12, 5))?;
        Ok(listed
            .iter()
            .map(|one| match &one.says {
                Says::Status(status) => status.as_str().to_owned(),
                Says::Nothing(_) => "-".to_owned(),
                Says::Wrong(_) => "!".to_owned(),
            })
            .collect())
    }

    #[test]
    fn statuses_and_marks_are_read_and_blank_ones_are_nothing() {
        for (csv, expected) in [
            ("ID,Status\na,P\na,late\na,ABS\na,\na,-\na,sick\n", "present late absent - - !"),
            ("ID,Attendance\na,TRUE\na,0\na,1\na,x\n", "present absent present !"),
            (
                "ID,Present\na,TRUE\na,FALSE\na,1\na,0\na,x\na,✓\na,\na,soon\n",
                "present absent present absent present present - !",
            ),
            (
                "ID,Present,Absent,Late,Excused\na,x,,,\na,,/,,\na,,,1,\na,,,,✓\na,,,,\na,x,x,,\n",
                "present absent late excused - !",
            ),
            ("ID,P,A,L,E\na,1,0,0,0\na,0,1,0,0\na,0,0,0,0\n", "present absent -"),
            ("ID,Absent\na,x\na,\na,FALSE\n", "absent - present"),
            ("ID,Time In\na,7:05 AM\na,\n", "present -"),
            ("ID,Status,Date\na,P,2026-12-05\na,A,2026-12-12\na,P,soon\n", "present - !"),
            ("ID,Status,Date\na,P,12/05/2026\na,A,5/12/2026\n", "present absent"),
            ("Name,Anything\nA B,present\nA C,x\n", "present -"),
        ] {
            assert_eq!(said(csv).unwrap().join(" "), expected, "{csv}");
        }
    }

    #[test]
    fn column_of_the_training_day_is_read_and_no_other() {
        for heading in ["05-Dec", "Dec 5", "12/5", "5/12", "2026-12-05", "December 5, 2026", "05-Dec-26"] {
            let csv = format!("No.,ID,28-Nov,{heading},12-Dec\n1,a,A,P,A\n2,a,P,,P\n3,a,P,A,P\n4,a,P,x,P\n");
            assert_eq!(said(&csv).unwrap().join(" "), "present - absent !", "{heading}");
        }
    }

    #[test]
    fn list_that_says_nothing_of_the_day_is_refused() {
        for csv in [
            "ID,05-Sep,12-Sep,19-Sep\na,P,P,A\n",
            "No.,Name,7,14,21\n1,Ana Cruz,,x,\n",
            "ID,2025-12-05,2026-12-06\na,P,A\n",
            "Student ID,Name,Company\na,Ana Cruz,Alpha\n",
        ] {
            let why = said(csv).unwrap_err().to_string();
            assert!(why.contains("Found: "), "{csv}: {why}");
        }
    }

    #[test]
    fn joins_of_a_meeting_are_times_of_arrival() {
        for csv in [
            "Name (original name),Email,Join time,Leave time,Duration (minutes)\nAna Cruz (2ndLt),,\"12/05/2026 07:02:11 AM\",\"12/05/2026 11:30:05 AM\",268\n",
            "First name,Last name,Email,Duration,Time joined,Time exited\nAna,Cruz,,4 hr,7:02 AM,11:30 AM\n",
            "1. Summary\nMeeting title,ROTC\n\n2. Participants\nName,First Join,Last Leave,In-Meeting Duration,Email,Role\nAna Cruz,\"12/5/26, 7:02:11 AM\",\"12/5/26, 11:30:05 AM\",4h,,Attendee\n",
        ] {
            let mut table = documents::read::read_csv(csv.as_bytes()).unwrap();
            let fields: Vec<&Field> = super::super::COLUMNS.iter().copied().flatten().collect();
            shared::imports::prepare::find_headings(&mut table, &fields);
            let listed = read(&table, NaiveDate::from_ymd_opt(2026, 12, 5)).unwrap();
            let last = listed.last().unwrap();
            assert_eq!(last.named.name, "Ana Cruz", "{csv}");
            assert_eq!(last.says, Says::Status(Status::Present), "{csv}");
            assert_eq!(
                (last.time_in.as_deref(), last.time_out.as_deref()),
                (Some("07:02"), Some("11:30")),
                "{csv}"
            );
        }
        let other = "Name,Join time\nAna Cruz,12/12/2026 07:02:11 AM\n";
        assert_eq!(said(other).unwrap(), ["-"], "another day");
    }
}
