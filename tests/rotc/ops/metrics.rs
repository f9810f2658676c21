//! The numbers move when something happens.

use serde_json::{Value, json};
use shared::sql;
use tests::TestApp;

#[tokio::test]
async fn requests_and_queries_are_counted_until_the_reset() {
    let app = TestApp::rotc().await;
    app.as_admin().get("/api/admin/cadets?search=a").await.is(200);
    let before = app.as_admin().get("/api/admin/metrics").await.is(200).json();

    for _ in 0..3 {
        app.as_admin().get("/api/admin/cadets?search=a").await.is(200);
    }
    app.as_admin().get("/api/admin/nowhere").await.is(404);

    let after = app.as_admin().get("/api/admin/metrics").await.is(200).json();
    let more = |pointer: &str| number(&after, pointer) - number(&before, pointer);
    assert_eq!(more("/requests/total"), 5.0, "the first reading itself, three lists and one refusal");
    assert!(more("/database/totalQueries") >= 3.0, "one for the list each; the person is known");
    assert_eq!(number(&after, "/database/poolMax"), 1.0);
    assert!(after["timestamp"].as_str().is_some_and(|time| time == "2026-02-02T08:00:00.000Z"), "{after}");

    app.as_admin()
        .post("/api/admin/metrics/reset", json!({}))
        .await
        .is(200)
        .message("Metrics reset successfully");
    let reset = app.as_admin().get("/api/admin/metrics").await.json();
    assert_eq!(number(&reset, "/requests/total"), 1.0, "the reset itself ended after it");
}

#[tokio::test]
async fn the_resource_api_has_the_legacy_numbers_and_its_own() {
    let app = TestApp::rotc().await;
    app.as_admin().get("/api/admin/cadets").await.is(200);
    app.as_admin().get("/api/admin/nowhere").await.is(404);

    let body = app.as_admin().get("/api/metrics").await.is(200).json();

    let data = &body["data"];
    assert_eq!(body["success"], true);
    assert_eq!(data["request_count"], data["requests"]["total"]);
    assert_eq!(number(data, "/status_codes/404"), 1.0);
    assert_eq!(number(data, "/error_count"), 0.0);
    assert_eq!(number(data, "/active_sessions"), 1.0);
    let [min, median, max] = ["/min_response_time", "/median_response_time", "/max_response_time"]
        .map(|pointer| number(data, pointer));
    assert!(0.0 < min && min <= median && median <= max, "{data}");
    assert!(number(data, "/system/memory_bytes") > 1e6, "{data}");
    assert!(data["system"]["cpu_seconds"].is_number() && data["slow_requests"].is_array());
}

#[tokio::test]
async fn a_query_that_takes_long_is_listed_without_its_values() {
    let app = TestApp::rotc().await;
    let slow = sql!("SELECT count(*) FROM (SELECT pg_sleep(0.12)) AS nap WHERE $1::text IS NOT NULL");
    let mut read = app.app.db.read().await.expect("a connection");
    let _count: i64 = read.only(slow, &[&"a secret value"]).await.expect("an answer");
    drop(read);

    let answer = app.as_admin().get("/api/slow-queries").await;
    let data = answer.is(200).json()["data"].clone();
    assert_eq!(data["threshold_ms"], 100);
    let listed = data["recent_slow_queries"].as_array().expect("a list");
    assert!(
        listed.iter().any(|one| one["sql"].as_str().is_some_and(|sql| sql.contains("pg_sleep"))),
        "{data}"
    );
    assert!(!answer.text().contains("a secret value"));

    let database = app.as_admin().get("/api/metrics/database").await.is(200).json()["data"].clone();
    assert!(number(&database, "/slow_queries_count") >= 1.0);
    assert!(number(&database, "/connection_stats/connections_available") >= 0.0);
    assert!(database["table_stats"].as_array().is_some_and(|tables| tables.len() == 20));

    app.as_admin().post("/api/slow-queries/reset", json!({})).await.is(200);
    let data = app.as_admin().get("/api/slow-queries").await.json()["data"].clone();
    assert_eq!(data["recent_slow_queries"], json!([]));
}

#[tokio::test]
async fn kept_answers_are_counted_and_can_be_forgotten() {
    let app = TestApp::rotc().await;
    let cadet = app.add(tests::a_cadet()).await;
    for _ in 0..2 {
        app.as_cadet(&cadet).get("/api/cadet/activities").await.is(200);
    }

    let stats = app.as_admin().get("/api/admin/cache/stats").await;
    // The activities, and the settings that say whether there is maintenance.
    stats.is(200).has(json!({ "hits": 2, "misses": 2, "keys": 2, "hitRate": "50.00%" }));
    app.as_admin().get("/api/cache/stats").await.is(200).has(json!({ "success": true,
        "data": { "backend": "memory", "hits": 2, "misses": 2, "hit_rate": 50, "keys": 2 } }));
    app.as_admin()
        .get("/api/metrics/cache")
        .await
        .is(200)
        .has(json!({ "data": { "hit_rate": 50, "miss_rate": 50 } }));

    let cleared = app.as_admin().post("/api/admin/cache/clear", json!({})).await;
    cleared.is(200).message("Cache cleared successfully").has(json!({
        "before": { "keys": 2, "hits": 2, "misses": 2 }, "after": { "keys": 0, "hits": 0, "misses": 0 } }));
    let stats = app.as_admin().get("/api/admin/cache/stats").await;
    stats.has(json!({ "hits": 0, "misses": 0, "keys": 0, "hitRate": "0%" }));
    let cleared = app.as_admin().post("/api/cache/clear", json!({})).await;
    cleared.is(200).has(json!({ "success": true, "message": "Cache cleared successfully" }));
}

fn number(value: &Value, pointer: &str) -> f64 {
    value.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("{pointer} in {value}"))
}
