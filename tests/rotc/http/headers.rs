use http::Method;
use tests::TestApp;

use super::sample::SAMPLE;

#[tokio::test]
async fn a_sane_request_id_is_echoed_and_another_is_replaced() {
    let app = TestApp::rotc().await;
    let ask = async |id: &str| {
        let answer = app.anonymous().header("X-Request-ID", id).get("/api/health").await;
        answer.header("x-request-id").to_owned()
    };

    assert_eq!(ask("trace-0123456789").await, "trace-0123456789");
    for strange in ["short", "has spaces in it", "<script>alert(1)</script>", &"x".repeat(65)] {
        let id = ask(strange).await;
        assert!(id.parse::<uuid::Uuid>().is_ok(), "{id}");
    }
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let app = TestApp::rotc().await;
    let first = app.anonymous().get("/api/health").await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");

    let second = app.anonymous().header("If-None-Match", &tag).get("/api/health").await;
    let other = app.anonymous().header("If-None-Match", "W/\"other\"").get("/api/health").await;

    second.is(304);
    assert!(second.bytes().is_empty());
    assert_eq!((second.header("etag"), second.header("content-type")), (tag.as_str(), ""));
    other.is(200);
}

#[tokio::test]
async fn a_long_answer_is_compressed_for_clients_that_ask() {
    let app = TestApp::rotc().await.serving(&SAMPLE);

    let plain = app.anonymous().get("/api/sample/long").await;
    let small = app.anonymous().header("Accept-Encoding", "gzip").get("/api/sample/long").await;

    plain.is(200);
    small.is(200);
    assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), ("", "gzip"));
    assert!(small.bytes().starts_with(&[0x1f, 0x8b]) && small.bytes().len() < plain.bytes().len() / 4);
}

#[tokio::test]
async fn a_preflight_allows_what_it_asks_for() {
    let app = TestApp::rotc().await;
    let asking = app.anonymous().header("Origin", "http://example.test");
    let asking = asking.header("Access-Control-Request-Method", "PUT");

    let answer = asking
        .header("Access-Control-Request-Headers", "authorization,content-type")
        .send(Method::OPTIONS, "/api/admin/cadets", None, "")
        .await;

    answer.is(204);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-methods"), "GET,HEAD,PUT,PATCH,POST,DELETE");
    assert_eq!(answer.header("access-control-allow-headers"), "authorization,content-type");
    assert_eq!(answer.header("access-control-allow-credentials"), "", "tokens travel in a header");
}

#[tokio::test]
async fn with_a_list_of_origins_only_these_are_allowed() {
    let app =
        TestApp::with(|config| config.cors_origins = vec!["https://rotc.example.test".to_owned()]).await;
    let ask = async |origin: &str| {
        let answer = app.anonymous().header("Origin", origin).get("/api/health").await;
        answer.header("access-control-allow-origin").to_owned()
    };

    assert_eq!(ask("https://rotc.example.test").await, "https://rotc.example.test");
    assert_eq!(ask("https://evil.example.test").await, "");
}

#[tokio::test]
async fn every_answer_has_the_headers_of_security() {
    let app = TestApp::with(|config| config.production = true).await;

    for url in ["/api/health", "/api/nothing", "/health"] {
        let answer = app.anonymous().get(url).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin");
        assert!(answer.header("content-security-policy").contains("default-src 'self'"));
        assert!(answer.header("strict-transport-security").contains("max-age="));
        assert_eq!(answer.header("x-powered-by"), "");
    }
}

#[tokio::test]
async fn two_systems_in_one_process_serve_their_own_descriptions() {
    let rotc = TestApp::rotc().await;
    let sample = rotc.twin(|_| ()).await.serving(&super::sample::SAMPLE);
    for (app, title) in [(&rotc, "ROTC grading system"), (&sample, "Sample")] {
        let description = app.anonymous().get("/api/schema").await.is(200).json();
        assert_eq!(description["info"]["title"], title);
    }
}
