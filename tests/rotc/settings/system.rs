//! Settings of the installation.

use serde_json::{Value, json};
use tests::{TestApp, a_cadet};

const SETTINGS: &str = "/api/system-settings";

/// Of which settings clients are told, oldest first.
async fn told(app: &TestApp) -> Vec<String> {
    let events =
        "SELECT payload ->> 'key' FROM sync_events WHERE event_type LIKE 'system_setting%' ORDER BY id";
    app.query(events, &[]).await.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn what_nobody_has_set_has_a_default() {
    let app = TestApp::rotc().await;

    let list = app.as_admin().get(SETTINGS).await;

    let defaults = json!({
        "school_year": "2024-2025", "semester": "1st", "current_battalion": "MSU-SND ROTC", "maintenance_mode": "false",
        "audit_retention_days": "365",
    });
    assert_eq!(list.is(200).json(), json!({ "success": true, "data": defaults }));
    let one = app.as_admin().get("/api/system-settings/semester").await;
    one.is(200).has(json!({ "data": { "key": "semester", "value": "1st" } }));
    let unknown = app.as_admin().get("/api/system-settings/motto").await;
    unknown.is(404).message("Setting with key \"motto\" not found").has(json!({ "code": "NOT_FOUND" }));
}

#[tokio::test]
async fn a_change_shows_at_once_is_audited_and_told() {
    let app = TestApp::rotc().await;
    app.as_admin().get(SETTINGS).await.is(200);
    let put = async |key: &str, value: Value| {
        app.as_admin().put(&format!("{SETTINGS}/{key}"), json!({ "value": value })).await
    };

    put("semester", json!("summer"))
        .await
        .is(200)
        .has(json!({ "success": true, "data": { "key": "semester", "value": "Summer", "created": true } }));
    put("semester", json!("2nd")).await.is(200).has(json!({ "data": { "created": false } }));
    put("semester", json!("2nd")).await.is(200).has(json!({ "data": { "created": false } }));
    put("motto", json!("Ready")).await.is(200);

    app.as_admin().get(SETTINGS).await.has(json!({ "data": { "semester": "2nd", "motto": "Ready" } }));
    let id: i32 = app.value("SELECT id FROM system_settings WHERE key = 'semester'", &[]).await;
    app.audited("system_settings", "INSERT", id).await;
    app.audited("system_settings", "UPDATE", id).await;
    assert_eq!(
        told(&app).await,
        ["semester", "semester", "motto"],
        "once each; a change to what it was is none"
    );
}

#[tokio::test]
async fn values_and_keys_that_make_no_sense_change_nothing() {
    let app = TestApp::rotc().await;

    for (key, body) in [
        ("semester", json!({ "value": "3rd" })),
        ("school_year", json!({ "value": "2025" })),
        ("maintenance_mode", json!({ "value": "perhaps" })),
        ("audit_retention_days", json!({ "value": 0 })),
        ("primary_color", json!({ "value": "mauve" })),
        ("motto", json!({ "value": "x".repeat(501) })),
        ("motto", json!({ "value": ["a"] })),
        ("Motto", json!({ "value": "a" })),
        ("smtp_password", json!({ "value": "a" })),
    ] {
        let answer = app.as_admin().put(&format!("{SETTINGS}/{key}"), body).await;
        answer.is(400).has(json!({ "error": true, "code": "BAD_REQUEST" }));
    }
    for body in [json!({}), json!({ "value": null }), json!({ "value": " " })] {
        app.as_admin().put("/api/system-settings/motto", body).await.is(400).message("Value is required");
    }
    assert_eq!(app.value::<i64>("SELECT count(*) FROM system_settings", &[]).await, 0);
    assert!(told(&app).await.is_empty());
}

#[tokio::test]
async fn several_are_stored_together_or_not_at_all() {
    let app = TestApp::rotc().await;
    let bulk = async |settings: Value| {
        app.as_admin().post("/api/system-settings/bulk", json!({ "settings": settings })).await
    };

    let refused = bulk(json!([
        { "key": "motto", "value": "Ready" }, { "key": "semester", "value": "4th" }, { "value": "x" },
        { "key": "motto", "value": "Never" },
    ]));

    refused.await.is(400).code("invalid_settings").has(json!({
        "error": true, "error_count": 3,
        "errors": [
            { "index": 1, "key": "semester", "errors": { "value": ["semester must be one of: 1st, 2nd, Summer."] } },
            { "index": 2, "key": "" }, { "index": 3, "key": "motto" },
        ],
    }));
    assert_eq!(app.value::<i64>("SELECT count(*) FROM system_settings", &[]).await, 0);

    let stored = bulk(json!([{ "key": "semester", "value": "2nd" }, { "key": "motto", "value": 7 }])).await;
    stored.is(200).has(json!({ "success": true, "data": {
        "updated": [
            { "key": "semester", "value": "2nd", "created": true }, { "key": "motto", "value": "7", "created": true },
        ],
        "updated_count": 2,
    }}));
    assert_eq!(told(&app).await.len(), 2);
    let many: Vec<Value> = (0..101).map(|at| json!({ "key": format!("motto{at}"), "value": "a" })).collect();
    for wrong in [json!([]), json!(many)] {
        bulk(wrong).await.is(400);
    }
    app.as_admin().post("/api/system-settings/bulk", json!({ "settings": "all" })).await.is(400);
}

#[tokio::test]
async fn settings_of_the_system_are_for_administrators() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    for client in [app.as_staff(), app.as_cadet(&cadet)] {
        for path in [SETTINGS, "/api/system-settings/semester", "/api/admin/settings/cadet-source"] {
            client.get(path).await.is(403).message("Forbidden");
        }
        client.put("/api/system-settings/semester", json!({ "value": "2nd" })).await.is(403);
        client.post("/api/system-settings/bulk", json!({})).await.is(403);
        client.put("/api/admin/system-settings", json!({})).await.is(403);
    }
    let stranger = app.anonymous().get(SETTINGS).await;
    stranger.is(401).has(json!({ "error": true, "code": "UNAUTHORIZED" }));
}

#[tokio::test]
async fn the_defaults_of_new_people_are_stored_as_the_legacy_server_did() {
    let app = TestApp::rotc().await;
    let path = "/api/admin/system-settings";

    let sent = json!({ "email_alerts": false, "dark_mode": true, "compact_mode": 1, "primary_color": "red" });
    app.as_admin().put(path, sent).await.is(200).message("System settings updated");
    app.as_admin().put(path, json!({})).await.is(200).message("System settings updated");

    app.as_admin().get(SETTINGS).await.has(json!({ "data": {
        "email_alerts_default": "0", "dark_mode_default": "1", "compact_mode_default": "1", "primary_color": "red",
    }}));
    assert_eq!(app.value::<i64>("SELECT count(*) FROM system_settings", &[]).await, 4);
    for bad in
        [json!({ "dark_mode": "yes" }), json!({ "primary_color": "mauve" }), json!({ "email_alerts": [] })]
    {
        app.as_admin().put(path, bad).await.is(400);
    }
}

#[tokio::test]
async fn where_the_cadets_came_from_is_shown_but_not_told_to_clients() {
    let app = TestApp::rotc().await;
    let source = "https://example.test/cadets.xlsx?key=1";
    let path = "/api/admin/settings/cadet-source";
    app.as_admin().get(path).await.is(200).has(json!({ "url": null }));

    app.as_admin()
        .put("/api/system-settings/cadet_list_source_url", json!({ "value": source }))
        .await
        .is(200);

    app.as_admin().get(path).await.is(200).has(json!({ "url": source }));
    assert_eq!(told(&app).await, ["cadet_list_source_url"]);
}

#[tokio::test]
async fn secrets_somebody_has_put_into_the_table_are_not_shown() {
    let app = TestApp::rotc().await;
    app.execute(
        "INSERT INTO system_settings (key, value) VALUES ('mail_password', 'hush'), ('motto', 'Ready')",
        &[],
    )
    .await;

    let list = app.as_admin().get(SETTINGS).await;

    list.is(200).has(json!({ "data": { "motto": "Ready" } }));
    assert!(!list.text().contains("hush"), "{list}");
    app.as_admin().get("/api/system-settings/mail_password").await.is(404);
}

#[tokio::test]
async fn a_process_keeps_the_settings_for_half_an_hour() {
    let app = TestApp::rotc().await;
    let other = app.another_process().await;
    let semester = async |value: &str| {
        other
            .as_admin()
            .get("/api/system-settings/semester")
            .await
            .has(json!({ "data": { "value": value } }));
    };
    semester("1st").await;

    app.as_admin().put("/api/system-settings/semester", json!({ "value": "2nd" })).await.is(200);

    semester("1st").await;
    app.clock.advance(chrono::TimeDelta::minutes(30));
    semester("2nd").await;
}
