//! What becomes of records that are there, for every kind of list and every strategy.

use http::Method;
use serde_json::Value;
use tests::{TestApp, a_cadet, a_training_day, field};

use super::file;

const STRATEGIES: [&str; 4] = ["update", "fill", "skip", "error"];

/// Imports a list, and answers the status and the numbers: created, updated, skipped, wrong.
async fn import(app: &TestApp, kind: &str, strategy: &str, day: i32, list: &str) -> (u16, [u64; 4]) {
    let parts = [
        field("entity_type", kind),
        field("merge_strategy", strategy),
        field("training_day_id", &day.to_string()),
        file("file", "l.csv", list),
    ];
    let answer = app.as_admin().form(Method::POST, "/api/import/csv", &parts).await;
    let body: Value = answer.json();
    let counts = ["created_count", "updated_count", "skipped_count", "error_count"];
    (answer.status(), counts.map(|name| body["data"][name].as_u64().unwrap_or(99)))
}

#[tokio::test]
async fn cadets_who_are_there_follow_the_strategy() {
    let expected = [
        ("Delta/Islam", [1, 1, 0, 0]),
        ("Charlie/Islam", [1, 1, 0, 0]),
        ("Charlie/", [1, 0, 1, 0]),
        ("Charlie/", [1, 0, 0, 1]),
    ];
    for (strategy, (kept, numbers)) in STRATEGIES.into_iter().zip(expected) {
        let app = TestApp::rotc().await;
        let known = app.add(a_cadet().in_company("Charlie")).await;
        let list =
            format!("Student ID,Company,Religion\n{},Delta,Islam\n2026-7001,Delta,\n", known.student_id);
        assert_eq!(import(&app, "cadets", strategy, 0, &list).await, (200, numbers), "{strategy}");
        let read = "SELECT company || '/' || coalesce(religion, '') FROM cadets WHERE id = $1";
        assert_eq!(app.value::<String>(read, &[&known.id]).await, kept, "{strategy}");
    }
}

#[tokio::test]
async fn members_of_the_staff_who_are_there_follow_the_strategy() {
    let expected =
        [("Maj/77", [1, 1, 0, 0]), ("Sgt/77", [1, 1, 0, 0]), ("Sgt/", [1, 0, 1, 0]), ("Sgt/", [1, 0, 0, 1])];
    for (strategy, (kept, numbers)) in STRATEGIES.into_iter().zip(expected) {
        let app = TestApp::rotc().await;
        import(&app, "staff", "update", 0, "Name,Rank,Email\nRamon Cruz,Sgt,r@example.test\n").await;
        let list = "Name,Rank,Email,AFPSN\nRamon Cruz,Maj,r@example.test,77\nAna Reyes,Cpt,a@example.test,\n";
        assert_eq!(import(&app, "staff", strategy, 0, list).await, (200, numbers), "{strategy}");
        let read =
            "SELECT rank || '/' || coalesce(afpsn, '') FROM training_staff WHERE email = 'r@example.test'";
        assert_eq!(app.value::<String>(read, &[]).await, kept, "{strategy}");
    }
}

#[tokio::test]
async fn attendance_that_is_recorded_follows_the_strategy() {
    let expected = [
        ("late/sick/07:00/11:00", [1, 1, 0, 0]),
        ("present/sick/06:00/11:00", [1, 1, 0, 0]),
        ("present//06:00", [1, 0, 1, 0]),
        ("present//06:00", [1, 0, 0, 1]),
    ];
    for (strategy, (kept, numbers)) in STRATEGIES.into_iter().zip(expected) {
        let app = TestApp::rotc().await;
        let (known, new) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
        let day = app.add(a_training_day()).await;
        let first = format!("Student ID,Status,Time In\n{},present,6:00 AM\n", known.student_id);
        import(&app, "attendance", "update", day.id, &first).await;
        let list = format!(
            "Student ID,Status,Remarks,Time In,Time Out\n{},late,sick,7:00 AM,11:00 AM\n{},absent,,,\n",
            known.student_id, new.student_id
        );
        assert_eq!(import(&app, "attendance", strategy, day.id, &list).await, (200, numbers), "{strategy}");
        let read = "SELECT concat_ws('/', status, remarks, time_in, time_out) FROM attendance_records WHERE cadet_id = $1";
        assert_eq!(app.value::<String>(read, &[&known.id]).await, kept, "{strategy}");
        assert_eq!(app.value::<String>(read, &[&new.id]).await, "absent/", "{strategy}");
    }
}

#[tokio::test]
async fn scores_that_are_there_follow_the_strategy() {
    let expected =
        [("90/70", [0, 2, 0, 0]), ("80/70", [0, 2, 0, 0]), ("80/0", [0, 1, 1, 0]), ("80/0", [0, 1, 0, 1])];
    for (strategy, (kept, numbers)) in STRATEGIES.into_iter().zip(expected) {
        let app = TestApp::rotc().await;
        let (known, new) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
        app.execute("UPDATE grades SET prelim_score = 80 WHERE cadet_id = $1", &[&known.id]).await;
        let list = format!("Student ID,Prelim,Midterm\n{},90,70\n{},60,\n", known.student_id, new.student_id);
        assert_eq!(import(&app, "grades", strategy, 0, &list).await, (200, numbers), "{strategy}");
        let read = "SELECT concat_ws('/', prelim_score, midterm_score) FROM grades WHERE cadet_id = $1";
        assert_eq!(app.value::<String>(read, &[&known.id]).await, kept, "{strategy}");
        assert_eq!(app.value::<String>(read, &[&new.id]).await, "60/0", "{strategy}: nothing was there");
    }
    let app = TestApp::rotc().await;
    let known = app.add(a_cadet()).await;
    app.execute("UPDATE grades SET prelim_score = 80 WHERE cadet_id = $1", &[&known.id]).await;
    let list = format!("Student ID,Prelim\n{},90\n", known.student_id);
    assert_eq!(import(&app, "grades", "fill", 0, &list).await, (200, [0, 0, 0, 0]), "nothing to fill");
}

#[tokio::test]
async fn entries_of_a_ledger_are_added_and_know_no_other_strategy() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let list = format!("Student ID,Type,Points\n{},merit,5\n", cadet.student_id);
    let entries = "SELECT count(*) FROM merit_demerit_logs";
    for strategy in ["fill", "skip", "error"] {
        assert_eq!(import(&app, "ledger", strategy, 0, &list).await.0, 400, "{strategy}");
        let path = format!("/api/integration/ledger/import?strategy={strategy}");
        let refused = app.as_admin().form(Method::POST, &path, &[file("files", "l.csv", list.clone())]).await;
        refused
            .is(400)
            .message("Entries of a ledger are always added, so the only strategy possible for it is update.");
    }
    assert_eq!(app.value::<i64>(entries, &[]).await, 0);
    assert_eq!(import(&app, "ledger", "update", 0, &list).await, (200, [1, 0, 0, 0]));
}
