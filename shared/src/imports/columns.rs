//! Which column of a table is which: headings as people write them.

use std::collections::HashSet;

use documents::read::{Row, Table};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::report::{listed, shortened};

/// Cells that say that there is nothing.
const NOTHING: &[&str] = &["-", "--", "n/a", "na", "none", "null", "nil"];

/// The same where words may be meant: Na and Nil are names, and None may be an answer.
const NO_WORD: &[&str] = &["-", "--", "n/a"];

/// Characters of a heading that a report shows.
const LONGEST_HEADING: usize = 40;

/// Columns that a report lists; a table has up to 256.
const MOST_COLUMNS: usize = 256;

/// What a column may hold.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in the database and in reports, in snake case.
    pub name: &'static str,
    /// Headings that it may have, the best first. Compared without anything but letters and digits.
    pub headings: &'static [&'static str],
    /// Characters at most; nothing here cuts or refuses longer ones.
    pub longest: usize,
    nothing: &'static [&'static str],
}

impl Field {
    /// A field in which `n/a` and other words for nothing count as empty.
    pub const fn new(name: &'static str, headings: &'static [&'static str]) -> Self {
        Self { name, headings, longest: usize::MAX, nothing: NOTHING }
    }

    /// A field of names or other words, in which only `-` and `n/a` count as empty.
    #[must_use]
    pub const fn words(self) -> Self {
        Self { nothing: NO_WORD, ..self }
    }

    /// A field in which every cell says something.
    #[must_use]
    pub const fn raw(self) -> Self {
        Self { nothing: &[], ..self }
    }

    /// A field of this many characters at most.
    #[must_use]
    pub const fn at_most(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    /// Its name in a sentence.
    pub fn label(&self) -> String {
        self.name.replace('_', " ")
    }

    /// The columns that it may stand in, in the order of its headings.
    fn indexes(&self, keys: &[String]) -> Vec<usize> {
        let of = |heading: &&str| {
            let wanted = key(heading);
            keys.iter().enumerate().filter(move |(_, key)| **key == wanted).map(|(index, _)| index)
        };
        let mut seen = HashSet::new();
        self.headings.iter().flat_map(of).filter(|index| seen.insert(*index)).collect()
    }
}

/// A heading as it is compared: `E-mail Address` is `emailaddress`.
pub fn key(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn keys(table: &Table) -> Vec<String> {
    table.headings.iter().map(|heading| key(heading)).collect()
}

/// Where the fields of a list stand in one table.
pub struct Columns<const N: usize> {
    fields: [(&'static Field, Vec<usize>); N],
}

impl<const N: usize> Columns<N> {
    /// Looks for them.
    pub fn find(table: &Table, fields: &'static [Field; N]) -> Self {
        let keys = keys(table);
        Self { fields: fields.each_ref().map(|field| (field, field.indexes(&keys))) }
    }

    /// What a row says in each field: the first of its columns that says something.
    pub fn values<'a>(&self, row: &'a Row) -> [Option<&'a str>; N] {
        self.fields.each_ref().map(|(field, indexes)| {
            let cells = indexes.iter().filter_map(|index| row.cells.get(*index));
            let mut filled = cells.map(|cell| exported(cell)).filter(|cell| !cell.is_empty());
            filled.find(|cell| !field.nothing.contains(&cell.to_lowercase().as_str()))
        })
    }

    /// The same, as texts of their own.
    pub fn owned(&self, row: &Row) -> [Option<String>; N] {
        self.values(row).map(|value| value.map(str::to_owned))
    }

    /// The same; what a row does not say is empty.
    pub fn texts(&self, row: &Row) -> [String; N] {
        self.values(row).map(|value| value.unwrap_or_default().to_owned())
    }
}

/// A cell without the apostrophe that our exports put before what a spreadsheet would take for a formula.
pub fn exported(cell: &str) -> &str {
    let formula = |rest: &&str| rest.starts_with(['=', '+', '-', '@', '\t', '\r']);
    cell.strip_prefix('\'').filter(formula).unwrap_or(cell)
}

/// How a column was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnUse {
    /// The heading, as written; its first 40 characters.
    pub heading: String,
    /// The field that it was read as; `null` of a column that was not read.
    pub field: Option<String>,
}

/// Notes how the columns of a table were read, and says what a person must know of it: columns that were not read, and
/// several for one field. A column that says nothing in any row is no loss.
pub(super) fn report(table: &Table, fields: &[&Field], uses: &mut Vec<ColumnUse>, notes: &mut Vec<String>) {
    let keys = keys(table);
    let found: Vec<(&Field, Vec<usize>)> =
        fields.iter().map(|field| (*field, field.indexes(&keys))).collect();
    let shown = |index: usize| shortened(&table.headings[index], LONGEST_HEADING);
    let says =
        |index: usize| table.rows.iter().any(|row| row.cells.get(index).is_some_and(|c| !c.is_empty()));
    let (mut unread, mut nameless) = (Vec::new(), 0_usize);
    for index in (0..keys.len()).filter(|index| says(*index)) {
        let field = found.iter().find(|(_, indexes)| indexes.contains(&index)).map(|(field, _)| field.name);
        match (field, table.headings[index].is_empty()) {
            (None, true) => nameless += 1,
            (None, false) => unread.push(format!("\"{}\"", shown(index))),
            (Some(_), _) => {}
        }
        let one = ColumnUse { heading: shown(index), field: field.map(str::to_owned) };
        if !one.heading.is_empty() && uses.len() < MOST_COLUMNS && !uses.contains(&one) {
            uses.push(one);
        }
    }
    let mut note = |text: String| {
        if !notes.contains(&text) {
            notes.push(text);
        }
    };
    let is_known = found.iter().any(|(_, indexes)| !indexes.is_empty());
    if !is_known && !table.rows.is_empty() {
        let known: Vec<String> =
            fields.iter().filter_map(|field| field.headings.first()).map(|h| (*h).to_owned()).collect();
        note(format!("No column is known. Known headings are {}.", listed(&known)));
    }
    if !unread.is_empty() {
        note(format!("These columns were not read, their headings are not known: {}.", listed(&unread)));
    }
    if nameless > 0 {
        note(format!("{nameless} columns without a heading were not read."));
    }
    for (field, indexes) in found {
        let filled: Vec<String> = indexes
            .iter()
            .filter(|index| says(**index))
            .map(|index| format!("\"{}\"", shown(*index)))
            .collect();
        if let [first, _, ..] = filled.as_slice() {
            let all = listed(&filled);
            note(format!(
                "{all} are all read as {}. Where several are filled, {first} counts.",
                field.label()
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static FIELDS: [Field; 3] = [
        Field::new("email", &["Email", "Email Address"]),
        Field::new("number", &["Student No", "ID"]),
        Field::new("label", &["Name"]).words(),
    ];

    fn table(csv: &str) -> Table {
        documents::read::read_csv(csv.as_bytes()).unwrap()
    }

    fn values(csv: &str) -> [Option<String>; 3] {
        let table = table(csv);
        Columns::find(&table, &FIELDS).owned(&table.rows[0])
    }

    #[test]
    fn headings_are_found_however_they_are_written() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(values("E-MAIL address,ID,Student  No.\na@b.c,7,n/a\n"), [text("a@b.c"), text("7"), None]);
        assert_eq!(values("Name,Id\nNa,Na\n"), [None, None, text("Na")]);
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

    fn notes(csv: &str) -> (Vec<ColumnUse>, String) {
        let (mut uses, mut notes) = (Vec::new(), Vec::new());
        report(&table(csv), &FIELDS.each_ref(), &mut uses, &mut notes);
        (uses, notes.join(" "))
    }

    #[test]
    fn columns_that_were_not_read_and_several_for_one_field_are_reported() {
        let (uses, text) = notes("ID,Colour,Student No,Empty,\n1,red,2,,x\n");
        let use_of = |heading: &str, field: Option<&str>| ColumnUse {
            heading: heading.to_owned(),
            field: field.map(str::to_owned),
        };
        assert_eq!(
            uses,
            [use_of("ID", Some("number")), use_of("Colour", None), use_of("Student No", Some("number"))]
        );
        assert_eq!(
            text,
            "These columns were not read, their headings are not known: \"Colour\". \
             1 columns without a heading were not read. \
             \"Student No\" and \"ID\" are all read as number. Where several are filled, \"Student No\" counts."
        );
        assert_eq!(notes("Name,ID\nx,1\n").1, "");
        assert!(
            notes("A,B\nx,1\n")
                .1
                .starts_with("No column is known. Known headings are Email, Student No and Name.")
        );
    }
}
