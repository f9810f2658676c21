use serde_json::Value;
use shared::auth::token::Claims;
use tests::TestApp;

use super::sample::SAMPLE;

#[tokio::test]
async fn a_panic_and_a_failure_answer_500_without_details_in_production() {
    let app = TestApp::with(|config| config.production = true).await.serving(&SAMPLE);

    for url in ["/api/sample/panic", "/api/sample/fail"] {
        let answer = app.anonymous().get(url).await;
        answer.is(500).message("Internal Server Error");
        assert!(!answer.text().contains("secret"), "{answer}");
        assert!(!answer.header("x-request-id").is_empty(), "the log can be found");
    }
}

#[tokio::test]
async fn developers_see_what_failed() {
    let app = TestApp::rotc().await.serving(&SAMPLE);

    let answer = app.anonymous().get("/api/sample/fail").await;

    answer.is(500).message("Internal Server Error");
    assert!(
        answer.json()["error_detail"].as_str().is_some_and(|detail| detail.contains("secret")),
        "{answer}"
    );
}

#[tokio::test]
async fn without_a_database_health_says_so_and_everything_else_answers_503() {
    // Port 1 of this machine: nobody listens there.
    let nowhere = "postgresql://nobody@127.0.0.1:1/nothing";
    let app = TestApp::with(|config| config.database.url = Some(nowhere.into())).await;

    let health = app.anonymous().get("/api/health").await;
    assert_eq!(health.is(503).json()["db"], Value::from("disconnected"));
    let claims =
        Claims::access(1, uuid::Uuid::nil(), app.clock.now(), chrono::DateTime::<chrono::Utc>::MAX_UTC);
    let token = app.app.signer.sign(&claims).await.unwrap();
    let other = app.with_token(token).get("/api/auth/settings").await;
    other.is(503).code("unavailable");
    assert_eq!(other.header("retry-after"), "5");
}
