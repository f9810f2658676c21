//! The training staff.

mod accounts;
mod archive;
mod chat;
mod edits;
mod lists;
mod pictures;
mod portal;
mod profile;

use serde_json::Value;
use tests::TestApp;

const STAFF: &str = "/api/staff";

/// A picture of 1 x 1 pixels.
const AVATAR: &[u8] = include_bytes!("../recordings/files/avatar.png");

/// How many rows a table has.
async fn rows(app: &TestApp, table: &str) -> i64 {
    app.value(&format!("SELECT count(*) FROM {table}"), &[]).await
}

/// The ids of a list.
fn ids(list: &Value) -> Vec<i64> {
    list.as_array().expect("a list").iter().map(|item| item["id"].as_i64().unwrap_or_default()).collect()
}
