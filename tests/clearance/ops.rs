//! What the server counts about itself.

use crate::recorded::{client, recorded};

#[tokio::test]
async fn administrators_read_what_the_server_counts_in_two_forms() {
    let app = recorded().await;
    let admin = client(&app, "admin");
    admin.get("/api/departments/").await.is(200);
    let numbers = admin.get("/api/metrics/").await.is(200).json();
    assert!(numbers["request_count"].as_u64().is_some_and(|count| count >= 1), "{numbers}");
    assert!(numbers["database"]["totalQueries"].as_u64().is_some_and(|count| count >= 1), "{numbers}");
    let text = admin.get("/api/metrics/prometheus/").await;
    assert_eq!(text.is(200).header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let line = "http_requests_total{method=\"GET\",route=\"/api/departments\",status=\"200\"} 1";
    assert!(text.text().contains(line), "{}", text.text());
}
