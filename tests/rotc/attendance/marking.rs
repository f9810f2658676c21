//! Marking a cadet by hand.

use serde_json::{Value, json};
use tests::{Answer, Cadet, TestApp, TrainingDay, a_cadet, a_training_day};

use super::{attended, count, events, notices, record, texts};

async fn mark(app: &TestApp, day: &TrainingDay, cadet: &Cadet, more: Value) -> Answer {
    let mut body = json!({ "dayId": day.id, "cadetId": cadet.id });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    app.as_admin().post("/api/attendance/mark", body).await
}

#[tokio::test]
async fn a_mark_is_counted_told_published_and_audited() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet().without_grades()).await, app.add(a_training_day()).await);

    mark(&app, &day, &cadet, json!({ "status": "present", "time_in": "07:30" }))
        .await
        .is(200)
        .message("Attendance recorded");
    assert_eq!(attended(&app, &cadet).await, 1);
    mark(&app, &day, &cadet, json!({ "status": "absent" })).await.is(200).message("Attendance updated");
    assert_eq!(attended(&app, &cadet).await, 0);

    assert_eq!(
        notices(&app, cadet.user_id).await,
        [
            "Your attendance for Drill (2026-02-01) has been marked as present.",
            "Your attendance for Drill (2026-02-01) has been marked as absent.",
        ]
    );
    let event = |status| json!({ "cadetId": cadet.id, "dayId": day.id, "status": status });
    assert_eq!(events(&app, "attendance_updated").await, [event("present"), event("absent")]);
    assert_eq!(events(&app, "grade_updated").await.len(), 2);
    let id: i32 = app.value("SELECT id FROM attendance_records", &[]).await;
    let audited = app.audited("attendance_records", "UPDATE", id).await;
    assert_eq!(
        (&audited["before"]["status"], &audited["after"]["status"]),
        (&json!("present"), &json!("absent"))
    );
}

#[tokio::test]
async fn each_status_but_absent_counts() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    for (n, (status, days)) in
        [("present", 1), ("late", 2), ("absent", 2), ("excused", 3)].into_iter().enumerate()
    {
        let day = app.add(a_training_day().on(&format!("2026-01-0{}", n + 1))).await;
        mark(&app, &day, &cadet, json!({ "status": status })).await.is(200);
        assert_eq!(attended(&app, &cadet).await, days, "{status}");
    }
}

#[tokio::test]
async fn a_later_mark_wipes_neither_times_nor_remarks() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let full = json!({ "status": "present", "remarks": "on time", "time_in": "07:30", "time_out": "11:30" });
    mark(&app, &day, &cadet, full).await.is(200);
    for more in [
        json!({ "status": "late" }),
        json!({ "status": "late", "remarks": null, "time_in": null, "time_out": null }),
        json!({ "status": "late", "remarks": "", "time_in": "", "time_out": " " }),
    ] {
        mark(&app, &day, &cadet, more).await.is(200).message("Attendance updated");
        assert_eq!(texts(&app, &day, &cadet).await, ["late", "on time", "07:30", "11:30"]);
    }
    mark(&app, &day, &cadet, json!({ "status": "late", "remarks": "bus", "time_in": "08:00" })).await.is(200);
    assert_eq!(texts(&app, &day, &cadet).await, ["late", "bus", "08:00", "11:30"]);
}

#[tokio::test]
async fn a_mark_that_changes_nothing_tells_nobody() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let body = json!({ "status": "present", "remarks": "x", "time_in": "07:30" });
    mark(&app, &day, &cadet, body.clone()).await.is(200);
    let audited = count(&app, "audit_logs").await;
    for _ in 0..3 {
        mark(&app, &day, &cadet, body.clone()).await.is(200).message("Attendance updated");
    }
    assert_eq!(notices(&app, cadet.user_id).await.len(), 1);
    assert_eq!(events(&app, "attendance_updated").await.len(), 1);
    assert_eq!(count(&app, "audit_logs").await, audited);
    mark(&app, &day, &cadet, json!({ "status": "present", "remarks": "y" })).await.is(200);
    assert_eq!(notices(&app, cadet.user_id).await.len(), 2);
}

#[tokio::test]
async fn ids_may_be_texts_and_a_person_without_an_account_can_be_marked() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    app.execute("DELETE FROM users WHERE cadet_id = $1", &[&cadet.id]).await;
    let body =
        json!({ "dayId": day.id.to_string(), "cadetId": format!(" {} ", cadet.id), "status": "excused" });
    app.as_admin().post("/api/attendance/mark", body).await.is(200).message("Attendance recorded");
    assert_eq!(record(&app, &day, &cadet).await, [Some("excused".to_owned()), None, None, None]);
    assert_eq!(count(&app, "notifications").await, 0);
}

#[tokio::test]
async fn marks_that_make_no_sense_are_refused_and_change_nothing() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    for status in [json!(null), json!("Present"), json!("bogus"), json!(""), json!("present ")] {
        let refused = mark(&app, &day, &cadet, json!({ "status": status })).await;
        refused.is(400).message("Status must be present, absent, late or excused");
    }
    mark(&app, &day, &cadet, json!({ "status": 7 })).await.is(400);
    let present = |more: Value| mark(&app, &day, &cadet, more);
    present(json!({ "status": "present", "dayId": 99999 })).await.is(404).message("Training day not found");
    present(json!({ "status": "present", "cadetId": 99999 })).await.is(404).message("Cadet not found");
    for day_id in [json!(null), json!("")] {
        present(json!({ "status": "present", "dayId": day_id })).await.is(400).message("Day ID is required");
    }
    for cadet_id in [json!("x"), json!(1.5), json!(1e12), json!([1]), json!(true)] {
        present(json!({ "status": "present", "cadetId": cadet_id })).await.is(400).message("Invalid ID");
    }
    present(json!({ "status": "present", "time_in": "9".repeat(41) })).await.is(400);
    present(json!({ "status": "present", "remarks": "x".repeat(20_001) })).await.is(400);
    present(json!({ "status": "present", "remarks": "a\u{0}b" })).await.is(400);
    assert_eq!(count(&app, "attendance_records").await, 0);
    assert_eq!(count(&app, "notifications").await, 0);
}
