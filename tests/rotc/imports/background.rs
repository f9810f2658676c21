//! Large lists, which workers import.

use std::fmt::Write;

use serde_json::{Value, json};
use shared::files::StoredFile;
use tests::TestApp;

use super::send;

const PATH: &str = "/api/admin/import-cadets";
const ROWS: i64 = 2_100;

fn large() -> String {
    let mut list = "Student ID,Last Name,First Name\n".to_owned();
    for n in 0..ROWS {
        writeln!(list, "2026-{n:05},Reyes{n},Ana").expect("a string grows");
    }
    list
}

async fn enrolled(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM cadets JOIN users ON users.cadet_id = cadets.id", &[]).await
}

#[tokio::test]
async fn a_large_list_is_imported_by_a_worker_and_its_file_removed() {
    let app = TestApp::rotc().await;
    let answer = send(&app.as_admin(), PATH, "list.csv", large()).await;
    answer.is(202).has(json!({ "status": "processing", "total_records": ROWS }));
    let body = answer.json();
    assert!(body["message"].as_str().is_some_and(|text| text.contains("in the background")), "{body}");
    let status = format!("/api/import/status/{}", body["task_id"].as_str().expect("an id"));
    app.as_admin()
        .get(&status)
        .await
        .is(200)
        .has(json!({ "data": { "status": "processing", "ready": false } }));
    assert_eq!(enrolled(&app).await, 0);
    assert_eq!(app.stored_files().len(), 1);
    app.work().await;
    assert_eq!(enrolled(&app).await, ROWS);
    assert!(app.stored_files().is_empty());
    let done = app.as_admin().get(&status).await;
    done.is(200).has(json!({ "data": { "status": "completed", "result": { "created_count": ROWS } } }));
    let actor = "SELECT count(*) FROM audit_logs WHERE table_name = 'cadets' AND operation = 'INSERT' AND user_id = $1";
    assert_eq!(app.value::<i64>(actor, &[&app.admin_id().await]).await, ROWS);
}

#[tokio::test]
async fn a_worker_that_dies_in_the_middle_leaves_nothing_and_the_next_one_imports_all() {
    let app = TestApp::crowded().await;
    send(&app.as_admin(), PATH, "list.csv", large()).await.is(202);
    // Accounts come after the cadets: the worker waits here, with the cadets written.
    let database = app.database().await;
    database.batch_execute("BEGIN; LOCK TABLE users IN EXCLUSIVE MODE").await.expect("the table is locked");
    let worker = {
        let app = app.app.clone();
        tokio::spawn(async move { shared::jobs::run_due(&app, rotc::SYSTEM.jobs).await })
    };
    loop {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass";
        if app.value::<i64>(waiting, &[]).await > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    worker.abort();
    assert!(worker.await.is_err_and(|end| end.is_cancelled()));
    assert_eq!(app.value::<i64>("SELECT count(*) FROM cadets", &[]).await, 0, "nobody sees half a list");
    database.batch_execute("ROLLBACK").await.expect("the lock is gone");
    app.clock.advance(chrono::TimeDelta::minutes(10));
    app.work().await;
    assert_eq!(app.value::<i64>("SELECT count(*) FROM cadets", &[]).await, ROWS);
    let jobs = "SELECT string_agg(status || tries, ',') FROM muster.jobs WHERE kind = 'import_file'";
    assert_eq!(app.value::<String>(jobs, &[]).await, "done2");
}

async fn notices(app: &TestApp) -> String {
    let read =
        "SELECT coalesce(string_agg(type || ': ' || message, E'\\n' ORDER BY id), '') FROM notifications
                WHERE user_id = $1";
    app.value(read, &[&app.admin_id().await]).await
}

#[tokio::test]
async fn what_a_worker_cannot_import_is_told_and_not_tried_again() {
    let app = TestApp::rotc().await;
    let answer = send(&app.as_staff(), PATH, "list.csv", large()).await;
    let id = answer.is(202).json()["task_id"].as_str().expect("an id").to_owned();
    app.execute("UPDATE users SET is_archived = TRUE WHERE id = $1", &[&app.staff_user_id().await]).await;
    app.work().await;
    let why = "The account that uploaded this file no longer exists.";
    let done = app.as_admin().get(&format!("/api/import/status/{id}")).await;
    done.is(200).has(json!({ "data": { "status": "failed", "error": why } }));
    let task = app.as_admin().get(&format!("/api/tasks/{id}/status")).await;
    task.is(200)
        .has(json!({ "data": { "status": "FAILURE", "successful": false, "failed": true, "error": why } }));
    let report = app.as_admin().get(&format!("/api/import/{id}/errors")).await;
    assert!(report.is(200).text().contains(why));
    assert_eq!(app.value::<i64>("SELECT count(*) FROM cadets", &[]).await, 0);
    assert!(app.stored_files().is_empty());
    assert_eq!(notices(&app).await, "", "a refused file is nothing to alarm administrators");
    let job = "SELECT status || tries FROM muster.jobs WHERE kind = 'import_file'";
    assert_eq!(app.value::<String>(job, &[]).await, "failed1");
}

#[tokio::test]
async fn whoever_started_an_import_hears_what_came_of_it() {
    let app = TestApp::rotc().await;
    let id = |answer: &tests::Answer| answer.is(202).json()["task_id"].as_str().expect("an id").to_owned();
    let answer = send(&app.as_admin(), PATH, "list.csv", format!("{}2026-9,,,\n,,\n", large())).await;
    let done = id(&answer);
    let early = app.as_admin().get(&format!("/api/import/{done}/errors")).await;
    early.is(404).message("The import has not ended yet");
    app.work().await;
    let text = notices(&app).await;
    assert!(
        text.starts_with(&format!("import_completed: Your import is complete: {} created", ROWS + 1)),
        "{text}"
    );
    // Not at all, however often it is tried.
    app.execute("DELETE FROM notifications", &[]).await;
    let failed = id(&send(&app.as_admin(), PATH, "list.csv", large().replace("2026-", "2027-")).await);
    app.execute("ALTER TABLE cadets RENAME TO hidden", &[]).await;
    for _ in 0..3 {
        app.work().await;
        app.clock.advance(chrono::TimeDelta::hours(1));
    }
    app.execute("ALTER TABLE hidden RENAME TO cadets", &[]).await;
    let text = notices(&app).await;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "the starter and the administrators are told, once: {text}");
    assert!(lines[0].starts_with("import_failed: Your import has failed, nothing was written: "), "{text}");
    assert!(lines[0].ends_with(&format!(" Report: /api/import/{failed}/errors")), "{text}");
    assert!(lines[1].starts_with("job_failed: "), "{text}");
    let report = app.as_admin().get(&format!("/api/import/{failed}/errors")).await;
    assert!(report.is(200).text().contains("The import failed, nothing was written."));
    assert!(app.stored_files().is_empty());
    let cancelled = id(&send(&app.as_admin(), PATH, "list.csv", large()).await);
    app.execute(
        "UPDATE muster.jobs SET status = 'cancelled', finished_at = now() WHERE status = 'queued'",
        &[],
    )
    .await;
    let report = app.as_admin().get(&format!("/api/import/{cancelled}/errors")).await;
    assert!(report.is(200).text().contains("The import was cancelled, nothing was written."));
}

#[tokio::test]
async fn an_import_that_meets_a_deadlock_is_tried_again() {
    let app = TestApp::rotc().await;
    send(&app.as_admin(), PATH, "list.csv", large()).await.is(202);
    app.execute(
        "CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$",
        &[],
    )
    .await;
    app.execute("CREATE TRIGGER meet BEFORE INSERT ON cadets EXECUTE FUNCTION meet()", &[]).await;
    app.work().await;
    assert_eq!(app.stored_files().len(), 1, "the file waits for the next try");
    app.execute("DROP TRIGGER meet ON cadets", &[]).await;
    app.clock.advance(chrono::TimeDelta::minutes(10));
    app.work().await;
    assert_eq!(enrolled(&app).await, ROWS);
    let jobs = "SELECT status || tries FROM muster.jobs WHERE kind = 'import_file'";
    assert_eq!(app.value::<String>(jobs, &[]).await, "done2");
}

/// What an older edition has queued.
#[tokio::test]
async fn queued_import_of_an_older_edition_runs() {
    let app = TestApp::rotc().await;
    let admin = app.admin_id().await;
    let body = "Student ID,Last Name\n2026-7001,Reyes\n".into();
    let stored = StoredFile { body, content_type: "application/octet-stream".to_owned() };
    app.app.files.vault().put_file("imports/old-0", stored).await.expect("it is stored");
    let payload = json!({
        "plan": { "kind": "cadets", "strategy": "update", "day_id": null }, "user_id": admin, "digest": "0",
        "files": [{ "name": "list.csv", "place": "imports/old-0" }], "total": 1,
    });
    let queue = "INSERT INTO muster.jobs (kind, queue, payload, created_by) VALUES ('import_file', 'import', $1, '1')";
    app.execute(queue, &[&payload]).await;

    app.work().await;

    let job = "SELECT status || (result ->> 'created') FROM muster.jobs WHERE kind = 'import_file'";
    assert_eq!(app.value::<String>(job, &[]).await, "done1");
    assert!(app.stored_files().is_empty());
}

/// So that an older edition beside this one can run it.
#[tokio::test]
async fn queued_import_has_the_payload_of_older_editions() {
    let app = TestApp::rotc().await;
    send(&app.as_admin(), PATH, "list.csv", large()).await.is(202);
    let payload: Value = app.value("SELECT payload FROM muster.jobs WHERE kind = 'import_file'", &[]).await;
    let keys: Vec<&str> = payload.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["digest", "files", "plan", "total", "user_id"]);
    assert_eq!(payload["plan"], json!({ "kind": "cadets", "strategy": "update", "day_id": null }));
    assert_eq!((&payload["user_id"], &payload["total"]), (&json!(app.admin_id().await), &json!(ROWS)));
    let file = payload["files"][0].as_object().expect("a file");
    assert_eq!(file.keys().collect::<Vec<_>>(), ["name", "place"]);
    app.work().await;
}
