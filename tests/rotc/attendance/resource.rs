//! Training days and records in the resource API.

use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_training_day};

use super::{attended, count, events, notices, texts};

#[tokio::test]
async fn training_days_are_entered_listed_shown_changed_and_deleted() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let body = json!({ "date": "2026-02-07", "title": "Drill", "description": "d" });
    let made = app.as_staff().post("/api/training-days/", body).await;
    made.is(201).has(json!({ "success": true, "data": {
        "date": "2026-02-07", "title": "Drill", "description": "d", "location": null, "created_at": null,
    } }));
    let id = made.json()["data"]["id"].clone();
    let path = format!("/api/training-days/{id}");

    app.as_staff().put(&path, json!({ "title": "Moved" })).await.is(200).has(json!({ "data": {
        "id": id, "date": "2026-02-07", "title": "Moved", "description": "d",
    } }));
    app.as_staff().put(&path, json!({ "date": "2026-02-08", "description": "" })).await.is(200);
    app.as_cadet(&cadet).get(&path).await.is(200).has(json!({ "success": true, "data": {
        "date": "2026-02-08", "title": "Moved", "description": "",
    } }));
    let list = app.as_cadet(&cadet).get("/api/v1/training-days?limit=5").await;
    list.is(200).has(json!({ "success": true, "page": 1, "limit": 5, "total": 1, "data": [{ "id": id }] }));

    let refused = app.as_staff().put(&path, json!({ "date": "x" })).await;
    refused.is(400).has(json!({ "error": true, "code": "BAD_REQUEST" }));
    app.as_staff().put(&path, json!({ "title": " " })).await.is(400).message("Title is required");
    let empty = app.as_staff().post("/api/training-days", json!({})).await;
    empty.is(400).has(json!({ "error": true, "details": { "date": ["Date is required"] } }));
    app.as_staff().put("/api/training-days/99999", json!({})).await.is(404).message("Training day not found");
    app.as_cadet(&cadet).get("/api/training-days/99999").await.is(404).has(json!({ "error": true }));
    app.as_admin()
        .delete(&path)
        .await
        .is(200)
        .message("Training day deleted")
        .has(json!({ "success": true }));
    app.as_admin().delete(&path).await.is(404).message("Training day not found");
}

#[tokio::test]
async fn deleting_a_training_day_counts_anew() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let body = json!({ "training_day": day.id, "cadet": cadet.id, "status": "late" });
    app.as_staff().post("/api/attendance", body).await.is(201);
    assert_eq!(attended(&app, &cadet).await, 1);
    app.as_admin().delete(&format!("/api/training-days/{}", day.id)).await.is(200);
    assert_eq!(attended(&app, &cadet).await, 0);
    assert_eq!(count(&app, "attendance_records").await, 0);
}

#[tokio::test]
async fn records_are_made_listed_changed_and_deleted_and_the_total_follows() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let body = json!({
        "training_day_id": day.id, "cadet_id": cadet.id, "status": "present", "time_in": "07:30", "remarks": "x",
    });
    let made = app.as_staff().post("/api/attendance", body.clone()).await;
    made.is(201).message("Resource created successfully").has(json!({ "success": true, "data": {
        "training_day": day.id, "cadet": cadet.id, "cadet_name": format!("Juan {}", cadet.last_name),
        "student_id": cadet.student_id, "status": "present", "time_in": "07:30", "time_out": null, "remarks": "x",
        "created_at": null,
    } }));
    assert_eq!(attended(&app, &cadet).await, 1);
    let again = app.as_staff().post("/api/attendance", body).await;
    again.is(409).message("Attendance record already exists for this cadet and training day.");

    let list = app.as_staff().get(&format!("/api/attendance/{}", day.id)).await;
    let id = list.is(200).json()["data"][0]["id"].clone();
    list.has(json!({ "success": true, "page": 1, "limit": 50, "total": 1, "data": [{ "cadet": cadet.id }] }));
    let path = format!("/api/attendance/{id}");
    let absent = app.as_staff().put(&path, json!({ "status": "absent", "time_out": null })).await;
    absent.is(200).has(json!({ "data": { "id": id, "status": "absent", "time_in": "07:30" } }));
    assert_eq!(attended(&app, &cadet).await, 0);
    app.as_staff().put(&path, json!({ "status": "absent" })).await.is(200);
    assert_eq!(notices(&app, cadet.user_id).await.len(), 2, "what changes nothing tells nobody");
    app.as_staff().put(&path, json!({ "status": "late", "time_in": "", "remarks": "" })).await.is(200);
    assert_eq!(texts(&app, &day, &cadet).await, ["late", "", "", ""], "an empty text clears here");
    assert_eq!(attended(&app, &cadet).await, 1);

    app.as_staff().delete(&path).await.is(200).message("Attendance record deleted");
    assert_eq!(attended(&app, &cadet).await, 0);
    let statuses: Vec<Value> =
        events(&app, "attendance_updated").await.iter().map(|event| event["status"].clone()).collect();
    assert_eq!(statuses, [json!("present"), json!("absent"), json!("late"), json!(null)]);
    app.as_staff().delete(&path).await.is(404).message("Attendance record not found");
    app.as_staff()
        .put(&path, json!({ "status": "late" }))
        .await
        .is(404)
        .message("Attendance record not found");
}

#[tokio::test]
async fn records_that_make_no_sense_are_refused() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let post = async |body: Value| app.as_staff().post("/api/attendance", body).await;
    let empty = post(json!({})).await;
    empty.is(400).has(json!({ "error": true, "details": { "training_day": ["This field is required."] } }));
    let bogus = post(json!({ "training_day": day.id, "cadet": cadet.id, "status": "bogus" })).await;
    bogus.is(400).message("Status must be present, absent, late or excused");
    post(json!({ "training_day": day.id, "cadet": cadet.id })).await.is(400);
    post(json!({ "training_day": "x", "cadet": cadet.id, "status": "late" })).await.is(400);
    let unknown = post(json!({ "training_day": 99999, "cadet": cadet.id, "status": "late" })).await;
    unknown.is(404).message("Training day not found").has(json!({ "error": true, "code": "NOT_FOUND" }));
    let unknown = post(json!({ "training_day": day.id, "cadet": 99999, "status": "late" })).await;
    unknown.is(404).message("Cadet not found");
    app.as_staff().get("/api/attendance/99999").await.is(404).message("Training day not found");
    app.as_staff().put("/api/attendance/99999", json!({})).await.is(404);
    assert_eq!(count(&app, "attendance_records").await, 0);
}

#[tokio::test]
async fn the_words_of_the_client_api_are_no_ids() {
    let app = TestApp::rotc().await;
    app.as_staff().get("/api/attendance/days").await.is(200).has(json!([]));
    for path in ["import", "mark", "reconcile", "import-url"] {
        let unknown = app.as_admin().get(&format!("/api/attendance/{path}")).await;
        assert!(unknown.is(404).text().contains("not found: "), "{unknown}");
        assert!(unknown.json().get("error").is_none(), "{unknown}");
    }
    let wrong = app.as_admin().patch("/api/attendance/7", json!({})).await;
    wrong.is(405).has(json!({ "error": true }));
}
