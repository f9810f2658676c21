//! What is installed.

use std::{collections::BTreeSet, fs};

use shared::system::{Starts, System};

use super::text;
use crate::sources::folder_of;

/// The functions the system says it has.
fn functions(system: &System) -> BTreeSet<String> {
    let groups = system.groups.iter().map(|group| format!("{}-{}", system.name, group.name));
    let workers = system.workers.iter().map(|worker| match worker.starts {
        Starts::ByHand => format!("{}-{}", system.name, worker.name),
        _ => format!("{}-worker-{}", system.name, worker.name),
    });
    let sockets = system.sockets.map(|sockets| format!("{}-{}", system.name, sockets.name));
    groups.chain(workers).chain(sockets).collect()
}

/// Every function has a program, and every program is of a function.
pub fn every_function_has_a_program(system: &System) {
    let files = fs::read_dir(folder_of(system).join("bin")).expect("the folder of the programs");
    let names =
        files.flatten().map(|file| file.file_name().to_string_lossy().trim_end_matches(".rs").to_owned());

    let name = system.name;
    assert_eq!(
        names.collect::<BTreeSet<_>>(),
        functions(system),
        "functions/{name}/src/bin and {name}::SYSTEM differ"
    );
}

/// Every function is in the template.
pub fn every_function_is_in_the_template(system: &System) {
    let path = format!("functions/{}/template.yaml", system.name);
    let template = text(&path);

    let missing: Vec<_> = functions(system).into_iter().filter(|name| !names(&template, name)).collect();

    assert!(missing.is_empty(), "{path} lacks {missing:?}; write it anew (cargo muster template)");
}

/// Whether the name stands alone in the text, not as the beginning of a longer one.
fn names(text: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-');
    text.match_indices(name).any(|(at, _)| ends(&text[at + name.len()..]))
}
