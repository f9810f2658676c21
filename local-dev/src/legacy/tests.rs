use super::*;
use crate::postgres::test_cluster;

const TARGET: &str = "
    CREATE TABLE cadets (id serial PRIMARY KEY, student_id text NOT NULL UNIQUE, is_archived boolean, birthdate date);
    CREATE TABLE users (id serial PRIMARY KEY, username text NOT NULL UNIQUE, role text NOT NULL CHECK (role IN ('admin', 'cadet')),
        cadet_id integer REFERENCES cadets ON DELETE CASCADE);
    CREATE TABLE grades (id serial PRIMARY KEY, cadet_id integer NOT NULL UNIQUE REFERENCES cadets ON DELETE CASCADE,
        prelim_score double precision, lifetime_merit_points integer DEFAULT 0);
    CREATE TABLE merit_demerit_logs (id serial PRIMARY KEY, cadet_id integer REFERENCES cadets ON DELETE CASCADE, type text,
        points integer, issued_by_user_id integer REFERENCES users ON DELETE SET NULL);
    CREATE TABLE sync_events (id serial PRIMARY KEY, created_at timestamp, processed boolean, processed_at timestamp);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a trigger ran'; END $$;
    CREATE TRIGGER loud BEFORE INSERT ON merit_demerit_logs FOR EACH ROW EXECUTE FUNCTION refuse()";

const SOURCE: &str = "
    CREATE TABLE cadets (id INTEGER PRIMARY KEY AUTOINCREMENT, student_id TEXT, is_archived INTEGER, birthdate TEXT, hobby TEXT);
    INSERT INTO cadets VALUES (1, 'A-1', 0, '2005-03-01', NULL), (2, 'A-2', 1, 'in March', NULL), (9, 'A-9', NULL, '', NULL);
    DELETE FROM cadets WHERE id = 9;
    CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, role TEXT, cadet_id INTEGER);
    INSERT INTO users VALUES (1, 'ana', 'cadet', 1), (2, 'ben', 'visitor', 2), (3, 'carla', 'cadet', 7);
    CREATE TABLE grades (id INTEGER PRIMARY KEY, cadet_id INTEGER, prelim_score INTEGER);
    INSERT INTO grades VALUES (1, 1, 85.5);
    CREATE TABLE merit_demerit_logs (id INTEGER PRIMARY KEY, cadet_id INTEGER, type TEXT, points INTEGER, issued_by_user_id INTEGER);
    INSERT INTO merit_demerit_logs VALUES (1, 1, 'merit', 5, 1), (2, 1, 'merit', 3, 3);
    CREATE TABLE sync_events (id INTEGER PRIMARY KEY, created_at TEXT, processed INTEGER, processed_at TEXT);
    INSERT INTO sync_events VALUES (1, '2025-01-02 08:00:00', 0, NULL);
    CREATE TABLE extra (a INTEGER)";

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

    let report = import(source.clone(), &mut client, Mode::IntoEmpty).await.unwrap();

    let counts: Vec<_> =
        report.tables.iter().map(|t| (t.name.as_str(), t.imported, t.quarantined, t.detached)).collect();
    let expected = [
        ("cadets", 2, 0, 0),
        ("users", 1, 2, 0),
        ("grades", 1, 0, 0),
        ("merit_demerit_logs", 2, 0, 1),
        ("sync_events", 1, 0, 0),
    ];
    assert_eq!(counts, expected);
    assert_eq!(report.unknown_tables, ["extra"]);
    assert_eq!(report.tables[0].unknown_columns, ["hobby"]);
    assert_eq!(report.tables[0].findings[0].original, "in March");
    let kept = "SELECT string_agg(table_name || ' ' || column_name || ' ' || row_key, ', ' ORDER BY table_name, row_key) FROM muster.orphans";
    let expected = "cadets birthdate 2, merit_demerit_logs issued_by_user_id 2, users users_role_check 2, users cadet_id 3";
    assert_eq!(text(&client, kept).await, expected);
    assert_eq!(
        text(&client, "SELECT prelim_score::text || ' ' || lifetime_merit_points FROM grades").await,
        "85.5 8"
    );
    assert_eq!(
        text(&client, "SELECT processed_at::text FROM sync_events WHERE processed").await,
        "2025-01-02 08:00:00"
    );
    assert_eq!(
        text(&client, "SELECT nextval('cadets_id_seq')::text").await,
        "10",
        "ids of deleted rows stay taken"
    );

    let again = import(source.clone(), &mut client, Mode::IntoEmpty).await.unwrap_err();
    assert!(matches!(again, ImportError::NotEmpty { cadets: 2, users: 1 }), "{again}");
    import(source, &mut client, Mode::Replace).await.unwrap();
    assert!(
        client.batch_execute("INSERT INTO merit_demerit_logs DEFAULT VALUES").await.is_err(),
        "triggers are on again"
    );
    remove("import", file).await;
}

#[tokio::test]
async fn doubled_keys_are_refused_and_nothing_is_written() {
    let (source, mut client, file) = scratch("doubled").await;
    let doubled = "INSERT INTO users VALUES (4, 'ana', 'cadet', 2)";
    rusqlite::Connection::open(&file).unwrap().execute_batch(doubled).unwrap();

    let refused = import(source, &mut client, Mode::IntoEmpty).await.unwrap_err();

    assert!(refused.to_string().contains("several rows of users have the same username (ana)"), "{refused}");
    assert_eq!(text(&client, "SELECT count(*)::text FROM cadets").await, "0");
    remove("doubled", file).await;
}
