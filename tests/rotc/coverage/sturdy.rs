use http::Method;
use serde_json::json;
use tests::{TestApp, exercised};

/// Values for the variable parts of a path that are no id of anything.
const STRANGE_IDS: [&str; 8] =
    ["0", "-1", "abc", "2147483648", "9999999999999999999999", "1.5", "%00", "%27%3B--"];

#[tokio::test]
async fn no_operation_crashes_on_a_strange_id() {
    let app = TestApp::with(|config| config.rate_limits = false).await;
    let mut crashed = Vec::new();
    for (method, path) in exercised::operations().iter().filter(|(_, path)| path.contains('{')) {
        for id in STRANGE_IDS {
            let fill = |segment: &str| if segment.starts_with('{') { id } else { segment }.to_owned();
            let url = path.split('/').map(fill).collect::<Vec<_>>().join("/");
            let answer = app.as_admin().quiet().json(verb(method), &url, &json!({})).await;
            if answer.status() >= 500 {
                crashed.push(answer.to_string());
            }
        }
    }
    assert!(crashed.is_empty(), "{crashed:#?}");
}

fn verb(method: &str) -> Method {
    method.parse().unwrap_or(Method::GET)
}
