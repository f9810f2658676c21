//! Grades and the ledger in the resource API.

use serde_json::json;
use tests::{TestApp, a_cadet};

#[tokio::test]
async fn cadets_see_their_own_grades_and_nobody_elses() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let new = json!({ "cadet_id": other.id, "type": "demerit", "points": 2, "reason": "Late" });
    app.as_admin().post("/api/merit-demerit", new).await.is(201);

    let all = app.as_staff().get("/api/grades?limit=500").await;
    all.is(200).has(json!({ "success": true, "page": 1, "limit": 100, "total": 2, "data": [
        { "cadet": cadet.id, "cadet_info": { "student_id": cadet.student_id }, "merit_demerit_logs": [] },
        {
            "cadet": other.id, "demerit_points": 2,
            "merit_demerit_logs": [{ "type": "demerit", "points": 2 }],
        },
    ] }));
    let own = app.as_cadet(&cadet).get("/api/grades/").await;
    own.is(200).has(json!({ "total": 1, "limit": 50, "data": [{ "cadet": cadet.id }] }));
    app.as_cadet(&cadet).get(&format!("/api/grades/{}", cadet.id)).await.is(200);
    app.as_cadet(&cadet).get(&format!("/api/v1/grades/{}", other.id)).await.is(403);
    app.as_cadet(&cadet).get(&format!("/api/merit-demerit/{}", other.id)).await.is(403);
    app.as_cadet(&cadet)
        .get(&format!("/api/merit-demerit/{}", cadet.id))
        .await
        .is(200)
        .has(json!({ "data": [] }));
    let none = app.as_admin().get("/api/grades/99999").await;
    none.is(404).message("Grades not found for this cadet");
}

#[tokio::test]
async fn a_partial_change_keeps_the_rest() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let path = format!("/api/grades/{}", cadet.id);
    let changed = app.as_admin().put(&path, json!({ "prelim_score": 90, "final_score": 88.25 })).await;
    changed.is(200).has(
        json!({ "success": true, "data": { "prelim_score": 90, "midterm_score": 0, "final_score": 88.25 } }),
    );
    let refused = app.as_admin().put(&path, json!({ "prelim_score": 101, "midterm_score": -1 })).await;
    refused.is(400).message("Score must be between 0 and 100.").has(json!({ "error": true, "details": {
        "prelim_score": ["Score must be between 0 and 100."],
        "midterm_score": ["Score must be between 0 and 100."],
    } }));
    app.as_admin().put(&path, json!({ "prelim_score": "abc" })).await.is(400);
    app.as_staff().put(&path, json!({})).await.is(403);
    app.as_admin().put("/api/grades/99999", json!({})).await.is(404);
    app.audited("grades", "UPDATE", app.value("SELECT id FROM grades", &[]).await).await;
}

#[tokio::test]
async fn attendance_that_differs_from_the_records_is_refused_and_changes_nothing() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let path = format!("/api/grades/{}", cadet.id);
    let refused = app.as_admin().put(&path, json!({ "prelim_score": 90, "attendance_present": 3 })).await;
    let why = "Attendance is counted from the records of training days, which say 0: change those.";
    refused.is(400).message(why);
    app.as_admin()
        .get(&path)
        .await
        .is(200)
        .has(json!({ "data": { "prelim_score": 0, "attendance_present": 0 } }));
    app.as_admin().put(&path, json!({ "prelim_score": 90, "attendance_present": 0 })).await.is(200);
}

#[tokio::test]
async fn entries_are_made_listed_and_removed() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let admin = app.as_admin();
    let body = json!({
        "cadet": cadet.id, "type": "merit", "points": 5, "reason": "ñ ' x", "issued_by_name": "Forged",
    });
    let made = admin.post("/api/merit-demerit/", body).await;
    made.is(201).has(json!({ "success": true, "data": {
        "cadet": cadet.id, "cadet_name": format!("Juan {}", cadet.last_name), "type": "merit", "points": 5,
        "issued_by_user_id": app.admin_id().await,
    } }));
    assert_ne!(made.json()["data"]["issued_by_name"], "Forged");
    let second =
        admin.post("/api/merit-demerit", json!({ "cadet": cadet.id, "type": "merit", "points": 1 })).await;
    let (first_id, second_id) =
        (made.json()["data"]["id"].clone(), second.is(201).json()["data"]["id"].clone());
    let list = app.as_staff().get(&format!("/api/merit-demerit/{}", cadet.id)).await;
    list.is(200).has(json!({ "success": true, "data": [{ "id": second_id }, { "id": first_id }] }));

    let gone = admin.delete(&format!("/api/merit-demerit/{first_id}")).await;
    gone.is(200)
        .message("Merit/Demerit log deleted successfully")
        .has(json!({ "success": true, "data": {} }));
    admin.delete(&format!("/api/merit-demerit/delete/{second_id}")).await.is(200);
    admin.delete(&format!("/api/merit-demerit/delete/{second_id}")).await.is(404).message("Log not found");
    let merit: i32 = app.value("SELECT merit_points FROM grades", &[]).await;
    assert_eq!(merit, 0);

    let zero =
        admin.post("/api/merit-demerit", json!({ "cadet": cadet.id, "type": "merit", "points": 0 })).await;
    zero.is(400).has(json!({ "details": { "points": ["Points must be a positive integer."] } }));
    let unknown =
        admin.post("/api/merit-demerit", json!({ "cadet": 99999, "type": "merit", "points": 1 })).await;
    unknown.is(400).has(json!({ "details": { "cadet": ["Cadet not found"] } }));
    app.as_staff().post("/api/merit-demerit", json!({})).await.is(403);
}
