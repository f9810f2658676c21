//! What is done to every table before its rows are read. Rules for the habits of those who fill lists in belong here, one
//! function each: footers, merged headings, shortened numbers, composed letters.

use documents::read::{Row, Table};

use super::{
    Contents, Field,
    columns::{self, ColumnUse, key},
};

/// Rows among which the headings are looked for.
const HEADING_ROWS: usize = 10;

/// Known headings from which on a row is a part of those of another; cells from which on it is more than a title.
const PART: usize = 2;

/// Makes the tables of a file regular, and notes how their columns were read.
pub(super) fn prepare(
    contents: &mut Contents,
    fields: &[&Field],
    uses: &mut Vec<ColumnUse>,
    notes: &mut Vec<String>,
) {
    let Contents::Tables(tables) = contents else { return };
    if fields.is_empty() {
        return;
    }
    for table in tables {
        if let Some(note) = find_headings(table, fields) {
            notes.push(note);
        }
        columns::report(table, fields, uses, notes);
    }
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
    table.headings.resize(width.max(table.headings.len()), String::new());
    let rows = skipped.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    (!rows.is_empty()).then(|| format!("These rows stand above the headings and were not read: {rows}."))
}

fn is_full(cells: &[String]) -> bool {
    cells.iter().filter(|cell| !cell.is_empty()).count() >= PART
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

fn is_known(cell: &str, fields: &[&Field]) -> bool {
    let cell = key(cell);
    !cell.is_empty() && fields.iter().any(|field| field.headings.iter().any(|heading| key(heading) == cell))
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
        let far = format!("{}Code,Name\n", "title\n".repeat(10));
        assert_eq!(prepared(&far).headings[0], "title");
    }
}
