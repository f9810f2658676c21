//! Who changed what.

use chrono::TimeDelta;
use serde_json::json;
use shared::jobs;

use crate::recorded::{client, id, recorded};

#[tokio::test]
async fn rows_are_never_changed_and_expire_after_their_time() {
    let app = recorded().await;
    for statement in ["UPDATE audit_logs SET action = 'other'", "DELETE FROM audit_logs"] {
        let refused = app.database().await.execute(statement, &[]).await;
        assert!(refused.is_err(), "{statement}");
    }
    app.clock.advance(TimeDelta::days(1400));
    jobs::start_kind(&app.app, clearance::SYSTEM.jobs, "clean_audit").await.expect("the job is planned");
    app.work().await;
    assert_eq!(
        app.value::<i64>("SELECT count(*) FROM audit_logs WHERE entity_id LIKE 'seed-%'", &[]).await,
        4
    );
    app.clock.advance(TimeDelta::days(100));
    jobs::start_kind(&app.app, clearance::SYSTEM.jobs, "clean_audit").await.expect("the job is planned");
    app.work().await;
    assert_eq!(
        app.value::<i64>("SELECT count(*) FROM audit_logs WHERE entity_id LIKE 'seed-%'", &[]).await,
        0
    );
}

#[tokio::test]
async fn change_is_logged_with_the_values_before_and_after_and_names_stay() {
    let app = recorded().await;
    let (admin, office) = (client(&app, "admin"), id("dept.SPORTS"));
    admin.patch(&format!("/api/departments/{office}/"), json!({ "approval_order": 9 })).await.is(200);
    let logged = admin.get(&format!("/api/audit-logs/?entity=Department&search={office}")).await;
    logged.is(200).has(json!({ "count": 1 }));
    let row = logged.json()["results"][0].clone();
    assert_eq!((&row["action"], &row["actor_name"]), (&json!("update"), &json!("Amina Admin")));
    let id = row["id"].as_str().unwrap_or_default().to_owned();
    admin.get(&format!("/api/audit-logs/{id}/")).await.is(200).has(json!({
        "changes": { "approval_order": [7, 9] }, "content_type": "department", "object_id": office
    }));
}

#[tokio::test]
async fn bad_parameters_are_told_in_the_words_of_filters() {
    let app = recorded().await;
    let admin = client(&app, "admin");
    admin.get("/api/audit-logs/?start=garbage&date_end=x").await.is(400).has(json!({
        "start": ["Enter a valid date/time."], "date_end": ["Enter a valid date."]
    }));
    admin.get("/api/audit-logs/by_user/?user=x").await.is(400).has(json!({
        "user": ["“x” is not a valid UUID."]
    }));
    admin.get("/api/audit-logs/by_user/").await.is(400).has(json!({ "error": "user query param required" }));
    let one = admin.get(&format!("/api/audit-logs/by_user/{}/", id("user.staff.HOSTEL"))).await;
    one.is(200).has(json!([{ "entity_id": "seed-3" }]));
}

#[tokio::test]
async fn days_are_those_of_nairobi() {
    let app = recorded().await;
    app.execute(
        "INSERT INTO audit_logs (action, entity, entity_id, created_at) VALUES ('other', 'Test', 'late', '2025-12-10T21:30:00Z')",
        &[],
    )
    .await;
    let admin = client(&app, "admin");
    admin.get("/api/audit-logs/?entity=Test&date_end=2025-12-10").await.is(200).has(json!({ "count": 0 }));
    admin.get("/api/audit-logs/?entity=Test&date_start=2025-12-11").await.is(200).has(json!({ "count": 1 }));
}

#[tokio::test]
async fn statistics_count_every_action() {
    let app = recorded().await;
    let numbers = client(&app, "admin").get("/api/audit-logs/statistics/?date_end=2025-12-31").await;
    numbers.is(200).has(json!({
        "total_logs": 4,
        "by_action": { "create": 0, "update": 0, "delete": 0, "approve": 1, "reject": 1, "login": 1, "logout": 0, "other": 1 },
        "top_entities": [{ "entity": "ClearanceApproval", "count": 2 }, { "count": 1 }, { "count": 1 }]
    }));
    client(&app, "student").get("/api/audit-logs/statistics/").await.is(403);
}
