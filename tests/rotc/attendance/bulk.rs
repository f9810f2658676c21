//! Many cadets at once.

use serde_json::{Value, json};
use tests::{Answer, TestApp, a_cadet, a_training_day};

use super::{attended, count, events, notices, texts};

const CREATE: &str = "/api/attendance/bulk_create";
const MARK: &str = "/api/attendance/bulk_mark";

#[tokio::test]
async fn bulk_create_skips_those_who_have_a_record() {
    let app = TestApp::rotc().await;
    let (day, first, second) = (
        app.add(a_training_day()).await,
        app.add(a_cadet()).await,
        app.add(a_cadet().without_grades()).await,
    );
    let mark = json!({ "dayId": day.id, "cadetId": first.id, "status": "absent", "time_in": "7:00" });
    app.as_admin().post("/api/attendance/mark", mark).await.is(200);
    let ids = [second.id, first.id, second.id];
    let body = json!({ "training_day_id": day.id, "cadet_ids": ids, "status": "late", "time_in": "8:00" });
    let made = app.as_staff().post(CREATE, body).await;
    made.is(201).has(json!({ "success": true, "data": {
        "created": 1, "skipped": 1, "records": [{ "cadet": second.id, "status": "late", "time_in": "8:00" }],
    } }));
    assert_eq!(texts(&app, &day, &first).await, ["absent", "", "7:00", ""]);
    assert_eq!((attended(&app, &first).await, attended(&app, &second).await), (0, 1));
    assert_eq!(notices(&app, second.user_id).await.len(), 1);
    let again = json!({ "training_day_id": day.id, "cadet_ids": ids });
    app.as_staff()
        .post(CREATE, again)
        .await
        .is(201)
        .has(json!({ "data": { "created": 0, "skipped": 2, "records": [] } }));
}

#[tokio::test]
async fn bulk_mark_sets_the_status_of_all_and_wipes_nothing() {
    let app = TestApp::rotc().await;
    let day = app.add(a_training_day()).await;
    let (new, other, same) = (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_cadet()).await);
    for (cadet, status) in [(&other, "absent"), (&same, "present")] {
        let mark = json!({ "dayId": day.id, "cadetId": cadet.id, "status": status, "remarks": "r", "time_in": "7:00" });
        app.as_admin().post("/api/attendance/mark", mark).await.is(200);
    }
    let body =
        json!({ "training_day_id": day.id, "cadet_ids": [new.id, other.id, same.id], "status": "present" });
    let done = app.as_staff().post(MARK, body).await;
    done.is(200).has(
        json!({ "success": true, "data": { "created": 1, "updated": 1, "unchanged": 1, "records": [
        { "cadet": new.id, "status": "present", "time_in": null },
        { "cadet": other.id, "status": "present", "remarks": "r", "time_in": "7:00" },
    ] } }),
    );
    for cadet in [&new, &other, &same] {
        assert_eq!(attended(&app, cadet).await, 1);
    }
    assert_eq!(notices(&app, same.user_id).await.len(), 1, "nothing has changed for them");
    assert_eq!(notices(&app, other.user_id).await.len(), 2);
}

#[tokio::test]
async fn a_bulk_request_is_done_as_a_whole_or_not_at_all() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    for path in [CREATE, MARK] {
        let post = async |day_id: i32, ids: Value| -> Answer {
            let body = json!({ "training_day_id": day_id, "cadet_ids": ids, "status": "late" });
            app.as_staff().post(path, body).await
        };
        let unknown = post(day.id, json!([cadet.id, 99999])).await;
        unknown.is(400).message("Invalid cadet IDs: 99999").has(json!({ "error": true }));
        post(day.id, json!([])).await.is(400).message("This list may not be empty.");
        post(day.id, json!(null)).await.is(400).message("This field is required.");
        post(day.id, json!(["x"])).await.is(400);
        post(day.id, json!((0..5001).collect::<Vec<i32>>())).await.is(400);
        post(99999, json!([cadet.id])).await.is(404).message("Training day not found");
    }
    let without = json!({ "training_day_id": day.id, "cadet_ids": [cadet.id] });
    app.as_staff()
        .post(MARK, without)
        .await
        .is(400)
        .message("Status must be present, absent, late or excused");
    assert_eq!(count(&app, "attendance_records").await, 0);
    assert_eq!(count(&app, "notifications").await, 0);
}

#[tokio::test]
async fn a_thousand_cadets_are_marked_in_one_request() {
    let app = TestApp::rotc().await;
    let day = app.add(a_training_day()).await;
    let people = "WITH made AS (
                     INSERT INTO cadets (rank, first_name, last_name, student_id, is_profile_completed)
                     SELECT 'Cdt', 'Juan', 'Bulk' || n, 'K-' || n, true FROM generate_series(1, 1000) AS n
                     RETURNING id, student_id)
                  INSERT INTO users (username, password, role, cadet_id, is_approved)
                  SELECT student_id, '!', 'cadet', id, 1 FROM made RETURNING cadet_id";
    let ids: Vec<i32> = app.query(people, &[]).await.iter().map(|row| row.get(0)).collect();
    let mark = |status: &str| json!({ "training_day_id": day.id, "cadet_ids": ids, "status": status });

    let made = app.as_admin().post(MARK, mark("present")).await;
    made.is(200).has(json!({ "data": { "created": 1000, "updated": 0, "unchanged": 0 } }));
    assert_eq!(made.json()["data"]["records"].as_array().map(Vec::len), Some(1000));
    assert_eq!(count(&app, "attendance_records WHERE status = 'present'").await, 1000);
    assert_eq!(count(&app, "grades WHERE attendance_present = 1").await, 1000);
    let changed = app.as_admin().post(MARK, mark("absent")).await;
    changed.is(200).has(json!({ "data": { "created": 0, "updated": 1000, "unchanged": 0 } }));
    assert_eq!(count(&app, "grades WHERE attendance_present = 0").await, 1000);
    assert_eq!(count(&app, "notifications WHERE type = 'attendance'").await, 2000);
    assert_eq!(events(&app, "attendance_updated").await.len(), 2000);
    let audited = "audit_logs WHERE table_name = 'attendance_records'";
    assert_eq!(count(&app, audited).await, 2000, "each row is audited");
}
