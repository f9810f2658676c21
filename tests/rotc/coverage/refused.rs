use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{TestApp, exercised};

use super::assert_listed;

#[tokio::test]
async fn every_operation_refuses_strangers_except_the_public_ones() {
    let app = TestApp::with(|config| config.rate_limits = false).await;
    let mut open = BTreeSet::new();
    for (method, path) in exercised::operations() {
        let url = with_ones(&path);
        let answer = app.quiet().json(method.parse().expect("a method"), &url, &json!({})).await;
        if answer.status() != 401 {
            open.insert(format!("{method} {path}"));
            continue;
        }
        assert!(answer.json()["message"].is_string(), "a 401 in the envelope: {answer}");
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{answer}");
        if method == "GET" {
            let refused = app.with_token("wrong").quiet().get(&url).await;
            assert_eq!((refused.status(), &refused.json()["message"]), (401, &Value::from("Invalid token")));
        }
    }
    let advice = "these operations answer strangers; begin the handler with who may call it";
    assert_listed(&open, include_str!("public.txt"), "public.txt", advice);
}

/// The path with 1 for every variable.
fn with_ones(path: &str) -> String {
    let fill = |segment: &str| if segment.starts_with('{') { "1".to_owned() } else { segment.to_owned() };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}
