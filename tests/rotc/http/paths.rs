use http::Method;
use tests::TestApp;

#[tokio::test]
async fn a_path_may_end_with_a_slash_and_begin_with_a_version_in_any_case() {
    let app = TestApp::rotc().await;

    for url in
        ["/api/health", "/api/health/", "/api/v1/health", "/api/v1/health/", "/API/Health", "/Api/V1/HEALTH/"]
    {
        app.anonymous().get(url).await.is(200);
    }
}

#[tokio::test]
async fn head_answers_as_get_without_a_body() {
    let app = TestApp::rotc().await;

    let answer = app.anonymous().send(Method::HEAD, "/api/health", None, "").await;

    answer.is(200);
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    assert!(answer.bytes().is_empty());
}

#[tokio::test]
async fn an_unknown_path_is_named_as_the_legacy_server_named_it() {
    let app = TestApp::rotc().await;
    let nobody = app.anonymous();

    nobody.get("/api/nothing?x=1").await.is(404).message("API endpoint not found: /api/nothing");
    let post = nobody.send(Method::POST, "/api/nothing?x=1", None, "").await;
    post.is(404).message("API Route not found: POST /api/nothing?x=1");
    nobody.delete("/api/health").await.is(404).message("API Route not found: DELETE /api/health");
}

#[tokio::test]
async fn strange_paths_are_not_found_and_no_crash() {
    let app = TestApp::rotc().await;

    for url in
        ["/api/%00", "/api/%ff", "/api//", "//", "/api/../etc/passwd", "/api/health/%2e%2e", "/%", "/api/v1"]
    {
        let answer = app.anonymous().get(url).await;
        assert!((400..500).contains(&answer.status()), "{answer}");
        assert!(answer.json()["message"].is_string(), "{answer}");
    }
}
