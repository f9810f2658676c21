//! Answers that are kept: made once, and never older than the last change.

use chrono::TimeDelta;
use futures_util::{future::join_all, poll};
use serde_json::json;
use shared::{
    db::{Actor, Sql},
    sql,
};
use tests::{TestApp, a_cadet};

/// Every answer that is kept: its address, for how many minutes, and the tables it is made of. A coverage check compares
/// this list with the sources.
pub const KEPT: &[(&str, i64, &[&str])] = &[
    ("/api/admin/analytics", 10, &["attendance_records", "cadets", "grades", "training_days", "users"]),
    ("/api/admin/analytics/demographics", 10, &["cadets"]),
    ("/api/admin/cadets", 5, &["cadets", "grades", "training_days", "users"]),
    ("/api/attendance/days", 10, &["training_days"]),
    ("/api/attendance/records/1", 5, &["attendance_records", "cadets", "users"]),
    ("/api/cadet/activities", 5, &["activities", "activity_images"]),
    ("/api/cadets", 5, &["cadets", "grades", "training_days", "users"]),
    ("/api/cadets/{cadet}", 5, &["cadets", "grades", "training_days", "users"]),
    ("/api/grades", 5, &["cadets", "grades", "merit_demerit_logs"]),
    ("/api/recognition/leaderboard", 10, &["cadets", "grades"]),
    ("/api/staff/analytics/overview", 10, &["training_staff", "staff_attendance_records"]),
    ("/api/training-days", 10, &["training_days"]),
];

/// A statement that writes a table, and nothing into it.
pub fn write_to(table: &str) -> Sql {
    match table {
        "activities" => sql!("DELETE FROM activities WHERE FALSE"),
        "activity_images" => sql!("DELETE FROM activity_images WHERE FALSE"),
        "attendance_records" => sql!("DELETE FROM attendance_records WHERE FALSE"),
        "cadets" => sql!("DELETE FROM cadets WHERE FALSE"),
        "grades" => sql!("DELETE FROM grades WHERE FALSE"),
        "merit_demerit_logs" => sql!("DELETE FROM merit_demerit_logs WHERE FALSE"),
        "staff_attendance_records" => sql!("DELETE FROM staff_attendance_records WHERE FALSE"),
        "training_days" => sql!("DELETE FROM training_days WHERE FALSE"),
        "training_staff" => sql!("DELETE FROM training_staff WHERE FALSE"),
        "users" => sql!("DELETE FROM users WHERE FALSE"),
        _ => panic!("say here how to write {table}"),
    }
}

/// An app with a cadet, and the addresses of all cached responses with the cadet's id.
pub async fn with_addresses() -> (TestApp, Vec<(String, i64, &'static [&'static str])>) {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await.id.to_string();
    let addresses =
        KEPT.iter().map(|(path, minutes, tables)| (path.replace("{cadet}", &cadet), *minutes, *tables));
    (app, addresses.collect())
}

async fn outcome_of(app: &TestApp, path: &str) -> String {
    app.as_admin().get(path).await.is(200).header("x-cache").to_owned()
}

#[tokio::test]
async fn nothing_kept_is_older_than_the_last_change_of_its_tables() {
    let (app, addresses) = with_addresses().await;
    for (path, _, tables) in &addresses {
        outcome_of(&app, path).await;
        for table in *tables {
            assert_eq!(outcome_of(&app, path).await, "HIT", "{path}");
            change(&app, write_to(table)).await;
            assert_eq!(outcome_of(&app, path).await, "MISS", "{path} after a change of {table}");
        }
    }
}

#[tokio::test]
async fn unchanged_response_is_cached_until_it_expires() {
    let (app, addresses) = with_addresses().await;
    for (path, minutes, _) in &addresses {
        outcome_of(&app, path).await;
        for _ in 1..*minutes {
            app.clock.advance(TimeDelta::minutes(1));
            assert_eq!(outcome_of(&app, path).await, "HIT", "{path}");
        }

        app.clock.advance(TimeDelta::minutes(1));
        assert_eq!(outcome_of(&app, path).await, "MISS", "{path}");
    }
}

#[tokio::test]
async fn what_is_searched_for_and_what_a_cadet_sees_is_not_kept() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    for path in ["/api/cadets?search=a", "/api/admin/cadets?search=a"] {
        assert!(app.as_admin().get(path).await.is(200).header("x-cache").is_empty(), "{path}");
    }
    for path in ["/api/cadets", "/api/grades"] {
        outcome_of(&app, path).await;
        let own = app.as_cadet(&cadet).get(path).await;
        assert!(own.is(200).header("x-cache").is_empty(), "{path}");
        own.has(json!({ "total": 1 }));
    }
}

#[tokio::test]
async fn lists_are_kept_for_each_filter_and_page() {
    let app = TestApp::rotc().await;
    app.add(a_cadet()).await;
    app.add(a_cadet()).await;
    for list in ["/api/cadets", "/api/admin/cadets"] {
        for query in ["", "?page=1&limit=1", "?page=2&limit=1", "?company=Alpha", "?company=Bravo"] {
            let path = format!("{list}{query}");
            let made = app.as_admin().get(&path).await;
            assert_eq!(made.is(200).header("x-cache"), "MISS", "{path}");
            let kept = app.as_staff().get(&path).await;
            assert_eq!(kept.is(200).header("x-cache"), "HIT", "{path}");
            assert_eq!(made.json(), kept.json());
        }
    }
}

#[tokio::test]
async fn administrators_have_answers_kept_before_anybody_asks() {
    let app = TestApp::rotc().await;
    let answer = app.as_admin().post("/api/cache/warm", json!({})).await;
    let warmed = answer.is(200).json()["warmed"].as_array().cloned().unwrap_or_default();
    app.as_staff().post("/api/cache/warm", json!({})).await.is(403);

    assert!(warmed.len() > 5, "{warmed:?}");
    let before = app.app.cache.lookups().misses;
    for path in warmed.iter().filter_map(|path| path.as_str()) {
        app.as_admin().get(path).await.is(200);
    }
    assert_eq!(app.app.cache.lookups().misses, before);
}

const PATH: &str = "/api/cadet/activities";

/// `HIT` or `MISS`, of the admin.
async fn outcome(app: &TestApp) -> String {
    let answer = app.as_admin().get(PATH).await;
    answer.is(200).header("x-cache").to_owned()
}

/// Runs a statement as the program does.
async fn change(app: &TestApp, sql: shared::db::Sql) {
    let mut change = app.app.db.change(&Actor::default()).await.expect("a transaction");
    change.execute(sql, &[]).await.expect("the statement runs");
    change.commit().await.expect("it is committed");
}

const INSERT: shared::db::Sql = shared::sql!("INSERT INTO activities (title) VALUES ('New')");

#[tokio::test]
async fn a_committed_change_is_seen_at_once_by_everybody() {
    let app = TestApp::rotc().await;
    assert_eq!((outcome(&app).await, outcome(&app).await), ("MISS".to_owned(), "HIT".to_owned()));

    change(&app, INSERT).await;

    let answer = app.as_admin().get(PATH).await;
    answer.has(json!([{ "title": "New" }]));
    assert_eq!(answer.header("x-cache"), "MISS");
    assert_eq!(outcome(&app).await, "HIT");
}

#[tokio::test]
async fn changes_of_other_tables_and_those_undone_outdate_nothing() {
    let app = TestApp::rotc().await;
    outcome(&app).await;

    app.as_admin().put("/api/auth/settings", json!({ "dark_mode": true })).await.is(200);
    let mut undone = app.app.db.change(&Actor::default()).await.unwrap();
    undone.execute(INSERT, &[]).await.unwrap();
    drop(undone);

    assert_eq!(outcome(&app).await, "HIT");
}

#[tokio::test]
async fn what_a_delete_takes_along_is_outdated_too() {
    let app = TestApp::rotc().await;
    app.execute(
        "WITH made AS (INSERT INTO activities (title) VALUES ('A') RETURNING id)
         INSERT INTO activity_images (activity_id, image_path) SELECT id, '/a.png' FROM made",
        &[],
    )
    .await;
    let before = app.app.db.versions().of(&["activity_images"]);

    change(&app, shared::sql!("DELETE FROM activities")).await;

    assert!(app.app.db.versions().of(&["activity_images"]) > before);
    assert_eq!(app.app.db.versions().of(&["cadets"]), app.app.db.versions().of(&[]));
}

#[tokio::test]
async fn what_was_read_before_a_commit_is_not_kept_after_it() {
    let app = TestApp::crowded().await;
    app.as_admin().get("/api/auth/settings").await.is(200);
    let (gate, connection) =
        tokio_postgres::connect(app.database_url(), tokio_postgres::NoTls).await.expect("a connection");
    tokio::spawn(connection);
    gate.batch_execute("BEGIN; LOCK TABLE activities").await.unwrap();
    let reader = app.as_admin();
    let mut reading = Box::pin(reader.get(PATH));
    loop {
        assert!(poll!(&mut reading).is_pending());
        let waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'activities'::regclass AND NOT granted";
        if app.value::<i64>(waiting, &[]).await == 1 {
            break;
        }
    }

    change(&app, shared::sql!("DELETE FROM activity_images")).await;
    gate.batch_execute("COMMIT").await.unwrap();

    assert_eq!(reading.await.header("x-cache"), "MISS");
    assert_eq!(outcome(&app).await, "MISS");
    assert_eq!(outcome(&app).await, "HIT");
}

#[tokio::test]
async fn a_commit_is_seen_through_even_if_whoever_asked_hangs_up() {
    let app = TestApp::rotc().await;
    outcome(&app).await;
    let mut change = app.app.db.change(&Actor::default()).await.unwrap();
    change.execute(INSERT, &[]).await.unwrap();

    let mut commit = Box::pin(change.commit());
    assert!(poll!(&mut commit).is_pending());
    drop(commit);

    // The only connection is free when the commit is done.
    drop(app.app.db.read().await.unwrap());
    let answer = app.as_admin().get(PATH).await;
    answer.has(json!([{ "title": "New" }]));
    assert_eq!(answer.header("x-cache"), "MISS");
}

#[tokio::test]
async fn a_commit_of_a_transaction_that_an_error_has_ended_is_an_error() {
    let app = TestApp::rotc().await;
    let mut change = app.app.db.change(&Actor::default()).await.unwrap();
    change.execute(INSERT, &[]).await.unwrap();
    assert!(change.execute(shared::sql!("SELECT 1 / 0"), &[]).await.is_err());

    assert!(change.commit().await.is_err());

    assert_eq!(app.value::<i64>("SELECT count(*) FROM activities", &[]).await, 0);
    assert_eq!(outcome(&app).await, "MISS");
}

#[tokio::test]
async fn a_hundred_who_ask_at_once_wait_for_one_answer_with_a_single_connection() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.as_cadet(&cadet).get("/api/health").await.is(200);
    let client = app.as_cadet(&cadet);

    let answers = join_all((0..100).map(|_| client.get(PATH))).await;

    let made = answers.iter().filter(|answer| answer.is(200).header("x-cache") == "MISS").count();
    assert_eq!(made, 1);
}

#[tokio::test]
async fn an_address_with_letters_beyond_ascii_is_answered() {
    let app = TestApp::rotc().await;
    let answer = app.as_admin().get(&format!("{PATH}?q=ñ")).await;
    assert_eq!(answer.is(200).header("x-cache"), "MISS");
}
