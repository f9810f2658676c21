//! What holds for the migration files of every system, and of the tables beside them.

use std::path::Path;

use muster::systems::SYSTEMS;
use shared::db::migrate::{MigrationSet, SHARED};

fn sets() -> impl Iterator<Item = &'static MigrationSet> {
    SYSTEMS.iter().map(|(system, _)| system.migrations).chain([&SHARED])
}

/// A forgotten line in a list would leave a trigger or a function out without any error.
#[test]
fn every_repeatable_file_is_listed() {
    for set in sets() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(set.name);
        let mut found: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of the migrations")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("R__"))
            .collect();
        let mut listed: Vec<&str> = set.repeatable.iter().map(|(file, _)| *file).collect();
        found.sort();
        listed.sort_unstable();
        assert_eq!(found, listed, "{}", set.name);
    }
}

#[test]
fn every_file_says_why_it_exists() {
    for set in sets() {
        let versioned = (set.versioned)();
        let texts = versioned.get_migrations().iter().filter_map(|file| file.sql());
        for text in texts.chain(set.repeatable.iter().map(|(_, sql)| *sql)) {
            assert!(
                text.starts_with("-- Why: "),
                "{}: {}",
                set.name,
                text.lines().next().unwrap_or_default()
            );
        }
    }
}
