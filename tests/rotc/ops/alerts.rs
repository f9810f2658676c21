//! Administrators are told of bad numbers, and not too often.

use chrono::TimeDelta;
use serde_json::json;
use tests::{TestApp, a_cadet};

async fn notices(app: &TestApp) -> Vec<String> {
    let rows =
        app.query("SELECT message FROM notifications WHERE type = 'perf_alert' ORDER BY id", &[]).await;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Every request is too slow from now on.
async fn be_strict(app: &TestApp) {
    let strict = json!({ "thresholds": { "avg_response_time": 0, "cache_hit_rate": 0 } });
    let answer = app.as_admin().put("/api/metrics/thresholds", strict).await;
    answer.is(200).has(json!({ "data": { "thresholds": { "avg_response_time": 0, "error_rate": 10 } } }));
}

async fn visit(app: &TestApp, times: usize) {
    for _ in 0..times {
        app.anonymous().get("/health").await.is(200);
    }
}

#[tokio::test]
async fn administrators_are_told_once_in_five_minutes_and_cadets_never() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    be_strict(&app).await;
    visit(&app, 10).await;

    let checked = app.as_admin().post("/api/metrics/check-alerts", json!({})).await;
    checked.is(200).has(json!({ "data": { "alert_count": 1, "notified": ["avg_response_time"] } }));
    let again = app.as_admin().post("/api/metrics/check-alerts", json!({})).await;
    again.has(json!({ "data": { "alert_count": 1, "notified": [] } }));
    app.as_admin().get("/api/admin/metrics").await.is(200);
    let shown = app.as_admin().get("/api/admin/perf/alerts").await.is(200).json();
    assert!(shown["alerts"][0].as_str().is_some_and(|text| text.starts_with("High avg response time: ")));
    assert_eq!(notices(&app).await.len(), 1);
    assert!(notices(&app).await[0].starts_with("Performance alerts: High avg response time: "));

    app.clock.advance(TimeDelta::minutes(5));
    app.as_admin().get("/api/admin/metrics").await.is(200);
    assert_eq!(notices(&app).await.len(), 2, "reading the numbers is enough");

    let admins = app.as_admin().get("/api/admin/notifications").await.is(200).text();
    assert!(admins.contains("perf_alert"));
    assert!(
        !app.as_cadet(&cadet).get("/api/cadet/notifications").await.is(200).text().contains("perf_alert")
    );
}

#[tokio::test]
async fn two_processes_that_see_the_same_trouble_tell_it_once() {
    let app = TestApp::crowded().await;
    be_strict(&app).await;
    visit(&app, 10).await;

    let check = || async { app.as_admin().post("/api/metrics/check-alerts", json!({})).await.is(200).json() };
    let told = futures_util::future::join_all((0..6).map(|_| check())).await;

    let tellers = told.iter().filter(|answer| answer["data"]["notified"] != json!([])).count();
    assert_eq!((tellers, notices(&app).await.len()), (1, 1));
}

#[tokio::test]
async fn a_server_without_visitors_is_no_reason_for_alarm() {
    let app = TestApp::rotc().await;
    be_strict(&app).await;
    app.as_admin().post("/api/admin/metrics/reset", json!({})).await.is(200);

    let checked = app.as_admin().post("/api/metrics/check-alerts", json!({})).await;

    checked.is(200).has(json!({ "data": { "alerts": [], "alert_count": 0, "notified": [] } }));
    assert!(notices(&app).await.is_empty());
}

#[tokio::test]
async fn thresholds_are_stored_and_checked() {
    let app = TestApp::rotc().await;
    let url = "/api/metrics/thresholds";
    let defaults = json!({ "error_rate": 10, "avg_response_time": 2000, "slow_request_count": 50, "active_sessions": 1000 });
    app.as_admin().get(url).await.is(200).has(json!({ "success": true, "data": { "thresholds": defaults } }));

    for wrong in [
        json!({}),
        json!({ "thresholds": { "error_rate": -1 } }),
        json!({ "thresholds": { "error_rate": 101 } }),
        json!({ "thresholds": { "x": 1 } }),
        json!({ "thresholds": { "error_rate": "10" } }),
    ] {
        app.as_admin().put(url, wrong).await.is(400);
    }
    app.as_admin().put(url, json!({ "thresholds": { "error_rate": 2.5 } })).await.is(200);
    app.as_admin().put(url, json!({ "thresholds": { "pool_waiting": 9 } })).await.is(200);

    let stored = app.as_admin().get(url).await.json()["data"]["thresholds"].clone();
    assert_eq!((&stored["error_rate"], &stored["pool_waiting"]), (&json!(2.5), &json!(9)));
    let id: i32 = app.value("SELECT id FROM system_settings WHERE key = 'metrics_thresholds'", &[]).await;
    app.audited("system_settings", "UPDATE", id).await;
}
