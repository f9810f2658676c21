//! The library as `cargo run` starts it, with nothing configured.

use serde_json::json;
use tests::Server;

use super::PASSWORD;

#[tokio::test]
async fn empty_directory_becomes_a_running_library_with_demo_accounts() {
    let data = tempfile::tempdir().expect("a folder");
    let variables = vec![
        ("MUSTER_DATA", data.path().display().to_string()),
        ("LIBRARY_DEMO_PASSWORD", PASSWORD.to_owned()),
    ];
    let server = Server::start_system("muster-and-library", "library", variables).await;

    let shown = server.said.join("\n");
    assert!(shown.contains("Lending library is ready."), "{shown}");
    let account = format!("Demo librarian librarian@central.example / {PASSWORD}");
    assert!(shown.contains(&account), "{shown}");
    let credentials = json!({ "email": "librarian@central.example", "password": PASSWORD });
    let pair = server.post("/api/auth/login/", None, &credentials).await;
    let books = server.get("/api/books/", pair["access"].as_str()).await;
    assert_eq!(books["count"], 25);
}
