//! What must hold for every system, however many routes, tables and statements it gets. A system calls these checks with itself
//! from `tests/<name>/coverage`, where lists name its exceptions: they may only shrink, an entry that is no exception any more
//! fails.

mod audited;
mod deployed;
mod description;
mod guard;
mod limited;
mod refused;
mod schemas;
mod snapshots;
mod sturdy;
mod touched;

use std::collections::BTreeSet;

use shared::system::System;

pub use audited::every_table_is_audited;
pub use deployed::{every_function_has_a_program, every_function_is_in_the_template};
pub use description::{
    bodies_are_described, errors_are_described, operation_ids_are_unique, public_operations_are_described,
};
pub use guard::Guard;
pub use limited::files_without_end_are_refused;
pub use refused::strangers_are_refused;
pub use schemas::types_have_names_of_their_own;
pub use snapshots::{the_description_is_kept, the_schema_is_kept};
pub use sturdy::strange_ids_crash_nothing;
pub use touched::every_column_tells;

use crate::sources::repository;

/// The lines of a list of exceptions of a system.
fn list(system: &System, file: &str) -> BTreeSet<String> {
    let text = text(&format!("tests/{}/coverage/{file}", system.name));
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Compares the exceptions there are with those listed in `file`.
fn assert_listed(found: &BTreeSet<String>, system: &System, file: &str, advice: &str) {
    let listed = list(system, file);
    let new: Vec<_> = found.difference(&listed).collect();
    assert!(new.is_empty(), "{advice}: {new:#?}");
    let gone: Vec<_> = listed.difference(found).collect();
    assert!(gone.is_empty(), "remove these lines from tests/{}/coverage/{file}: {gone:#?}", system.name);
}

/// The text of a file of the repository, for messages that name it.
fn text(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
