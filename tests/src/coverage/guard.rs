//! What the tests demand may grow, not shrink: a change that asks for less must edit `guard.txt`, where a review sees it.
//!
//! `guard.txt` has a line for each recording (which never changes), each row of the role matrix (rows may be added), and
//! each exception in a list of exceptions (which may go): the file, a tab, and a fingerprint.

use std::{collections::BTreeSet, fs};

use sha2::{Digest, Sha256};
use shared::system::System;

use super::text;
use crate::sources::repository;

/// The guarded files of a system.
#[derive(Debug)]
pub struct Guard {
    lines: Vec<String>,
    file: String,
    /// Files whose lines may only become more.
    demands: Vec<String>,
    /// Files whose lines may only become fewer.
    exceptions: Vec<String>,
    /// The deviations from the recordings: blocks that may only become fewer. Their reasons may be reworded.
    deviations: String,
    recordings: String,
}

fn entry(file: &str, content: &[u8]) -> String {
    format!("{file}\t{}", hex::encode(&Sha256::digest(content)[..8]))
}

fn lines(file: &str) -> BTreeSet<String> {
    let text = text(file);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| entry(file, line.as_bytes())).collect()
}

impl Guard {
    /// Those of a system.
    pub fn of(system: &System) -> Self {
        let folder = format!("tests/{}", system.name);
        let exceptions = ["public.txt", "unaudited.txt", "unexercised.txt", "untouched.txt"];
        let file = format!("{folder}/coverage/guard.txt");
        Self {
            lines: text(&file).lines().map(str::to_owned).collect(),
            file,
            demands: vec![format!("{folder}/access/matrix.txt")],
            exceptions: exceptions.map(|name| format!("{folder}/coverage/{name}")).into(),
            deviations: format!("{folder}/replay/differences.toml"),
            recordings: format!("{folder}/recordings"),
        }
    }

    /// Recorded exchanges never change.
    pub fn recorded_exchanges_never_change(&self) {
        let demanded = self.guarded(|file| file.starts_with(&self.recordings));
        self.assert_same(&demanded, &self.recorded(), "these recordings are gone or changed");
        self.assert_same(&self.recorded(), &demanded, "add these new recordings");
    }

    /// Demands are never dropped.
    pub fn demands_are_never_dropped(&self) {
        for file in &self.demands {
            let demanded = self.guarded(|one| one == file);
            self.assert_same(&demanded, &lines(file), "these lines are gone or changed");
            self.assert_same(&lines(file), &demanded, "add these new lines");
        }
    }

    /// Exceptions are never added.
    pub fn exceptions_are_never_added(&self) {
        for file in &self.exceptions {
            let allowed = self.guarded(|one| one == file);
            self.assert_same(&lines(file), &allowed, "these exceptions are new");
            self.assert_same(&allowed, &lines(file), "remove these lines, they are no exceptions any more");
        }
        let allowed = self.guarded(|file| file == self.deviations);
        self.assert_same(&self.deviating(), &allowed, "these deviations are new");
        self.assert_same(&allowed, &self.deviating(), "remove these lines, they are no deviations any more");
    }

    fn deviating(&self) -> BTreeSet<String> {
        let text = text(&self.deviations);
        let blocks = text.split("\n[[").skip(1).map(|block| {
            let kept = block.lines().filter(|line| !line.starts_with('#') && !line.starts_with("why"));
            kept.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
        });
        blocks.map(|block| entry(&self.deviations, block.as_bytes())).collect()
    }

    fn recorded(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut folders = vec![repository(&self.recordings)];
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
    fn guarded(&self, belongs: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let lines =
            self.lines.iter().filter(|line| line.split_once('\t').is_some_and(|(file, _)| belongs(file)));
        lines.cloned().collect()
    }

    #[track_caller]
    fn assert_same(&self, demanded: &BTreeSet<String>, found: &BTreeSet<String>, words: &str) {
        let difference: Vec<_> = demanded.difference(found).collect();
        assert!(difference.is_empty(), "{words} ({}): {difference:#?}", self.file);
    }
}
