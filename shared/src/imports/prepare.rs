//! What is done to every table before its rows are read. Rules for the habits of those who fill lists in belong here, one
//! function each: footers, merged headings, shortened numbers, composed letters.

use documents::read::{Row, Table};

use super::{
    Contents, Field,
    columns::{self, ColumnUse, key},
};

/// Rows among which the headings are looked for.
const HEADING_ROWS: usize = 10;

/// Known headings from which on a row is a part of those of another.
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
        find_headings(table, fields);
        columns::report(table, fields, uses, notes);
    }
}

/// Skips titles above the headings: the row with the most known headings is that of the headings, the first of equals. A row
/// of headings above or below it belongs to it, as when cells are merged. Rows keep their numbers.
pub fn find_headings(table: &mut Table, fields: &[&Field]) {
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
    if let (_, Some(index)) = best {
        let mut above = table.rows.drain(..=index).rev().map(|row| row.cells);
        let headings = above.next().unwrap_or_default();
        let before = above.next().unwrap_or_else(|| std::mem::take(&mut table.headings));
        drop(above);
        let is_part = known(&before) >= PART;
        table.headings = if is_part { filled(headings, &before) } else { headings };
    }
    if let Some(Row { cells, problem: None, .. }) = table.rows.first() {
        let said = cells.iter().filter(|cell| !cell.is_empty()).count();
        if said >= PART && known(cells) == said {
            let below = table.rows.remove(0).cells;
            table.headings = filled(below, &table.headings);
        }
    }
    table.headings.resize(width.max(table.headings.len()), String::new());
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
