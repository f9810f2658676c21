//! Which rows of a file were counted: none gets lost, and none is counted twice.

use super::Contents;

/// The numbers of all rows of tables and of all lines, each in order.
pub fn numbers(contents: &[Contents]) -> (Vec<usize>, Vec<usize>) {
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for one in contents {
        match one {
            Contents::Tables(tables) => {
                rows.extend(tables.iter().flat_map(|table| table.rows.iter().map(|row| row.number)));
            }
            Contents::Lines(read) => lines.extend(1..=read.len()),
        }
    }
    rows.sort_unstable();
    lines.sort_unstable();
    (rows, lines)
}

/// Takes these numbers out of a sorted list, each once, and gives those that it does not have.
pub fn without(list: &mut Vec<usize>, taken: &[usize]) -> Vec<usize> {
    let (mut left, mut missing) = (Vec::new(), Vec::new());
    let mut taken = taken.iter().copied().peekable();
    for number in list.drain(..) {
        while let Some(earlier) = taken.next_if(|taken| *taken < number) {
            missing.push(earlier);
        }
        if taken.next_if_eq(&number).is_none() {
            left.push(number);
        }
    }
    missing.extend(taken);
    *list = left;
    missing
}
