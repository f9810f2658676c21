//! Nobody who is not signed in.

use std::collections::BTreeSet;

use serde_json::json;

use super::assert_listed;
use crate::{Answer, TestApp, exercised};

/// Every operation refuses strangers, except those of `public.txt`; `wrong_token` is what somebody with a wrong one is told, except by `proved`, where
/// something else than a token lets people in.
pub async fn strangers_are_refused(app: &TestApp, wrong_token: &str, proved: &[&str]) {
    let mut open = BTreeSet::new();
    for (method, path) in exercised::operations(app.system) {
        let url = with_ones(&path);
        let answer = app.quiet().json(method.parse().expect("a method"), &url, &json!({})).await;
        if answer.status() != 401 {
            open.insert(format!("{method} {path}"));
            continue;
        }
        assert!(told(&answer).is_some(), "a 401 in the envelope: {answer}");
        assert_eq!(answer.header("www-authenticate"), app.system.http.challenge, "{answer}");
        if method == "GET" && !proved.contains(&format!("{method} {path}").as_str()) {
            let refused = app.with_token("wrong").quiet().get(&url).await;
            assert_eq!((refused.status(), told(&refused).as_deref()), (401, Some(wrong_token)));
        }
    }
    let advice = "these operations answer strangers; begin the handler with who may call it";
    assert_listed(&open, app.system, "public.txt", advice);
}

/// The sentence for people.
fn told(answer: &Answer) -> Option<String> {
    let body = answer.json();
    ["message", "detail"].iter().find_map(|member| Some(body[member].as_str()?.to_owned()))
}

/// The path with 1 for every variable.
pub(super) fn with_ones(path: &str) -> String {
    let fill = |segment: &str| if segment.starts_with('{') { "1".to_owned() } else { segment.to_owned() };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}
