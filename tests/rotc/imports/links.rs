//! Lists that are shared somewhere.

use serde_json::json;
use tests::TestApp;

use crate::replay::file_server::FileServer;

const PATH: &str = "/api/admin/import-cadets-url";

#[tokio::test]
async fn a_link_is_fetched_imported_and_kept_for_the_next_time() {
    let files = FileServer::start().await;
    let app = TestApp::with(|config| config.imports.own = vec![files.url.clone()]).await;
    app.as_admin().post("/api/admin/sync-cadets", json!({})).await.is(404);
    let done = app.as_admin().post(PATH, json!({ "url": files.at("/redirect") })).await;
    done.is(200).message("Import complete. Success: 3, Failed: 0");
    let synced = app.as_staff().post("/api/admin/sync-cadets", json!({})).await;
    synced.is(200).message("Sync complete. Success: 3, Failed: 0");
}

#[tokio::test]
async fn servers_that_are_not_listed_are_not_called_not_even_behind_a_redirect() {
    let files = FileServer::start().await;
    let app = TestApp::with(|config| {
        config.imports.own = vec![files.url.clone()];
        config.imports.domains = vec!["google.com".to_owned()];
    })
    .await;
    let other = FileServer::start().await;
    for link in [
        other.at("/import-cadets.xlsx"),
        files.at("/away"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://docs.google.com/spreadsheets/d/x".to_owned(),
        "https://127.0.0.1/x".to_owned(),
        "https://google.com.evil.example/x".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let answer = app.as_admin().post(PATH, json!({ "url": link })).await;
        let text = answer.is(400).code("bad_link").text();
        assert!(text.contains("Files are only fetched by https"), "{link}: {text}");
        assert!(!text.contains("169.254"), "{text}");
    }
    for (path, words) in [
        ("/loop", "Too many redirects."),
        ("/large", "too large"),
        ("/page.html", "webpage"),
        ("/nope", "(404)"),
    ] {
        let answer = app.as_admin().post(PATH, json!({ "url": files.at(path) })).await;
        let text = answer.is(400).text();
        assert!(text.contains(words), "{path}: {text}");
    }
    assert_eq!(app.value::<i64>("SELECT count(*) FROM cadets", &[]).await, 0);
}
