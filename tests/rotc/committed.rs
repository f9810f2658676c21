//! Cached responses follow every committed change within a second, whoever commits it and without Redis.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use shared::{db::Actor, jobs, sql};
use tests::{RedisServer, TestApp, cluster};

use super::kept::with_addresses;

const PATH: &str = "/api/cadet/activities";

async fn outcome(app: &TestApp) -> String {
    outcome_of(app, PATH).await
}

async fn outcome_of(app: &TestApp, path: &str) -> String {
    app.as_admin().get(path).await.is(200).header("x-cache").to_owned()
}

/// The cached response is made, and the process has asked for changes a second ago.
async fn cached_a_second_ago(app: &TestApp) {
    outcome(app).await;
    assert_eq!(outcome(app).await, "HIT");
    app.clock.advance(TimeDelta::seconds(1));
}

#[tokio::test]
async fn commit_of_another_process_invalidates_every_cached_response_within_a_second() {
    let (app, addresses) = with_addresses().await;
    let other = app.another_process().await;
    for (path, _, tables) in &addresses {
        for table in *tables {
            outcome_of(&app, path).await;
            app.clock.advance(TimeDelta::seconds(1));
            assert_eq!(outcome_of(&app, path).await, "HIT", "{path}: nothing has changed");
            let mut change = other.app.db.change(&Actor::default()).await.unwrap();
            change.execute(super::kept::write_to(table), &[]).await.unwrap();
            change.commit().await.unwrap();

            app.clock.advance(TimeDelta::seconds(1));

            assert_eq!(outcome_of(&app, path).await, "MISS", "{path} after a commit of {table} elsewhere");
        }
    }
}

#[tokio::test]
async fn statement_of_psql_invalidates_and_its_rollback_does_not() {
    let app = TestApp::rotc().await;
    cached_a_second_ago(&app).await;
    app.execute("BEGIN", &[]).await;
    app.execute("INSERT INTO activities (title) VALUES ('Undone')", &[]).await;
    assert_eq!(outcome(&app).await, "HIT", "not committed");
    app.execute("ROLLBACK", &[]).await;
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(outcome(&app).await, "HIT", "rolled back");

    app.execute("INSERT INTO activities (title) VALUES ('New')", &[]).await;
    app.clock.advance(TimeDelta::seconds(1));

    let answer = app.as_admin().get(PATH).await;
    answer.is(200).has(json!([{ "title": "New" }]));
    assert_eq!(answer.header("x-cache"), "MISS");
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(outcome(&app).await, "HIT", "it is read once");
}

#[tokio::test]
async fn truncated_table_invalidates() {
    let app = TestApp::rotc().await;
    app.execute("INSERT INTO activities (title) VALUES ('Old')", &[]).await;
    cached_a_second_ago(&app).await;

    app.execute("TRUNCATE activities CASCADE", &[]).await;
    app.clock.advance(TimeDelta::seconds(1));

    app.as_admin().get(PATH).await.is(200).has(json!([]));
}

#[tokio::test]
async fn transaction_open_while_later_ones_commit_invalidates_with_its_own_commit() {
    let app = TestApp::rotc().await;
    cached_a_second_ago(&app).await;
    app.execute("BEGIN", &[]).await;
    app.execute("INSERT INTO activities (title) VALUES ('Slow')", &[]).await;
    let other = cluster::connect(app.database_url()).await;
    for _ in 0..3 {
        other.batch_execute("UPDATE activities SET title = title").await.unwrap();
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(outcome(&app).await, "MISS", "the later one is read");
    }

    app.execute("COMMIT", &[]).await;
    app.clock.advance(TimeDelta::seconds(1));

    app.as_admin().get(PATH).await.is(200).has(json!([{ "title": "Slow" }]));
}

#[tokio::test]
async fn table_written_in_a_released_and_a_rolled_back_savepoint_invalidates() {
    let app = TestApp::rotc().await;
    cached_a_second_ago(&app).await;
    let script = "BEGIN;
        SAVEPOINT a; INSERT INTO activities (title) VALUES ('Undone'); ROLLBACK TO SAVEPOINT a;
        SAVEPOINT b; INSERT INTO activities (title) VALUES ('Kept'); RELEASE SAVEPOINT b; COMMIT";
    app.database().await.batch_execute(script).await.unwrap();
    app.clock.advance(TimeDelta::seconds(1));

    app.as_admin().get(PATH).await.is(200).has(json!([{ "title": "Kept" }]));
}

#[tokio::test]
async fn frozen_process_asks_for_changes_before_it_answers_from_its_cache() {
    let app = TestApp::rotc().await;
    for frozen in [TimeDelta::minutes(2), TimeDelta::minutes(4), TimeDelta::hours(2)] {
        outcome(&app).await;
        app.execute("UPDATE activities SET title = title", &[]).await;
        app.clock.advance(frozen);
        assert_eq!(outcome(&app).await, "MISS", "frozen for {frozen}");
    }
    app.clock.advance(-TimeDelta::seconds(30));
    app.execute("UPDATE activities SET title = title", &[]).await;
    assert_eq!(outcome(&app).await, "MISS", "the clock was set back");
}

#[tokio::test]
async fn changes_are_asked_for_once_a_second_and_own_commits_are_not_learned_twice() {
    let app = TestApp::rotc().await;
    outcome(&app).await;
    let asked = app.times_run("muster.table_changes").await;
    for _ in 0..5 {
        outcome(&app).await;
    }
    assert_eq!(app.times_run("muster.table_changes").await, asked);
    app.clock.advance(TimeDelta::seconds(1));
    for _ in 0..5 {
        outcome(&app).await;
    }
    assert_eq!(app.times_run("muster.table_changes").await, asked + 1);

    let mut change = app.app.db.change(&Actor::default()).await.unwrap();
    change.execute(sql!("INSERT INTO activities (title) VALUES ('Own')"), &[]).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(outcome(&app).await, "MISS");
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(outcome(&app).await, "HIT");
}

#[tokio::test]
async fn other_caches_learn_of_foreign_commits_by_version() {
    let app = TestApp::rotc().await;
    let version = async |tables: &[&str]| app.app.db.version(tables).await.expect("a version");
    let (before, others) = (version(&["users"]).await, version(&["grades"]).await);

    app.execute("UPDATE users SET is_archived = is_archived", &[]).await;
    assert_eq!(version(&["users"]).await, before, "known for a second");
    app.clock.advance(TimeDelta::seconds(1));

    assert!(version(&["users"]).await > before);
    assert_eq!(version(&["grades"]).await, others);
}

#[tokio::test]
async fn change_rows_are_trimmed_when_no_process_needs_them_and_a_late_commit_keeps_its_row() {
    let app = TestApp::rotc().await;
    let sweep = async || jobs::put_in_order(&app.app, &rotc::SYSTEM).await.expect("a sweep");
    let rows = "SELECT count(*) FROM muster.table_changes WHERE table_name = 'activities'";
    app.execute("INSERT INTO activities (title) VALUES ('Early')", &[]).await;
    let slow = cluster::connect(app.database_url()).await;
    slow.batch_execute("BEGIN; INSERT INTO activities (title) VALUES ('Late')").await.unwrap();
    sweep().await;
    app.clock.advance(TimeDelta::minutes(10));
    sweep().await;
    assert_eq!(app.value::<i64>(rows, &[]).await, 1, "too young");

    // Snapshots see the transactions of other databases too, so it may take some turns.
    let trimmed = async {
        while app.value::<i64>(rows, &[]).await > 0 {
            app.clock.advance(TimeDelta::minutes(16));
            sweep().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), trimmed).await.expect("the early one is trimmed");
    outcome(&app).await;
    slow.batch_execute("COMMIT").await.unwrap();
    sweep().await;

    assert_eq!(app.value::<i64>(rows, &[]).await, 1, "the late one stays");
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(outcome(&app).await, "MISS");
    let snapshots: i64 = app.value("SELECT count(*) FROM muster.table_change_snapshots", &[]).await;
    assert!(snapshots <= 3, "{snapshots}");
}

#[tokio::test]
async fn statement_of_psql_invalidates_what_processes_share_through_redis() {
    let redis = RedisServer::start().await;
    let on_redis = |config: &mut shared::config::Config| {
        config.redis = Some(shared::config::RedisConfig { url: redis.url().into() });
    };
    let one = TestApp::with(on_redis).await;
    let other = one.another_process().await;
    assert_eq!((outcome(&one).await, outcome(&other).await), ("MISS".to_owned(), "HIT".to_owned()));

    one.execute("INSERT INTO activities (title) VALUES ('New')", &[]).await;
    one.clock.advance(TimeDelta::seconds(1));

    assert_eq!((outcome(&one).await, outcome(&other).await), ("MISS".to_owned(), "HIT".to_owned()));
    other.as_admin().get(PATH).await.is(200).has(json!([{ "title": "New" }]));
    assert_eq!(outcome(&one.another_process().await).await, "HIT", "a new process learns nothing new");

    // Nobody asks for an hour, so nobody reads of the change before its row is gone.
    one.execute("UPDATE activities SET title = 'Newer'; ", &[]).await;
    one.execute("DELETE FROM muster.table_changes", &[]).await;
    redis.forget("complete").await;
    let late = one.another_process().await;
    late.as_admin().get(PATH).await.is(200).has(json!([{ "title": "Newer" }]));
}
