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

/// Headings of columns that number the rows, or have no letters: nobody misses them.
const NUMBERING: &[&str] = &["", "no", "nr"];

/// Characters of a heading that a report shows.
const LONGEST_HEADING: usize = 40;

/// Columns that a report lists; a table has up to 256.
const MOST_COLUMNS: usize = 256;

/// Sentences about the columns of all tables of a file.
const MOST_NOTES: usize = 20;

/// What a column may hold.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in the database and in reports, in snake case.
    pub name: &'static str,
    /// Headings that it may have, the best first. Compared without anything but letters and digits.
    pub headings: &'static [&'static str],
    /// Characters at most; nothing here cuts or refuses longer ones.
    pub longest: usize,
    /// Whether its value says whom or what a row is about.
    pub identifies: bool,
    /// Headings that it may have if no column has a better one: forms number their rows in a column `ID`.
    pub last_choice: &'static [&'static str],
    nothing: &'static [&'static str],
    is_mark: bool,
}

impl Field {
    /// A field in which `n/a` and other words for nothing count as empty.
    pub const fn new(name: &'static str, headings: &'static [&'static str]) -> Self {
        Self {
            name,
            headings,
            longest: usize::MAX,
            identifies: false,
            last_choice: &[],
            nothing: NOTHING,
            is_mark: false,
        }
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

    /// A field whose value says whom or what a row is about: a number that a spreadsheet has shortened is refused there.
    #[must_use]
    pub const fn identifier(self) -> Self {
        Self { identifies: true, ..self }
    }

    /// Headings that count only where no column has a better one.
    #[must_use]
    pub const fn or_last(self, headings: &'static [&'static str]) -> Self {
        Self { last_choice: headings, ..self }
    }

    /// A field whose headings are what cells say as well, such as `P` or `Present`: they tell no row of headings.
    #[must_use]
    pub const fn mark(self) -> Self {
        Self { is_mark: true, ..self }
    }

    /// Whether a cell that is one of its headings tells that its row are the headings.
    pub(super) fn tells_headings(&self, key_of_cell: &str) -> bool {
        !self.is_mark && self.is_headed(key_of_cell)
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
    pub(super) fn indexes(&self, keys: &[String]) -> Vec<usize> {
        self.found_in(keys).indexes
    }

    /// The same, and whether only headings of the last choice were found.
    pub(super) fn found_in(&self, keys: &[String]) -> FieldColumns {
        let indexes = of_headings(self.headings, keys);
        match indexes.is_empty() {
            true => FieldColumns { indexes: of_headings(self.last_choice, keys), is_last_choice: true },
            false => FieldColumns { indexes, is_last_choice: false },
        }
    }

    /// Whether it may have this heading.
    pub fn names(&self, heading: &str) -> bool {
        self.is_headed(&key(heading))
    }

    /// The same of a heading as it is compared.
    pub(super) fn is_headed(&self, key_of_heading: &str) -> bool {
        self.headings.iter().chain(self.last_choice).any(|heading| key(heading) == key_of_heading)
    }
}

/// The columns of one field.
pub(super) struct FieldColumns {
    pub indexes: Vec<usize>,
    pub is_last_choice: bool,
}

fn of_headings(headings: &[&str], keys: &[String]) -> Vec<usize> {
    let of = |heading: &&str| {
        let wanted = key(heading);
        keys.iter().enumerate().filter(move |(_, key)| **key == wanted).map(|(index, _)| index)
    };
    let mut seen = HashSet::new();
    headings.iter().flat_map(of).filter(|index| seen.insert(*index)).collect()
}

/// A heading as it is compared: `E-mail Address` is `emailaddress`.
pub fn key(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

pub(super) fn keys(table: &Table) -> Vec<String> {
    table.headings.iter().map(|heading| key(heading)).collect()
}

/// The best heading of each field, as a list in words.
pub(super) fn known<'a>(fields: impl Iterator<Item = &'a Field>) -> String {
    let first = fields.filter_map(|field| field.headings.first());
    listed(&first.map(|heading| (*heading).to_owned()).collect::<Vec<_>>())
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

    /// Whether the table has a column for the field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, indexes)| field.name == name && !indexes.is_empty())
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

/// A table whose columns are looked at.
struct Headings<'a> {
    table: &'a Table,
    /// The fields with the columns that they stand in.
    found: Vec<(&'a Field, Vec<usize>)>,
}

/// Notes how the columns of a table were read, and says what a person must know of it: columns that were not read, and
/// several for one field. A column that says nothing in any row is no loss.
pub(super) fn report(table: &Table, fields: &[&Field], uses: &mut Vec<ColumnUse>, notes: &mut Vec<String>) {
    let keys = keys(table);
    let found = fields.iter().map(|field| (*field, field.indexes(&keys))).collect();
    let headings = Headings { table, found };
    let (mut unread, mut nameless) = (Vec::new(), 0_usize);
    for (index, key) in keys.iter().enumerate().filter(|(index, _)| headings.says(*index)) {
        let one = ColumnUse { heading: headings.shown(index), field: headings.field(index) };
        match (&one.field, one.heading.is_empty()) {
            (None, true) => nameless += 1,
            (None, false) if !NUMBERING.contains(&key.as_str()) => unread.push(headings.quoted(index)),
            _ => {}
        }
        if !one.heading.is_empty() && uses.len() < MOST_COLUMNS && !uses.contains(&one) {
            uses.push(one);
        }
    }
    let unread = (!unread.is_empty())
        .then(|| format!("These columns were not read, their headings are not known: {}.", listed(&unread)));
    let nameless = (nameless > 0).then(|| format!("Columns without a heading were not read: {nameless}."));
    let said = headings.unknown().into_iter().chain(unread).chain(nameless).chain(headings.repeated());
    for note in said {
        if notes.len() < MOST_NOTES && !notes.contains(&note) {
            notes.push(note);
        }
    }
}

impl Headings<'_> {
    /// Whether any row says something in a column.
    fn says(&self, index: usize) -> bool {
        self.table.rows.iter().any(|row| row.cells.get(index).is_some_and(|cell| !cell.is_empty()))
    }

    fn shown(&self, index: usize) -> String {
        shortened(&self.table.headings[index], LONGEST_HEADING)
    }

    fn quoted(&self, index: usize) -> String {
        format!("\"{}\"", self.shown(index))
    }

    fn field(&self, index: usize) -> Option<String> {
        let found = self.found.iter().find(|(_, indexes)| indexes.contains(&index));
        found.map(|(field, _)| field.name.to_owned())
    }

    /// What is said of a table of which no column is known.
    fn unknown(&self) -> Option<String> {
        let is_known = self.found.iter().any(|(_, indexes)| !indexes.is_empty());
        (!is_known && !self.table.rows.is_empty()).then(|| {
            format!(
                "No column is known. Known headings are {}.",
                known(self.found.iter().map(|(field, _)| *field))
            )
        })
    }

    /// What is said of fields with several columns.
    fn repeated(&self) -> impl Iterator<Item = String> {
        self.found.iter().filter_map(|(field, indexes)| {
            let filled = indexes.iter().filter(|index| self.says(**index));
            let filled: Vec<String> = filled.map(|index| self.quoted(*index)).collect();
            let [first, _, ..] = filled.as_slice() else { return None };
            let (all, label) = (listed(&filled), field.label());
            Some(format!("{all} are all read as {label}. Where several are filled, {first} counts."))
        })
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
    fn weak_heading_counts_only_without_a_better_one() {
        static FIELDS: [Field; 1] = [Field::new("number", &["Student No"]).identifier().or_last(&["ID"])];
        for (csv, number) in [
            ("ID,Student No\n1,2026-1\n", Some("2026-1")),
            ("Student No,ID\n,1\n", None),
            ("ID,Name\n2026-1,x\n", Some("2026-1")),
        ] {
            let table = table(csv);
            assert_eq!(Columns::find(&table, &FIELDS).values(&table.rows[0]), [number], "{csv}");
        }
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
             Columns without a heading were not read: 1. \
             \"Student No\" and \"ID\" are all read as number. Where several are filled, \"Student No\" counts."
        );
        assert_eq!(notes("No.,#,Name,ID\n1,1,x,1\n").1, "");
        assert!(
            notes("A,B\nx,1\n")
                .1
                .starts_with("No column is known. Known headings are Email, Student No and Name.")
        );
    }
}
