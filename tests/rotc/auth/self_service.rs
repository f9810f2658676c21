//! Who and where one is.

use serde_json::json;
use tests::{TestApp, a_cadet, a_staff_member};

#[tokio::test]
async fn a_profile_shows_the_person_behind_the_user() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let staff = app.add(a_staff_member()).await;

    let answer = app.as_cadet(&cadet).get("/api/auth/profile").await;
    answer.is(200).has(json!({ "user": { "cadet": { "student_id": cadet.student_id }, "staff": null }, "cadet_id": cadet.id }));
    let answer = app.as_user(staff.user_id).get("/api/v1/auth/profile/").await;
    answer.is(200).has(json!({ "user": { "staff": { "id": staff.id }, "cadet": null } }));
    assert!(!answer.text().contains("password"));
}

#[tokio::test]
async fn a_position_is_recorded_without_its_place_in_the_audit() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let url = "/api/auth/location";

    let nowhere =
        json!({ "latitude": null, "longitude": null, "at": null, "accuracy": null, "provider": null });
    app.as_cadet(&cadet).get(url).await.is(200).has(nowhere);
    let here = json!({ "latitude": 8.5, "longitude": 124, "accuracy": 12.5 });
    let recorded = app.as_cadet(&cadet).post(url, here).await;
    recorded
        .is(200)
        .has(json!({ "ok": true, "latitude": 8.5, "longitude": 124, "at": "2026-02-02T08:00:00.000Z" }));
    app.as_cadet(&cadet).get(url).await.has(json!({ "accuracy": 12.5, "provider": "gps" }));
    let payloads = app.query("SELECT payload::text FROM audit_logs", &[]).await;
    assert!(payloads.iter().all(|row| !row.get::<_, Option<String>>(0).unwrap_or_default().contains("8.5")));
}

#[tokio::test]
async fn what_is_no_position_is_refused() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    for bad in [
        json!({}),
        json!({ "latitude": "8", "longitude": 1 }),
        json!({ "latitude": 91, "longitude": 1 }),
        json!([1, 2]),
    ] {
        app.as_cadet(&cadet).post("/api/auth/location", bad).await.is(400);
    }
    let placed: bool =
        app.value("SELECT last_latitude IS NOT NULL FROM users WHERE id = $1", &[&cadet.user_id]).await;
    assert!(!placed);
}
