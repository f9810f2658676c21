//! The import of the resource API.

use http::Method;
use serde_json::json;
use tests::{TestApp, a_cadet, field};

use super::file;

#[tokio::test]
async fn cadets_of_rotcmis_are_held_to_its_rules_and_kept_as_they_are_by_default() {
    let app = TestApp::rotc().await;
    let known = app.add(a_cadet().in_company("Charlie")).await;
    let data = json!([
        { "studentId": "2026-7001", "firstName": "Ana", "lastName": "Reyes", "yearLevel": 2, "company": "Alpha" },
        { "student_id": known.student_id, "first_name": "Juan", "last_name": "Neu", "company": "Delta" },
        { "student_id": "12", "first_name": "A", "last_name": "B" },
        { "student_id": "2026-7002", "first_name": "A" },
        { "student_id": "2026-7003", "first_name": "A", "last_name": "B", "year_level": 6 },
        { "student_id": "2026-7004", "first_name": "A", "last_name": "B", "email": "nowhere" },
    ]);
    let path = "/api/import/rotcmis";
    let done = app.as_admin().post(path, json!({ "data": data })).await;
    done.is(200).has(json!({ "success": true, "data": {
        "status": "completed", "success_count": 1, "error_count": 4, "skipped_count": 1, "total_processed": 6,
        "created_count": 1, "updated_count": 0,
    } }));
    let company = "SELECT company FROM cadets WHERE id = $1";
    assert_eq!(app.value::<String>(company, &[&known.id]).await, "Charlie");
    let data = json!([{ "student_id": known.student_id, "first_name": "Juan", "last_name": known.last_name, "company": "Delta" }]);
    let body = json!({ "data": data, "merge_strategy": "update", "async_processing": true });
    let queued = app.as_admin().post(path, body).await;
    queued.is(202).has(json!({ "success": true, "data": { "status": "processing", "total_records": 1 } }));
    app.work().await;
    assert_eq!(app.value::<String>(company, &[&known.id]).await, "Delta");
    let status = format!("/api/import/status/{}", queued.json()["data"]["task_id"].as_str().expect("an id"));
    app.as_admin()
        .get(&status)
        .await
        .is(200)
        .has(json!({ "data": { "status": "completed", "result": { "updated_count": 1 } } }));
    app.as_admin().post(path, json!({})).await.is(400);
    app.as_staff().post(path, json!({ "data": data })).await.is(403);
    app.as_cadet(&known).post(path, json!({ "data": data })).await.is(403);
}

#[tokio::test]
async fn lists_of_every_kind_come_as_csv() {
    let app = TestApp::rotc().await;
    let known = app.add(a_cadet()).await;
    let import = async |kind: &str, list: String| {
        let kind = field("entity_type", kind);
        app.as_admin().form(Method::POST, "/api/import/csv", &[kind, file("file", "l.csv", list)]).await
    };
    import("cadets", "Student ID,Name\n2026-7001,\"Reyes, Ana\"\n".to_owned()).await.is(200);
    import("staff", "Name,Email\nRamon Cruz,r@example.test\n".to_owned()).await.is(200);
    import("grades", format!("Student ID,Final\n{},90\n", known.student_id)).await.is(200);
    let done = import("ledger", format!("Student ID,Type,Points\n{},merit,5\n", known.student_id)).await;
    done.is(200).has(json!({ "data": { "created_count": 1 }, "message": "Import completed: 1 created, 0 updated, 0 failed." }));
    import("attendance", "Name\nx\n".to_owned()).await.is(400);
    import("everything", "Name\nx\n".to_owned()).await.is(400);
    let final_score = "SELECT final_score FROM grades WHERE cadet_id = $1";
    assert!((app.value::<f64>(final_score, &[&known.id]).await - 90.0).abs() < f64::EPSILON);
    let parts = [file("file", "l.csv", "Name\nx\n")];
    app.as_staff().form(Method::POST, "/api/import/csv", &parts).await.is(403);
}
