//! Ids that are none.

use http::Method;
use serde_json::json;

use crate::{Client, exercised};

/// Values for the variable parts of a path that are no id of anything.
const STRANGE_IDS: [&str; 8] =
    ["0", "-1", "abc", "2147483648", "9999999999999999999999", "1.5", "%00", "%27%3B--"];

/// No operation crashes on a strange id; `admin` may call everything.
pub async fn strange_ids_crash_nothing(admin: &Client<'_>) {
    let mut crashed = Vec::new();
    let operations = exercised::operations(admin.system());
    for (method, path) in operations.iter().filter(|(_, path)| path.contains('{')) {
        for id in STRANGE_IDS {
            let fill = |segment: &str| if segment.starts_with('{') { id } else { segment }.to_owned();
            let url = path.split('/').map(fill).collect::<Vec<_>>().join("/");
            let answer = admin.clone().quiet().json(verb(method), &url, &json!({})).await;
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
