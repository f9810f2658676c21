//! What must hold for the whole system, however many routes, tables and statements it gets.
//!
//! The lists beside this file name the exceptions. They may only shrink: an entry that is no exception any more fails.

mod audited;
mod deployed;
mod description;
mod examples;
mod guard;
mod kept;
mod refused;
mod schemas;
mod snapshots;
mod sturdy;
mod touched;

use std::collections::BTreeSet;

use tests::sources::repository;

/// Compares the exceptions there are with those listed in `file`.
fn assert_listed(found: &BTreeSet<String>, listed: &str, file: &str, advice: &str) {
    let listed: BTreeSet<String> =
        listed.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let new: Vec<_> = found.difference(&listed).collect();
    assert!(new.is_empty(), "{advice}: {new:#?}");
    let gone: Vec<_> = listed.difference(found).collect();
    assert!(gone.is_empty(), "remove these lines from tests/rotc/coverage/{file}: {gone:#?}");
}

/// The text of a file of the repository, for messages that name it.
fn text(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
