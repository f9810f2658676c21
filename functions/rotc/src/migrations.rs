//! The migration files of `rotc`: the legacy tables, their adoption, and the triggers on them.

use shared::db::migrate::MigrationSet;

mod embedded {
    refinery::embed_migrations!("../../migrations/rotc");
}

/// To be applied after `shared::db::migrate::SHARED`.
pub static ROTC: MigrationSet = MigrationSet {
    name: "rotc",
    versioned: embedded::migrations::runner,
    role: None,
    repeatable: &[
        ("R__row_audit.sql", include_str!("../../../migrations/rotc/R__row_audit.sql")),
        ("R__ledger_events.sql", include_str!("../../../migrations/rotc/R__ledger_events.sql")),
        ("R__event_notices.sql", include_str!("../../../migrations/rotc/R__event_notices.sql")),
        ("R__notices.sql", include_str!("../../../migrations/rotc/R__notices.sql")),
        ("R__stored_files.sql", include_str!("../../../migrations/rotc/R__stored_files.sql")),
        ("R__letter_texts.sql", include_str!("../../../migrations/rotc/R__letter_texts.sql")),
        ("R__touched_tables.sql", include_str!("../../../migrations/rotc/R__touched_tables.sql")),
    ],
};

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::ROTC;

    /// A forgotten line in the list above would leave a trigger out without any error.
    #[test]
    fn every_repeatable_file_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/rotc");
        let mut found: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of the migrations")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("R__"))
            .collect();
        let mut listed: Vec<&str> = ROTC.repeatable.iter().map(|(file, _)| *file).collect();
        found.sort();
        listed.sort();
        assert_eq!(found, listed);
    }

    #[test]
    fn every_file_says_why_it_exists() {
        let versioned = (ROTC.versioned)();
        let texts = versioned.get_migrations().iter().filter_map(|file| file.sql());
        for text in texts.chain(ROTC.repeatable.iter().map(|(_, sql)| *sql)) {
            assert!(text.starts_with("-- Why: "), "{}", text.lines().next().unwrap_or_default());
        }
    }
}
