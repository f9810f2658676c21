use std::{collections::BTreeSet, fs};

use rotc::SYSTEM;
use shared::system::Starts;

use super::{repository, text};

/// The functions the system says it has.
fn functions() -> BTreeSet<String> {
    let groups = SYSTEM.groups.iter().map(|group| format!("{}-{}", SYSTEM.name, group.name));
    let workers = SYSTEM.workers.iter().map(|worker| match worker.starts {
        Starts::ByHand => format!("{}-{}", SYSTEM.name, worker.name),
        _ => format!("{}-worker-{}", SYSTEM.name, worker.name),
    });
    let sockets = SYSTEM.sockets.map(|sockets| format!("{}-{}", SYSTEM.name, sockets.name));
    groups.chain(workers).chain(sockets).collect()
}

#[test]
fn every_function_has_a_program_and_every_program_a_function() {
    let files = fs::read_dir(repository("functions/rotc/src/bin")).expect("the folder of the programs");
    let names =
        files.flatten().map(|file| file.file_name().to_string_lossy().trim_end_matches(".rs").to_owned());

    assert_eq!(names.collect::<BTreeSet<_>>(), functions(), "functions/rotc/src/bin and rotc::SYSTEM differ");
}

#[test]
fn every_function_is_in_the_template() {
    let template = text("functions/rotc/template.yaml");

    let missing: Vec<_> = functions().into_iter().filter(|name| !names(&template, name)).collect();

    assert!(
        missing.is_empty(),
        "functions/rotc/template.yaml lacks {missing:?}; write it anew (cargo muster template)"
    );
}

/// Whether the name stands alone in the text, not as the beginning of a longer one.
fn names(text: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-');
    text.match_indices(name).any(|(at, _)| ends(&text[at + name.len()..]))
}
