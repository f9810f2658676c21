//! Failures are reported to a server that speaks Sentry's protocol, without a word about anybody.

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use chrono::TimeDelta;
use serde_json::Value;
use shared::reports::ReportsConfig;
use tests::{TestApp, an_admin};
use tokio::{net::TcpListener, sync::mpsc};

use crate::http::sample::SAMPLE;

type Reports = mpsc::UnboundedSender<(HeaderMap, String)>;

/// A server that keeps what it is told, and how it is reached.
async fn listener() -> (String, mpsc::UnboundedReceiver<(HeaderMap, String)>) {
    let (sender, reports) = mpsc::unbounded_channel();
    let keep = async |State(sender): State<Reports>, headers: HeaderMap, body: String| {
        sender.send((headers, body)).expect("the test listens");
    };
    let router = Router::new().route("/api/7/envelope/", post(keep)).with_state(sender);
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(socket, router).await });
    (format!("http://public-key@{address}/7"), reports)
}

async fn reporting_to(dsn: &str, before_answer: bool) -> TestApp {
    let config = ReportsConfig { dsn: dsn.parse().expect("a DSN"), before_answer, environment: "production" };
    TestApp::with(|all| all.reports = Some(config)).await.serving(&SAMPLE)
}

#[tokio::test]
async fn a_failure_is_reported_with_its_place_and_nothing_of_the_request() {
    let (dsn, mut reports) = listener().await;
    let app = reporting_to(&dsn, true).await;

    let url = "/api/sample/fail?email=juan@example.test";
    let answer = app.anonymous().header("authorization", "Bearer private-token").get(url).await;

    let (headers, body) = reports.try_recv().expect("in a function the report is gone before the answer");
    let auth = headers["x-sentry-auth"].to_str().expect("a text");
    assert!(auth.contains("sentry_version=7") && auth.contains("sentry_key=public-key"), "{auth}");
    let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let [head, item, event] = lines.as_slice() else { panic!("three lines: {body}") };
    assert_eq!(item["type"], "event");
    assert_eq!(head["event_id"], event["event_id"]);
    assert_eq!(event["event_id"].as_str().map(str::len), Some(32));
    assert_eq!(event["level"], "error");
    assert_eq!(event["tags"]["request_id"], answer.is(500).header("x-request-id"));
    let frame = &event["exception"]["values"][0]["stacktrace"]["frames"][0];
    assert!(
        frame["filename"].as_str().is_some_and(|file| file.ends_with("sample.rs"))
            && frame["lineno"].is_u64()
    );
    for personal in ["juan", "private-token", "203.0.113.7", "email"] {
        assert!(!body.contains(personal), "{personal} in {body}");
    }
}

#[tokio::test]
async fn a_server_answers_at_once_and_reports_beside_it() {
    let (dsn, mut reports) = listener().await;
    let app = reporting_to(&dsn, false).await;

    app.anonymous().get("/api/sample/panic").await.is(500);
    app.anonymous().get("/api/sample/none").await.is(404);
    app.anonymous().get("/api/sample/fail").await.is(500);

    for _ in 0..2 {
        let (_, body) = reports.recv().await.expect("a report");
        assert!(body.contains("\"internal\""), "{body}");
    }
    assert!(reports.try_recv().is_err(), "the client's mistakes are nobody's failure");
}

#[tokio::test]
async fn a_server_of_reports_that_is_away_changes_no_answer() {
    for before_answer in [true, false] {
        let app = reporting_to("http://key@127.0.0.1:1/7", before_answer).await;
        app.anonymous().get("/api/sample/fail").await.is(500).message("Internal Server Error");
    }
}

#[tokio::test]
async fn job_that_fails_for_good_is_reported() {
    let (dsn, mut reports) = listener().await;
    let config =
        ReportsConfig { dsn: dsn.parse().expect("a DSN"), before_answer: true, environment: "production" };
    let app = TestApp::with(|all| all.reports = Some(config)).await;
    // Its last try, and no payload that it could read.
    let insert =
        "INSERT INTO muster.jobs (kind, queue, payload, tries) VALUES ('send_mails', 'delivery', '7', 15)";
    app.execute(insert, &[]).await;
    assert_eq!(app.work().await.failed, 1);
    let (_, body) = reports.try_recv().expect("a report");
    assert!(body.contains("\"job send_mails\""), "{body}");
}

#[tokio::test]
async fn administrators_are_told_of_a_kind_of_failure_once_an_hour() {
    let app = TestApp::rotc().await;
    let admin = app.add(an_admin()).await;
    let app = app.serving(&SAMPLE);
    let told = async || -> i64 {
        let count = "SELECT count(*) FROM notifications WHERE user_id = $1 AND type = 'server_error'
                     AND message LIKE 'GET % failed: something went wrong on our side.%'";
        app.value(count, &[&admin.user_id]).await
    };
    for _ in 0..3 {
        app.anonymous().get("/api/sample/fail?email=juan@example.test").await.is(500);
    }
    assert_eq!(told().await, 1);
    app.clock.advance(TimeDelta::minutes(61));
    app.anonymous().get("/api/sample/fail").await.is(500);
    assert_eq!(told().await, 2);
}
