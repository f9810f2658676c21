use shared::system::{DerivedColumn, LegacyTables};

use super::*;
use crate::postgres::test_cluster;

const TARGET: &str = "
    CREATE TABLE people (id serial PRIMARY KEY, number text NOT NULL UNIQUE, is_archived boolean, birthdate date);
    CREATE TABLE accounts (id serial PRIMARY KEY, username text NOT NULL UNIQUE, role text NOT NULL CHECK (role IN ('admin', 'member')),
        person_id integer REFERENCES people ON DELETE CASCADE);
    CREATE TABLE results (id serial PRIMARY KEY, person_id integer NOT NULL UNIQUE REFERENCES people ON DELETE CASCADE,
        prelim_score double precision, total integer DEFAULT 0);
    CREATE TABLE entries (id serial PRIMARY KEY, person_id integer REFERENCES people ON DELETE CASCADE, type text,
        points integer, author_id integer REFERENCES accounts ON DELETE SET NULL);
    CREATE TABLE sync_events (id serial PRIMARY KEY, created_at timestamp, processed boolean, processed_at timestamp);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a trigger ran'; END $$;
    CREATE TRIGGER loud BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION refuse();
    CREATE SCHEMA muster; CREATE TABLE muster.table_changes (table_name text)";

const SOURCE: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, is_archived INTEGER, birthdate TEXT, hobby TEXT);
    INSERT INTO people VALUES (1, 'A-1', 0, '2005-03-01', NULL), (2, 'A-2', 1, 'in March', NULL), (9, 'A-9', NULL, '', NULL);
    DELETE FROM people WHERE id = 9;
    CREATE TABLE accounts (id INTEGER PRIMARY KEY, username TEXT, role TEXT, person_id INTEGER);
    INSERT INTO accounts VALUES (1, 'ana', 'member', 1), (2, 'ben', 'visitor', 2), (3, 'carla', 'member', 7);
    CREATE TABLE results (id INTEGER PRIMARY KEY, person_id INTEGER, prelim_score INTEGER);
    INSERT INTO results VALUES (1, 1, 85.5);
    CREATE TABLE entries (id INTEGER PRIMARY KEY, person_id INTEGER, type TEXT, points INTEGER, author_id INTEGER);
    INSERT INTO entries VALUES (1, 1, 'good', 5, 1), (2, 1, 'good', 3, 3);
    CREATE TABLE sync_events (id INTEGER PRIMARY KEY, created_at TEXT, processed INTEGER, processed_at TEXT);
    INSERT INTO sync_events VALUES (1, '2025-01-02 08:00:00', 0, NULL);
    CREATE TABLE extra (a INTEGER)";

static LEGACY: LegacyTables = LegacyTables {
    tables: &["people", "accounts", "results", "entries", "sync_events"],
    keys: &[],
    marks: &["entries"],
    occupied: &["people", "accounts"],
    strict: &[],
    adjust: &[(
        "sync_events",
        "UPDATE stage SET processed = true, processed_at = coalesce(processed_at, created_at) WHERE processed IS NOT TRUE",
    )],
    derived: &[DerivedColumn {
        table: "results",
        column: "total",
        fill: "UPDATE results SET total = (SELECT sum(points) FROM entries WHERE entries.person_id = results.person_id)",
    }],
    blank_is_null: &[],
    computed: &[],
    complete: None,
};

/// A source file and an empty target database of this test alone.
async fn scratch(name: &str) -> (Source, Client, PathBuf) {
    let file = std::env::temp_dir().join(format!("muster-{name}-{}.sqlite", std::process::id()));
    let _ = std::fs::remove_file(&file);
    rusqlite::Connection::open(&file).unwrap().execute_batch(SOURCE).unwrap();
    let database = format!("legacy_{name}_{}", std::process::id());
    let cluster = test_cluster().await.unwrap();
    cluster.create_database(&database).await.unwrap();
    let (client, connection) =
        tokio_postgres::connect(&cluster.url(&database), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(TARGET).await.unwrap();
    (Source::Sqlite(file.clone()), client, file)
}

/// Removes what `scratch` made; the cluster outlives the test.
async fn remove(name: &str, file: PathBuf) {
    std::fs::remove_file(file).unwrap();
    let cluster = test_cluster().await.unwrap();
    let (client, connection) =
        tokio_postgres::connect(&cluster.url("postgres"), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let drop = format!("DROP DATABASE legacy_{name}_{} WITH (FORCE)", std::process::id());
    client.batch_execute(&drop).await.unwrap();
}

async fn text(client: &Client, query: &str) -> String {
    client.query_one(query, &[]).await.unwrap().get::<_, Option<String>>(0).unwrap_or_default()
}

#[tokio::test]
async fn every_row_is_imported_or_kept_aside() {
    let (source, mut client, file) = scratch("import").await;

    let report =
        import(&LEGACY, &Own::default(), source.clone(), &mut client, Mode::IntoEmpty).await.unwrap();

    let counts: Vec<_> =
        report.tables.iter().map(|t| (t.name.as_str(), t.imported, t.quarantined, t.detached)).collect();
    let expected = [
        ("people", 2, 0, 0),
        ("accounts", 1, 2, 0),
        ("results", 1, 0, 0),
        ("entries", 2, 0, 1),
        ("sync_events", 1, 0, 0),
    ];
    assert_eq!(counts, expected);
    assert_eq!(report.unknown_tables, ["extra"]);
    assert_eq!(report.tables[0].unknown_columns, ["hobby"]);
    assert_eq!(report.tables[0].findings[0].original, "in March");
    let kept = "SELECT string_agg(table_name || ' ' || column_name || ' ' || row_key, ', ' ORDER BY table_name, row_key) FROM muster.orphans";
    let expected =
        "accounts accounts_role_check 2, accounts person_id 3, entries author_id 2, people birthdate 2";
    assert_eq!(text(&client, kept).await, expected);
    assert_eq!(text(&client, "SELECT prelim_score::text || ' ' || total FROM results").await, "85.5 8");
    assert_eq!(
        text(&client, "SELECT processed_at::text FROM sync_events WHERE processed").await,
        "2025-01-02 08:00:00"
    );
    assert_eq!(
        text(&client, "SELECT nextval('people_id_seq')::text").await,
        "10",
        "ids of deleted rows stay taken"
    );

    let again =
        import(&LEGACY, &Own::default(), source.clone(), &mut client, Mode::IntoEmpty).await.unwrap_err();
    assert!(
        matches!(again, ImportError::NotEmpty(ref counts) if *counts == [("people", 2), ("accounts", 1)]),
        "{again}"
    );
    import(&LEGACY, &Own::default(), source, &mut client, Mode::Replace).await.unwrap();
    assert!(
        client.batch_execute("INSERT INTO entries DEFAULT VALUES").await.is_err(),
        "triggers are on again"
    );
    remove("import", file).await;
}

#[tokio::test]
async fn doubled_keys_are_refused_and_nothing_is_written() {
    let (source, mut client, file) = scratch("doubled").await;
    let doubled = "INSERT INTO accounts VALUES (4, 'ana', 'member', 2)";
    rusqlite::Connection::open(&file).unwrap().execute_batch(doubled).unwrap();

    let refused = import(&LEGACY, &Own::default(), source, &mut client, Mode::IntoEmpty).await.unwrap_err();

    assert!(
        refused.to_string().contains("several rows of accounts have the same username (ana)"),
        "{refused}"
    );
    assert_eq!(text(&client, "SELECT count(*)::text FROM people").await, "0");
    remove("doubled", file).await;
}
