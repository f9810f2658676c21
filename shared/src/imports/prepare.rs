//! Finding the table in what a file holds: which row are the headings, and whether it is the list that is meant.

use documents::read::{Row, Table};

use super::{
    Contents, Field, Requirement,
    columns::{self, ColumnUse, key, keys},
    report::{listed, shortened},
    tidy::{self, LeftOut},
};
use crate::{Result, error::invalid};

/// Rows among which the headings are looked for: reports of meetings have nine above them.
const HEADING_ROWS: usize = 15;

/// Known headings from which on a row is a part of those of another; cells from which on it is more than a title.
const PART: usize = 2;

/// Headings that a refusal names.
const SHOWN_HEADINGS: usize = 20;

/// Characters of each.
const LONGEST_HEADING: usize = 40;

/// What was found out about the files of an import.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    /// How their columns were read.
    pub columns: Vec<ColumnUse>,
    /// What is to be said of them as a whole.
    pub notes: Vec<String>,
    /// Rows that are no records.
    pub left_out: Vec<LeftOut>,
}

/// Makes the tables of a file regular: finds their headings, and takes out what is no record. A table without the columns that
/// are required is left out beside another that has them; a file without any such table is refused (400).
pub(super) fn prepare(
    contents: &mut Contents,
    fields: &[&Field],
    required: &[Requirement],
    prepared: &mut Prepared,
) -> Result<()> {
    let Contents::Tables(tables) = contents else { return Ok(()) };
    if fields.is_empty() {
        return Ok(());
    }
    let (mut read, mut others) = (Vec::new(), Vec::new());
    for mut table in std::mem::take(tables) {
        let is_hidden = !table.notes.is_empty();
        prepared.notes.append(&mut table.notes);
        if is_hidden {
            continue;
        }
        let skipped = find_headings(&mut table, fields);
        let numbering = tidy::forget_row_numbers(&mut table, fields);
        if let Some(why) = missing(&table, fields, required) {
            others.push((table, why));
            continue;
        }
        prepared.notes.extend(skipped.into_iter().chain(numbering));
        tidy::tidy(&mut table, fields, &mut prepared.left_out);
        columns::report(&table, fields, &mut prepared.columns, &mut prepared.notes);
        read.push(table);
    }
    if let (true, Some((_, why))) = (read.iter().all(|table| table.headings.is_empty()), others.first()) {
        return Err(invalid("unknown_columns", why));
    }
    prepared.notes.extend(others.iter().map(|(table, _)| left_out_sheet(table)));
    *tables = read;
    Ok(())
}

/// Why a table is none of this list, if it holds anything.
fn missing(table: &Table, fields: &[&Field], required: &[Requirement]) -> Option<String> {
    if table.headings.iter().all(String::is_empty) && table.rows.is_empty() {
        return None;
    }
    let keys = keys(table);
    let of = |name: &&str| fields.iter().find(|field| field.name == *name);
    let lacks =
        |one: &&Requirement| !one.fields.iter().filter_map(of).any(|field| !field.indexes(&keys).is_empty());
    required.iter().find(lacks).map(|one| {
        let known = columns::known(one.fields.iter().filter_map(of).copied());
        format!("No column says {}. Found: {}. Known headings for that: {known}.", one.says, found(table))
    })
}

/// The headings of a table, as a refusal names them.
pub fn found(table: &Table) -> String {
    let filled = filled_cells(&table.headings).take(SHOWN_HEADINGS);
    let headings: Vec<String> =
        filled.map(|heading| format!("\"{}\"", shortened(heading, LONGEST_HEADING))).collect();
    if headings.is_empty() { "no headings".to_owned() } else { listed(&headings) }
}

fn left_out_sheet(table: &Table) -> String {
    let sheet =
        table.sheet.as_ref().map_or_else(|| "A table".to_owned(), |name| format!("The sheet \"{name}\""));
    format!("{sheet} was not read, it is another list. Its headings: {}.", found(table))
}

/// Skips titles above the headings: the row with the most known headings is that of the headings, the first of equals. A row
/// of headings above or below it belongs to it, as when cells are merged. Rows keep their numbers. Tells which rows were
/// skipped that may be more than titles: those with several cells.
pub fn find_headings(table: &mut Table, fields: &[&Field]) -> Option<String> {
    let known = |cells: &[String]| cells.iter().filter(|cell| is_known(cell, fields)).count();
    let mut best = (known(&table.headings), None);
    for (index, Row { cells, problem, .. }) in table.rows.iter().take(HEADING_ROWS - 1).enumerate() {
        let found = known(cells);
        // A title may be a heading by chance ("Attendance"), so one does not count against one.
        if problem.is_none() && found > best.0 {
            best = (found, Some(index));
        }
    }
    let width = table.headings.len();
    let mut skipped = Vec::new();
    if let (_, Some(index)) = best {
        let first = Row { number: 1, cells: std::mem::take(&mut table.headings), ..Row::default() };
        let mut above: Vec<Row> = std::iter::once(first).chain(table.rows.drain(..=index)).collect();
        table.headings = above.pop().map(|row| row.cells).unwrap_or_default();
        if let Some(part) = above.pop_if(|row| known(&row.cells) >= PART) {
            table.headings = filled(std::mem::take(&mut table.headings), &part.cells);
        }
        skipped = above.iter().filter(|row| is_full(&row.cells)).map(|row| row.number).collect();
    }
    if let Some(Row { cells, problem: None, .. }) = table.rows.first() {
        let said = cells.iter().filter(|cell| !cell.is_empty()).count();
        if said >= PART && known(cells) == said {
            let below = table.rows.remove(0).cells;
            table.headings = filled(below, &table.headings);
        }
    }
    if best.1.is_some() {
        table.written_headings = table.written_headings.map(|_| table.headings.len());
    }
    table.headings.resize(width.max(table.headings.len()), String::new());
    let rows = skipped.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    (!rows.is_empty()).then(|| format!("These rows stand above the headings and were not read: {rows}."))
}

fn is_full(cells: &[String]) -> bool {
    filled_cells(cells).count() >= PART
}

/// The cells that say something.
pub(super) fn filled_cells(cells: &[String]) -> impl Iterator<Item = &String> {
    cells.iter().filter(|cell| !cell.is_empty())
}

/// A row of headings, with those of another row where it has none.
fn filled(mut headings: Vec<String>, others: &[String]) -> Vec<String> {
    headings.resize(headings.len().max(others.len()), String::new());
    for (heading, other) in headings.iter_mut().zip(others) {
        if heading.is_empty() {
            heading.clone_from(other);
        }
    }
    headings
}

pub(super) fn is_known(cell: &str, fields: &[&Field]) -> bool {
    let cell = key(cell);
    !cell.is_empty() && fields.iter().any(|field| field.tells_headings(&cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [Field; 2] = [Field::new("code", &["Code"]), Field::new("label", &["Label", "Name"])];

    fn prepared(csv: &str) -> Table {
        let mut table = documents::read::read_csv(csv.as_bytes()).unwrap();
        find_headings(&mut table, &FIELDS.each_ref());
        table
    }

    #[test]
    fn headings_below_a_title_are_found_and_rows_keep_their_numbers() {
        let table = prepared("List of things\n\nAs of today,,\nCODE,Name,Colour\n7,Lamp,red\n");
        assert_eq!(table.headings, ["CODE", "Name", "Colour"]);
        assert_eq!(table.rows[0].number, 5);
        assert_eq!(table.rows.len(), 1);
    }

    #[test]
    fn skipped_row_with_several_cells_is_told() {
        let told = |csv: &str| -> Option<String> {
            let mut table = documents::read::read_csv(csv.as_bytes()).unwrap();
            find_headings(&mut table, &FIELDS.each_ref())
        };
        let note = "These rows stand above the headings and were not read: 2.";
        assert_eq!(told("Things,\n7,Lamp\nCode,Name\n8,Pen\n").as_deref(), Some(note));
        let note = "These rows stand above the headings and were not read: 1, 2.";
        assert_eq!(told("6,Bed\n7,Lamp\nCode,Name\n8,Pen\n").as_deref(), Some(note));
        assert_eq!(told("List of things\n\nAs of today,,\nCODE,Name,Colour\n7,Lamp,red\n"), None);
    }

    #[test]
    fn headings_in_two_rows_are_put_together() {
        for csv in
            ["Title,\nCode,Name,\n,Label,Name\n7,Lamp,red\n", "Code,Name,Unit\n,Label,Name\n7,Lamp,red\n"]
        {
            let table = prepared(csv);
            assert_eq!(table.headings[..2], ["Code", "Label"], "{csv}");
            assert_eq!(table.rows.len(), 1, "{csv}");
        }
    }

    #[test]
    fn first_row_stays_the_headings_unless_another_has_more_known_ones() {
        assert_eq!(prepared("Code,Colour\nName,red\n").headings, ["Code", "Colour"]);
        assert_eq!(prepared("a,b\n1,2\n").headings, ["a", "b"]);
        let far = format!("{}Code,Name\n", "title\n".repeat(15));
        assert_eq!(prepared(&far).headings[0], "title");
    }

    const REQUIRED: [Requirement; 1] =
        [Requirement { says: "which thing is meant", fields: &["code", "label"] }];

    fn sheet(name: &str, csv: &str) -> Table {
        let table = documents::read::read_csv(csv.as_bytes()).unwrap();
        Table { sheet: Some(name.to_owned()), ..table }
    }

    fn prepare_sheets(sheets: Vec<Table>) -> Result<(usize, Vec<String>)> {
        let mut contents = Contents::Tables(sheets);
        let mut prepared = Prepared::default();
        prepare(&mut contents, &FIELDS.each_ref(), &REQUIRED, &mut prepared)?;
        let Contents::Tables(read) = contents else { panic!("tables stay tables") };
        Ok((read.len(), prepared.notes))
    }

    #[test]
    fn sheet_of_another_kind_is_left_out_and_a_file_of_nothing_else_is_refused() {
        let legend = || sheet("Legend", "Meaning,Short\nAlpha,A\n");
        let list = || sheet("List", "Code\n7\n");
        for sheets in
            [vec![legend(), list()], vec![list(), legend()], vec![list(), Table::default(), legend()]]
        {
            let (_, notes) = prepare_sheets(sheets).unwrap();
            let note = "The sheet \"Legend\" was not read, it is another list. Its headings: \"Meaning\" and \"Short\".";
            assert_eq!(notes, [note]);
        }
        let why = prepare_sheets(vec![legend()]).unwrap_err().to_string();
        assert_eq!(
            why,
            "No column says which thing is meant. Found: \"Meaning\" and \"Short\". Known headings for that: Code and Label."
        );
        assert_eq!(prepare_sheets(vec![Table::default()]).unwrap(), (1, vec![]), "nothing is no other list");
    }
}
