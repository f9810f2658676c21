//! What is done to every table before its rows are read. Rules for the habits of those who fill lists in belong here, one
//! function each: footers, merged headings, shortened numbers, composed letters.

use documents::read::{Row, Table};

use super::{
    Contents, Field,
    columns::{self, ColumnUse, key},
};

/// Rows among which the headings are looked for.
const HEADING_ROWS: usize = 10;

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

/// Skips titles above the headings: the row with the most known headings is that of the headings, the first of equals. Rows
/// keep their numbers.
pub fn find_headings(table: &mut Table, fields: &[&Field]) {
    let known = |cells: &[String]| cells.iter().filter(|cell| is_known(cell, fields)).count();
    let mut best = (known(&table.headings), None);
    for (index, Row { cells, problem, .. }) in table.rows.iter().take(HEADING_ROWS - 1).enumerate() {
        let found = known(cells);
        // A title or a cell may be a heading by chance ("Attendance"), so one does not count against one.
        if problem.is_none() && found > best.0 {
            best = (found, Some(index));
        }
    }
    let (_, Some(index)) = best else { return };
    let width = table.headings.len();
    table.headings = table.rows.drain(..=index).next_back().map(|row| row.cells).unwrap_or_default();
    table.headings.resize(width.max(table.headings.len()), String::new());
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
    fn first_row_stays_the_headings_unless_another_has_more_known_ones() {
        assert_eq!(prepared("Code,Colour\nName,red\n").headings, ["Code", "Colour"]);
        assert_eq!(prepared("a,b\n1,2\n").headings, ["a", "b"]);
        let far = format!("{}Code,Name\n", "title\n".repeat(10));
        assert_eq!(prepared(&far).headings[0], "title");
    }
}
