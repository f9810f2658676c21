//! What holds for the migration files of every system, and of the tables beside them.

use std::path::Path;

use muster::systems::SYSTEMS;
use shared::db::migrate::{self, MigrationSet, SHARED};
use tests::{TestApp, cluster};

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

/// Making a trigger locks its table: a migration beside a running system would hold some and wait for others.
#[tokio::test]
async fn repeated_migration_recreates_no_trigger() {
    for (system, _) in tests::SYSTEMS {
        let app = TestApp::of(system, |_| ()).await;
        // Replaced every time, because a legacy server may have left another one under its name.
        let list = "SELECT array_agg(oid || ' ' || xmin::text ORDER BY oid) FROM pg_trigger
                    WHERE NOT tgisinternal AND tgname <> 'trg_merit_demerit_audit'";
        let before: Vec<String> = app.value(list, &[]).await;
        let mut client = cluster::connect(app.database_url()).await;
        migrate::migrate(&mut client, &[&SHARED, system.migrations]).await.expect("it succeeds");
        assert_eq!(app.value::<Vec<String>>(list, &[]).await, before, "{}", system.name);
    }
}
