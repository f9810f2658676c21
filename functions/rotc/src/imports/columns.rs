//! Which column of a table is which: headings as people write them.

use shared::http::lenient::is_blank;
use std::collections::HashMap;

use documents::read::{Row, Table};

use super::run::Strategy;

/// Names a column may have, the best first. Compared without anything but letters and digits.
pub type Aliases = &'static [&'static str];

/// Cells that say that there is nothing.
const NOTHING: &[&str] = &["-", "--", "n/a", "na", "none", "null", "nil"];

/// The same where words may be meant: Na and Nil are names, and None is a religion.
const NO_WORD: &[&str] = &["-", "--", "n/a"];

/// A heading or alias as it is compared: `E-mail Address` is `emailaddress`.
pub fn key(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The columns of one table that may hold a value, in the order of its aliases.
#[derive(Clone, Debug, Default)]
pub struct Column(Vec<usize>);

impl Column {
    /// Looks for the columns with one of these names.
    pub fn find(table: &Table, aliases: Aliases) -> Self {
        let keys: Vec<String> = table.headings.iter().map(|heading| key(heading)).collect();
        let mut places = Vec::new();
        for alias in aliases {
            let alias = key(alias);
            places.extend(keys.iter().enumerate().filter(|(_, key)| **key == alias).map(|(at, _)| at));
        }
        Self(places)
    }

    /// The first of them that says something in this row.
    pub fn of<'a>(&self, row: &'a Row) -> Option<&'a str> {
        self.filled(row).find(|cell| !NOTHING.contains(&cell.to_lowercase().as_str()))
    }

    /// The same of a column of names, or other words of people.
    pub fn word<'a>(&self, row: &'a Row) -> Option<&'a str> {
        self.filled(row).find(|cell| !NO_WORD.contains(&cell.to_lowercase().as_str()))
    }

    /// The same with cells that say `-` or `n/a`.
    pub fn raw<'a>(&self, row: &'a Row) -> Option<&'a str> {
        self.filled(row).next()
    }

    fn filled<'a>(&self, row: &'a Row) -> impl Iterator<Item = &'a str> {
        let cells = self.0.iter().filter_map(|at| row.cells.get(*at));
        cells.map(|cell| exported(cell)).filter(|cell| !cell.is_empty())
    }
}

/// A cell without the apostrophe that our exports put before what a spreadsheet would take for a formula.
pub fn exported(cell: &str) -> &str {
    let formula = |rest: &&str| rest.starts_with(['=', '+', '-', '@', '\t', '\r']);
    cell.strip_prefix('\'').filter(formula).unwrap_or(cell)
}

/// Takes over what a row says of somebody, and tells which fields that changes. What it does not say stays; a list that
/// only fills changes no value.
pub fn take_over(
    fields: &mut [Option<String>],
    said: &[Option<String>],
    names: &[&str],
    strategy: Strategy,
) -> Vec<String> {
    let mut changed = Vec::new();
    for ((field, said), name) in fields.iter_mut().zip(said).zip(names) {
        let Some(said) = said else { continue };
        let blank = field.as_deref().is_none_or(is_blank);
        if field.as_ref() != Some(said) && (blank || strategy != Strategy::Fill) {
            *field = Some(said.clone());
            changed.push((*name).to_owned());
        }
    }
    changed
}

/// What was found under each key.
pub fn grouped(found: Vec<(String, i32)>) -> HashMap<String, Vec<i32>> {
    let mut groups: HashMap<String, Vec<i32>> = HashMap::new();
    for (key, id) in found {
        groups.entry(key).or_default().push(id);
    }
    groups
}

/// A full name in its parts: first, middle, last.
///
/// `Last, First M.` or `First M. Last`; an initial is the middle name, other names belong to the first. A single word has
/// no last name.
pub fn name_parts(full: &str) -> (String, Option<String>, Option<String>) {
    let (mut given, last): (Vec<&str>, Option<String>) = match full.split_once(',') {
        Some((last, given)) => (given.split_whitespace().collect(), filled(last)),
        None => {
            let mut words: Vec<&str> = full.split_whitespace().collect();
            let last = (words.len() > 1).then(|| words.pop()).flatten();
            (words, last.map(str::to_owned))
        }
    };
    let is_initial = |word: &&str| word.trim_end_matches('.').chars().count() == 1;
    let middle = match given.len() > 1 {
        true => given.pop_if(|word| is_initial(&&**word)).map(str::to_owned),
        false => None,
    };
    (given.join(" "), middle, last)
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A day as lists have it: `2005-02-01`, with a time or not, or `02/01/2005`, month first unless that is no month.
pub fn day(text: &str) -> Option<chrono::NaiveDate> {
    use chrono::NaiveDate;
    let text = text.trim();
    if let Some(date) = text.get(..10).and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()) {
        return Some(date);
    }
    let parts: Vec<u32> = text.split(['/', '-', '.']).map_while(|part| part.trim().parse().ok()).collect();
    let &[first, second, year] = parts.as_slice() else { return None };
    let date = |month, day| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    (1900..2200).contains(&year).then(|| date(first, second).or_else(|| date(second, first))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(headings: &[&str], cells: &[&str]) -> (Table, Row) {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        (Table { headings: texts(headings), rows: Vec::new() }, Row { cells: texts(cells), ..Row::default() })
    }

    #[test]
    fn headings_are_found_however_they_are_written() {
        let (table, row) = table(&["E-MAIL address", "ID", "Student  No."], &["a@b.c", "7", "n/a"]);
        assert_eq!(Column::find(&table, &["Email", "Email Address"]).of(&row), Some("a@b.c"));
        assert_eq!(Column::find(&table, &["Student No", "ID"]).of(&row), Some("7"));
        assert_eq!(Column::find(&table, &["Rank"]).of(&row), None);
    }

    #[test]
    fn names_may_be_words_for_nothing() {
        let (table, row) = table(&["Name", "Rank"], &["Na", "Na"]);
        assert_eq!(Column::find(&table, &["Name"]).word(&row), Some("Na"));
        assert_eq!(Column::find(&table, &["Rank"]).of(&row), None);
    }

    #[test]
    fn what_an_export_wrote_comes_back_as_it_was() {
        for (cell, value) in [
            ("'+639171234567", "+639171234567"),
            ("''=1", "''=1"),
            ("'tis", "'tis"),
            ("'", "'"),
            ("'@x", "@x"),
        ] {
            assert_eq!(exported(cell), value);
        }
    }

    #[test]
    fn names_come_apart() {
        let parts = |full| {
            let (first, middle, last) = name_parts(full);
            format!("{first}|{}|{}", middle.unwrap_or_default(), last.unwrap_or_default())
        };
        assert_eq!(parts("Sarmiento, Paolo Miguel"), "Paolo Miguel||Sarmiento");
        assert_eq!(parts("Dela Cruz, Juan P."), "Juan|P.|Dela Cruz");
        assert_eq!(parts("Kristine Joy Abad"), "Kristine Joy||Abad");
        assert_eq!(parts("Juan P. Reyes"), "Juan|P.|Reyes");
        assert_eq!(parts("Mononym"), "Mononym||");
        assert_eq!(parts("J. Reyes"), "J.||Reyes");
    }

    #[test]
    fn days_are_read_as_lists_have_them() {
        let expected = chrono::NaiveDate::from_ymd_opt(2005, 2, 1);
        for text in ["2005-02-01", "2005-02-01 00:00:00", "02/01/2005", "2-1-2005"] {
            assert_eq!(day(text), expected, "{text}");
        }
        assert_eq!(day("31/12/2004"), chrono::NaiveDate::from_ymd_opt(2004, 12, 31));
        for text in ["", "soon", "32/13/2004", "1/2/3", "1/2"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
