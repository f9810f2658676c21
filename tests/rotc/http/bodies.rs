use http::Method;
use serde_json::json;
use tests::TestApp;

use super::sample::SAMPLE;

const ECHO: &str = "/api/sample/echo";

#[tokio::test]
async fn a_body_that_is_no_json_is_refused_with_400() {
    let app = TestApp::rotc().await.serving(&SAMPLE);

    for body in ["{\"points\": ", "{\"points\": 1} x", "points=1", "{'points': 1}", "\u{0}"] {
        let answer = app.anonymous().send(Method::POST, ECHO, Some("application/json"), body).await;
        answer.is(400).code("malformed_json").message("The request body is not valid JSON");
    }
}

#[tokio::test]
async fn a_body_that_is_no_utf_8_is_refused_with_400() {
    let app = TestApp::rotc().await.serving(&SAMPLE);

    let body = b"{\"points\": 1, \"reason\": \"\xff\xfe\"}".to_vec();
    app.anonymous().send(Method::POST, ECHO, Some("application/json"), body).await.is(400);
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_named_without_its_value() {
    let app = TestApp::rotc().await.serving(&SAMPLE);

    let answer = app.anonymous().post(ECHO, json!({ "points": "hunter2" })).await;

    answer
        .is(400)
        .message("points has the wrong type")
        .has(json!({ "details": { "points": ["points has the wrong type"] } }));
    assert!(!answer.text().contains("hunter2"));
}

#[tokio::test]
async fn a_missing_field_and_a_broken_rule_are_named() {
    let app = TestApp::rotc().await.serving(&SAMPLE);

    let missing = app.anonymous().send(Method::POST, ECHO, None, "").await;
    let broken = app.anonymous().post(ECHO, json!({ "points": 11 })).await;

    missing.is(400).has(json!({ "details": { "points": ["This field is required."] } }));
    broken.is(400).message("points must be at most 10");
}

#[tokio::test]
async fn a_body_must_be_an_object() {
    let app = TestApp::rotc().await.serving(&SAMPLE);

    for body in [json!("text"), json!(1), json!(null), json!(true)] {
        app.anonymous().post(ECHO, body).await.is(400);
    }
}

#[tokio::test]
async fn a_number_out_of_range_is_a_wrong_type_and_no_crash() {
    let app = TestApp::rotc().await.serving(&SAMPLE);

    for points in ["99999999999", "1e400", "1.5"] {
        let body = format!("{{\"points\": {points}}}");
        app.anonymous().send(Method::POST, ECHO, Some("application/json"), body).await.is(400);
    }
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused_with_413() {
    let app = TestApp::rotc().await.serving(&SAMPLE);
    let body = |length: usize| json!({ "points": 1, "reason": "x".repeat(length) });

    app.anonymous().post(ECHO, body(99 * 1024)).await.is(200);
    app.anonymous().post(ECHO, body(101 * 1024)).await.is(413).code("too_large");
}

#[tokio::test]
async fn deeply_nested_json_is_refused_and_no_crash() {
    let app = TestApp::rotc().await.serving(&SAMPLE);
    let body = format!("{{\"points\": {}{}}}", "[".repeat(40_000), "]".repeat(40_000));

    app.anonymous().send(Method::POST, ECHO, Some("application/json"), body).await.is(400);
}
