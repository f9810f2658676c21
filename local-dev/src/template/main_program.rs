//! The program of a new group's function.

use shared::system::{Group, System};

use super::function;

const PROGRAM: &str = "\
//! Lambda function `@binary@`: answers @prefixes@.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&@system@::SYSTEM, &@system@::@group@::GROUP)
}
";

/// The text of `src/bin/<system>-<group>.rs`.
pub(super) fn of_group(system: &System, group: &Group) -> String {
    let prefixes: Vec<_> = group.prefixes.iter().map(|prefix| format!("`{prefix}`")).collect();
    PROGRAM
        .replace("@binary@", &function::group_binary(system, group))
        .replace("@prefixes@", &prefixes.join(", "))
        .replace("@system@", system.name)
        .replace("@group@", &group.name.replace('-', "_"))
}
