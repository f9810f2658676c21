//! Which columns of a list say how people attended: one of statuses, one for each status, or one for each day.

use chrono::{Datelike, NaiveDate};
use documents::read::{Row, Table};
use shared::{
    Result,
    error::invalid,
    imports::{
        Columns, Field,
        prepare::found,
        report::shortened,
        values::{mark, month},
    },
};

use super::{listed, listed::Says};
use crate::attendance::status::Status;

/// The columns that say how somebody attended.
pub static MARKS: [Field; 5] = [
    Field::new("status", &["Status", "Attendance", "Attendance Status", "Mark"]).raw(),
    Field::new("present", &["Present", "Attended", "P"]).raw().mark(),
    Field::new("absent", &["Absent", "A"]).raw().mark(),
    Field::new("late", &["Late", "Tardy", "L"]).raw().mark(),
    Field::new("excused", &["Excused", "E"]).raw().mark(),
];

/// What is said of a row without a status.
const NO_STATUS: &str = "it does not say how they attended";

/// Whether a row only says nothing of how somebody attended, so that a time of arrival tells it.
pub fn is_no_word(why: &str) -> bool {
    why == NO_STATUS
}

/// Where a table says how people attended.
pub enum Marks {
    /// In columns of these names.
    Columns(Columns<5>),
    /// In the column of the training day.
    Day(usize),
    /// In any cell that is a status, or in nothing but a time of arrival.
    Words,
}

impl Marks {
    /// Looks for them. 400 where nothing says it: nobody is present because a list does not say so.
    pub fn find(table: &Table, has_arrival: bool, training_day: Option<NaiveDate>) -> Result<Self> {
        let columns = Columns::find(table, &MARKS);
        if MARKS.iter().any(|field| columns.has(field.name)) {
            return Ok(Self::Columns(columns));
        }
        let days = table
            .headings
            .iter()
            .enumerate()
            .filter_map(|(at, heading)| Some((at, DayHeading::of(heading)?)));
        let days: Vec<(usize, DayHeading)> = days.collect();
        let is_it = |(_, day): &&(usize, DayHeading)| training_day.is_some_and(|wanted| day.may_be(wanted));
        let fitting: Vec<usize> = days.iter().filter(is_it).map(|(at, _)| *at).collect();
        match fitting.as_slice() {
            [at] => return Ok(Self::Day(*at)),
            _ if days.len() > 1 => return Err(no_such_day(table, training_day)),
            _ => {}
        }
        let says = |row: &Row| word_of(table, row).is_some();
        match has_arrival || table.rows.is_empty() || table.rows.iter().any(says) {
            true => Ok(Self::Words),
            false => Err(invalid(
                "no_status",
                format!(
                    "No column says how anybody attended. Found: {}. Known headings for that: Status, Present, Absent, Late, \
                     Excused, Time In.",
                    found(table)
                ),
            )),
        }
    }

    /// What a row says.
    pub fn says(&self, table: &Table, row: &Row) -> Says {
        let nothing = || Says::Nothing(NO_STATUS.to_owned());
        match self {
            Self::Columns(columns) => of_columns(columns, row),
            Self::Day(at) => row.cells.get(*at).map_or_else(nothing, |cell| of_cell(cell)),
            Self::Words => word_of(table, row).map_or_else(nothing, Says::Status),
        }
    }
}

fn no_such_day(table: &Table, training_day: Option<NaiveDate>) -> shared::Error {
    let wanted = training_day.map_or_else(|| "the training day".to_owned(), |day| day.to_string());
    invalid(
        "no_status",
        format!(
            "The list has a column for each day, and none of them is {wanted}. Please choose the training day of the list, write \
             the heading of its column with the month (such as 05-Dec), or send a list with a column Status. Found: {}.",
            found(table)
        ),
    )
}

/// The column of statuses, else the marked one of the columns for each status.
fn of_columns(columns: &Columns<5>, row: &Row) -> Says {
    let [status, present, absent, late, excused] = columns.values(row);
    if columns.has("status") {
        let said = of_cell(status.unwrap_or_default());
        if !matches!(said, Says::Nothing(_)) {
            return said;
        }
    }
    let marks = [
        (Status::Present, present),
        (Status::Absent, absent),
        (Status::Late, late),
        (Status::Excused, excused),
    ];
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for (status, said) in marks {
        let Some(said) = said.filter(|said| !is_blank(said)) else { continue };
        match marked(said, status) {
            Some(true) => yes.push(status),
            Some(false) => no.push(status),
            // A column `Present` may hold statuses.
            None => match word(said) {
                Some(status) => yes.push(status),
                None => return unknown(said),
            },
        }
    }
    let several =
        ["present", "absent", "late", "excused"].iter().filter(|name| columns.has(name)).count() > 1;
    match (yes.as_slice(), no.as_slice()) {
        ([status], _) => Says::Status(*status),
        ([], [Status::Present]) if !several => Says::Status(Status::Absent),
        ([], [Status::Absent]) if !several => Says::Status(Status::Present),
        ([], _) => Says::Nothing(NO_STATUS.to_owned()),
        _ => Says::Wrong("it marks more than one status".to_owned()),
    }
}

/// Whether a mark in the column of a status says that it is so. Its own letter is a mark there.
fn marked(said: &str, status: Status) -> Option<bool> {
    mark(said).or_else(|| (word(said) == Some(status)).then_some(true))
}

/// What a cell of statuses says. An `x` there may be either.
fn of_cell(cell: &str) -> Says {
    if is_blank(cell) {
        return Says::Nothing(NO_STATUS.to_owned());
    }
    match (word(cell), mark(cell)) {
        (Some(status), _) => Says::Status(status),
        (None, Some(_)) if cell.trim().eq_ignore_ascii_case("x") => {
            Says::Wrong("\"x\" may mean present or absent, please write P or A".to_owned())
        }
        (None, Some(true)) => Says::Status(Status::Present),
        (None, Some(false)) => Says::Status(Status::Absent),
        (None, None) => unknown(cell),
    }
}

fn unknown(said: &str) -> Says {
    Says::Wrong(format!("status \"{}\" is not one of present, absent, late and excused", shortened(said, 40)))
}

fn is_blank(cell: &str) -> bool {
    cell.chars().all(|letter| matches!(letter, '-' | ' ' | '–' | '—')) || cell.eq_ignore_ascii_case("n/a")
}

/// A status as lists abbreviate it.
pub fn word(text: &str) -> Option<Status> {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    match text.as_str() {
        "p" | "pres" | "pr" => Some(Status::Present),
        "a" | "abs" | "ab" => Some(Status::Absent),
        "l" | "tardy" => Some(Status::Late),
        "e" | "exc" | "ex" => Some(Status::Excused),
        other => Status::parse(other),
    }
}

/// The first cell that is a whole status word, in a column that is not read as anything else: a remark is no mark.
fn word_of(table: &Table, row: &Row) -> Option<Status> {
    let is_free = |at: usize| {
        let heading = table.headings.get(at).map(String::as_str).unwrap_or_default();
        !listed::FIELDS.iter().any(|field| field.names(heading))
    };
    let cells = row.cells.iter().enumerate().filter(|(at, _)| is_free(*at));
    cells.into_iter().find_map(|(_, cell)| Status::parse(&cell.to_lowercase()))
}

/// A heading that is a day: `05-Sep`, `9/5`, `2026-09-05`, or only `7` in a form of one month.
#[derive(Clone, Debug, PartialEq, Eq)]
enum DayHeading {
    /// Month and day, perhaps in the other order; the year if it says one.
    Day { month: u32, day: u32, is_certain: bool, year: Option<i32> },
    /// Only the day: of which month is not known.
    OfMonth,
}

impl DayHeading {
    fn of(heading: &str) -> Option<Self> {
        let words: Vec<&str> = heading
            .split(['/', '-', '.', ',', ' '])
            .filter(|word| !word.is_empty() && !word.contains(':'))
            .collect();
        let number = |word: &&str| word.parse::<u32>().ok();
        let is_day = |day: u32| (1..=31).contains(&day);
        let full = |year: u32| i32::try_from(if year < 100 { 2000 + year } else { year }).ok();
        match words.as_slice() {
            [day] => number(day).filter(|day| is_day(*day)).map(|_| Self::OfMonth),
            [first, second, rest @ ..] if rest.len() < 2 => {
                if let (Some(year @ 1900..2200), Some(month), [day]) = (number(first), number(second), rest) {
                    let day = number(day).filter(|day| is_day(*day))?;
                    return Some(Self::Day { month, day, is_certain: true, year: full(year) });
                }
                let year = match rest {
                    [year] => Some(full(number(year)?)?),
                    _ => None,
                };
                let (month, day, is_certain) = match (month(first), month(second)) {
                    (Some(month), _) => (month, number(second)?, true),
                    (None, Some(month)) => (month, number(first)?, true),
                    (None, None) => (number(first)?, number(second)?, false),
                };
                (is_day(day) && is_day(month)).then_some(Self::Day { month, day, is_certain, year })
            }
            _ => None,
        }
    }

    fn may_be(&self, wanted: NaiveDate) -> bool {
        let Self::Day { month, day, is_certain, year } = *self else { return false };
        let wanted_day = (wanted.month(), wanted.day());
        year.is_none_or(|year| year == wanted.year())
            && (wanted_day == (month, day) || (!is_certain && wanted_day == (day, month)))
    }
}
