//! What the tests demand may grow, not shrink: a change that asks for less must edit `guard.txt`, where a review sees it.
//!
//! `guard.txt` has a line for each recording (which never changes), each row of the role matrix (rows may be added), and
//! each exception in a list of exceptions (which may go): the file, a tab, and a fingerprint.

use std::{collections::BTreeSet, fs};

use sha2::{Digest, Sha256};

use super::{repository, text};

const GUARD: &str = include_str!("guard.txt");

/// Files whose lines may only become more.
const DEMANDS: [&str; 1] = ["tests/rotc/access/matrix.txt"];

/// Files whose lines may only become fewer.
const EXCEPTIONS: [&str; 4] = [
    "tests/rotc/coverage/public.txt",
    "tests/rotc/coverage/unaudited.txt",
    "tests/rotc/coverage/unexercised.txt",
    "tests/rotc/coverage/untouched.txt",
];

/// The deviations from the recordings: blocks that may only become fewer. Their reasons may be reworded.
const DEVIATIONS: &str = "tests/rotc/replay/differences.toml";

const RECORDINGS: &str = "tests/rotc/recordings";

fn entry(file: &str, content: &[u8]) -> String {
    format!("{file}\t{}", hex::encode(&Sha256::digest(content)[..8]))
}

fn lines(file: &str) -> BTreeSet<String> {
    let text = text(file);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| entry(file, line.as_bytes())).collect()
}

fn deviations() -> BTreeSet<String> {
    let text = text(DEVIATIONS);
    let blocks = text.split("\n[[").skip(1).map(|block| {
        let kept = block.lines().filter(|line| !line.starts_with('#') && !line.starts_with("why"));
        kept.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    });
    blocks.map(|block| entry(DEVIATIONS, block.as_bytes())).collect()
}

fn recordings() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![repository(RECORDINGS)];
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(&folder).expect("the recordings").flatten().map(|entry| entry.path()) {
            if file.is_dir() {
                folders.push(file);
            } else {
                let name = file.strip_prefix(repository("")).expect("a file of the repository");
                found.insert(entry(&name.to_string_lossy(), &fs::read(&file).expect("a recording")));
            }
        }
    }
    found
}

/// The guarded lines of some files.
fn guarded(belongs: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let lines = GUARD.lines().filter(|line| line.split_once('\t').is_some_and(|(file, _)| belongs(file)));
    lines.map(str::to_owned).collect()
}

#[track_caller]
fn assert_same(demanded: &BTreeSet<String>, found: &BTreeSet<String>, words: &str) {
    let difference: Vec<_> = demanded.difference(found).collect();
    assert!(difference.is_empty(), "{words} (tests/rotc/coverage/guard.txt): {difference:#?}");
}

#[test]
fn recorded_exchanges_never_change() {
    let demanded = guarded(|file| file.starts_with(RECORDINGS));
    assert_same(&demanded, &recordings(), "these recordings are gone or changed");
    assert_same(&recordings(), &demanded, "add these new recordings");
}

#[test]
fn demands_are_never_dropped() {
    for file in DEMANDS {
        assert_same(&guarded(|one| one == file), &lines(file), "these lines are gone or changed");
        assert_same(&lines(file), &guarded(|one| one == file), "add these new lines");
    }
}

#[test]
fn exceptions_are_never_added() {
    for file in EXCEPTIONS {
        assert_same(&lines(file), &guarded(|one| one == file), "these exceptions are new");
        assert_same(
            &guarded(|one| one == file),
            &lines(file),
            "remove these lines, they are no exceptions any more",
        );
    }
    let demanded = guarded(|file| file == DEVIATIONS);
    assert_same(&deviations(), &demanded, "these deviations are new");
    assert_same(&demanded, &deviations(), "remove these lines, they are no deviations any more");
}
