//! The state of the server.

use chrono::TimeDelta;
use serde_json::json;
use tests::{TestApp, a_cadet};

#[tokio::test]
async fn health_names_every_part_and_is_503_without_a_database() {
    let app = TestApp::rotc().await;
    let healthy = json!({ "status": "ok", "db": "connected", "checks": { "database": { "status": "healthy" },
        "files": { "status": "healthy" }, "mail": { "status": "degraded" } } });
    app.anonymous().get("/api/health").await.is(200).has(healthy);

    let bare = TestApp::with(|config| {
        config.files.bucket = String::new();
        config.public_url = None;
    });
    let missing = json!({ "checks": {
        "files": { "status": "degraded", "message": "File storage is not configured: set FILES_BUCKET, CLOUDINARY_URL or \
            (on a server of one's own) FILES_DIR" },
        "address": { "status": "degraded", "message": "PUBLIC_URL is not configured: no sign-in link can be mailed, and \
            no certificate printed" } } });
    bare.await.anonymous().get("/api/health").await.is(200).has(missing);

    let gone =
        TestApp::with(|config| config.database.url = Some("postgres://nobody@127.0.0.1:9/none".into())).await;
    let sick = json!({ "status": "error", "db": "disconnected", "error": "The database does not answer",
        "checks": { "database": { "status": "unhealthy" } } });
    gone.anonymous().get("/api/health").await.is(503).has(sick);
}

#[tokio::test]
async fn the_counts_are_real_and_a_minute_old_at_most() {
    let app = TestApp::rotc().await;
    app.as_admin()
        .get("/api/admin/health-check")
        .await
        .is(200)
        .has(json!({ "status": "ok", "type": "postgres" }));
    app.add(a_cadet()).await;
    app.add(a_cadet().archived()).await;

    let status = app.as_admin().get("/api/admin/system-status").await;

    status.is(200).has(json!({ "app": { "status": "ok", "time": "2026-02-02T08:00:00.000Z" },
        "database": { "status": "ok", "type": "postgres" },
        "metrics": { "cadets": 1, "users": 2, "trainingDays": 0, "activities": 0, "unreadNotifications": 0 } }));
    assert!(
        status.json()["app"]["uptimeSeconds"].is_u64() && status.json()["database"]["latencyMs"].is_u64()
    );
}

#[tokio::test]
async fn the_waiting_of_events_is_measured() {
    let app = TestApp::rotc().await;
    let url = "/api/admin/sync/metrics";
    let nothing =
        json!({ "backlog": 0, "processed_last_5m": 0, "avg_latency_ms": null, "p95_latency_ms": null });
    app.as_admin().get(url).await.is(200).has(nothing);
    let now = app.clock.now().naive_utc();
    for (sent, waited) in [(true, 100), (true, 300), (false, 0)] {
        let sent_at = sent.then_some(now);
        let made_at = now - TimeDelta::milliseconds(waited);
        let insert = "INSERT INTO sync_events (event_type, created_at, processed, processed_at) VALUES ('x', $1, $2, $3)";
        app.execute(insert, &[&made_at, &sent, &sent_at]).await;
    }

    let measured =
        json!({ "backlog": 1, "processed_last_5m": 2, "avg_latency_ms": 200, "p95_latency_ms": 300 });
    app.as_admin().get(url).await.is(200).has(measured);
}

#[tokio::test]
async fn a_missing_index_is_made_once() {
    let app = TestApp::rotc().await;
    app.execute("DROP INDEX idx_perf_cadets_status", &[]).await;
    let url = "/api/admin/force-optimize-db";

    let first = app.as_admin().post(url, json!({})).await;
    first.is(200).message("Database optimization completed");
    first.has(json!({ "success": true, "indexesCreated": 1, "indexesFailed": 0, "errors": [], "cacheCleared": true }));
    let second = app.as_admin().post(url, json!({})).await;

    second.is(200).has(json!({ "success": true, "indexesCreated": 0, "indexesFailed": 0 }));
    assert!(second.json()["indexesExisting"].as_u64().is_some_and(|count| count > 40));
    let there = "SELECT count(*) FROM pg_indexes WHERE indexname = 'idx_perf_cadets_status'";
    assert_eq!(app.value::<i64>(there, &[]).await, 1);
}

#[tokio::test]
async fn the_rows_of_a_cadet_are_shown_without_the_password() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("correct horse")).await;

    let answer = app.as_admin().get(&format!("/api/admin/debug/cadet/{}", cadet.id)).await;

    answer.is(200).has(json!({ "cadet": { "id": cadet.id, "student_id": cadet.student_id },
        "user": { "id": cadet.user_id, "cadet_id": cadet.id, "is_approved": 1 },
        "grades": { "cadet_id": cadet.id, "prelim_score": 0 }, "attendance": [], "meritLogs": [],
        "dbInfo": { "databaseUrlPresent": true, "usingExternalDb": true, "sqliteFile": null } }));
    assert!(!answer.text().contains("password") && !answer.text().contains("$2"), "{answer}");
    let nobody = app.as_admin().get("/api/admin/debug/cadet/99999").await;
    nobody.is(200).has(json!({ "cadet": null, "user": null, "grades": null, "attendance": [] }));
    app.as_admin().get("/api/admin/debug/cadet/abc").await.is(400).message("Invalid cadetId");
}
