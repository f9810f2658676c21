//! The grading page.

use serde_json::{Value, json};
use tests::{Cadet, TestApp, a_cadet, a_training_day};

fn sheet() -> Value {
    json!({ "prelimScore": 88.5, "midtermScore": "91", "finalScore": null })
}

fn with(mut sheet: Value, more: Value) -> Value {
    let members = sheet.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("an object").clone());
    sheet
}

async fn put(app: &TestApp, cadet: &Cadet, body: Value) -> tests::Answer {
    app.as_admin().put(&format!("/api/admin/grades/{}", cadet.id), body).await
}

async fn stored(app: &TestApp, cadet: &Cadet) -> Value {
    app.value("SELECT to_jsonb(grades) FROM grades WHERE cadet_id = $1", &[&cadet.id]).await
}

#[tokio::test]
async fn scores_are_read_as_javascript_does_and_brought_into_range() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    put(&app, &cadet, sheet()).await.is(200).message("Grades updated");
    let grades = stored(&app, &cadet).await;
    assert_eq!(
        [&grades["prelim_score"], &grades["midterm_score"], &grades["final_score"]],
        [88.5, 91.0, 0.0]
    );

    put(&app, &cadet, json!({ "prelimScore": 150, "midtermScore": -3, "finalScore": "" })).await.is(200);
    let grades = stored(&app, &cadet).await;
    assert_eq!([&grades["prelim_score"], &grades["midterm_score"], &grades["final_score"]], [100, 0, 0]);

    for score in [json!("abc"), json!([1]), json!(true), json!("inf")] {
        let answer = put(&app, &cadet, with(sheet(), json!({ "prelimScore": score }))).await;
        answer.is(400).message("Each of the three scores must be a number from 0 to 100");
    }
    put(&app, &cadet, json!({ "status": "INC" }))
        .await
        .is(400)
        .message("Each of the three scores must be a number from 0 to 100");
}

#[tokio::test]
async fn what_is_missing_stays_and_what_changes_is_in_the_ledger() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let all = json!({ "meritPoints": 20, "demeritPoints": "4", "status": "INC" });
    put(&app, &cadet, with(sheet(), all)).await.is(200);
    put(&app, &cadet, sheet()).await.is(200);
    put(&app, &cadet, with(sheet(), json!({ "meritPoints": 15 }))).await.is(200);

    let grades = stored(&app, &cadet).await;
    assert_eq!((&grades["merit_points"], &grades["demerit_points"]), (&json!(15), &json!(4)));
    assert_eq!(grades["status"], "INC");
    let ledger: Vec<(String, i32)> = app
        .query("SELECT type, points FROM merit_demerit_logs WHERE cadet_id = $1 ORDER BY id", &[&cadet.id])
        .await
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    let merit = |points| ("merit".to_owned(), points);
    assert_eq!(ledger, [merit(20), ("demerit".to_owned(), 4), merit(-5)]);

    put(&app, &cadet, with(sheet(), json!({ "status": "", "demeritPoints": null }))).await.is(200);
    let grades = stored(&app, &cadet).await;
    assert_eq!((&grades["status"], &grades["demerit_points"]), (&json!("active"), &Value::Null));
    put(&app, &cadet, with(sheet(), json!({ "meritPoints": 1.5 }))).await.is(400);
}

#[tokio::test]
async fn an_echoed_attendance_changes_no_day_and_a_larger_one_marks_the_newest() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let (first, newest) =
        (app.add(a_training_day().on("2026-01-03")).await, app.add(a_training_day().on("2026-01-10")).await);
    for (day, status) in [(&first, "late"), (&newest, "absent")] {
        let insert = "INSERT INTO attendance_records (training_day_id, cadet_id, status) VALUES ($1, $2, $3)";
        app.execute(insert, &[&day.id, &cadet.id, &status]).await;
    }
    let status = "SELECT status FROM attendance_records WHERE training_day_id = $1 AND cadet_id = $2";

    put(&app, &cadet, with(sheet(), json!({ "attendancePresent": 1 }))).await.is(200);
    assert_eq!(app.value::<String>(status, &[&newest.id, &cadet.id]).await, "absent");
    assert_eq!(stored(&app, &cadet).await["attendance_present"], 1);

    put(&app, &cadet, with(sheet(), json!({ "attendancePresent": 9 }))).await.is(200);
    assert_eq!(app.value::<String>(status, &[&newest.id, &cadet.id]).await, "present");
    assert_eq!(stored(&app, &cadet).await["attendance_present"], 2);
    let events = "SELECT count(*) FROM sync_events WHERE event_type = 'attendance_updated' AND cadet_id = $1";
    assert_eq!(app.value::<i64>(events, &[&cadet.id]).await, 1);
    app.as_admin().get(&format!("/api/attendance/cadet/{}", cadet.id)).await.is(200).has(json!([
        { "date": "2026-01-10", "status": "present", "remarks": "Manual update via Grading" },
        { "date": "2026-01-03", "status": "late" },
    ]));
    app.as_cadet(&cadet).get("/api/attendance/days").await.is(200).has(json!([
        { "id": newest.id, "date": "2026-01-10" },
        { "id": first.id, "date": "2026-01-03" },
    ]));
}

#[tokio::test]
async fn the_cadet_is_told_once_and_by_mail_unless_they_want_none() {
    let app = TestApp::rotc().await;
    let (cadet, quiet) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let off = "INSERT INTO user_settings (user_id, email_alerts) VALUES ($1, FALSE)";
    app.execute(off, &[&quiet.user_id]).await;
    put(&app, &cadet, sheet()).await.is(200);
    put(&app, &quiet, sheet()).await.is(200);

    for told in [&cadet, &quiet] {
        app.as_cadet(told).get("/api/cadet/notifications").await.is(200).has(json!([{
            "user_id": told.user_id, "type": "grade", "is_read": false,
            "message": "Your grades have been updated. Please check your portal.",
        }]));
    }
    let mails = app.query("SELECT recipient, subject FROM muster.mails", &[]).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].get::<_, String>(0), cadet.email);
    assert_eq!(mails[0].get::<_, String>(1), "ROTC Grading System - Grades Updated");
    let events = "SELECT count(*) FROM sync_events WHERE event_type = 'grade_updated' AND cadet_id = $1";
    assert_eq!(app.value::<i64>(events, &[&cadet.id]).await, 1);
}

#[tokio::test]
async fn nobody_but_an_admin_grades_and_only_cadets_are_graded() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().without_grades()).await;
    let path = format!("/api/admin/grades/{}", cadet.id);
    app.as_staff().put(&path, sheet()).await.is(403);
    app.as_cadet(&cadet).put(&path, sheet()).await.is(403);
    app.anonymous().put(&path, sheet()).await.is(401);
    app.as_admin().put("/api/admin/grades/abc", sheet()).await.is(400);
    app.as_admin().put("/api/admin/grades/99999", sheet()).await.is(404).message("Cadet not found");
    app.as_admin().put(&path, sheet()).await.is(200);
}
