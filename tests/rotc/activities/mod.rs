//! Activities: what is posted, with which pictures, and what happens to those.

mod editing;
mod files;
mod images;
mod lists;
mod posting;

use serde_json::Value;
use tests::{Part, TestApp};

use crate::storage::{PNG, field, file};

/// The path of the clients' pages.
const CLIENT: &str = "/api/admin/activities";

/// The path of the resource API.
const RESOURCE: &str = "/api/activities";

/// A form with these fields and so many pictures.
fn form(fields: &[(&str, &str)], pictures: usize) -> Vec<Part> {
    let fields = fields.iter().map(|(name, value)| field(name, value));
    fields.chain((0..pictures).map(|at| file("images", &format!("{at}.png"), PNG))).collect()
}

/// Posts an activity with so many pictures; gives its id and their addresses.
async fn posted(app: &TestApp, title: &str, pictures: usize) -> (i32, Vec<String>) {
    let form = form(&[("title", title), ("description", "d"), ("date", "2026-02-01")], pictures);
    let answer = app.as_staff().form(http::Method::POST, CLIENT, &form).await;
    let id = answer.is(200).json()["id"].as_i64().and_then(|id| i32::try_from(id).ok()).expect("an id");
    (id, pictures_of(app, id).await)
}

/// The addresses of an activity's pictures, which all three places must agree on.
async fn pictures_of(app: &TestApp, id: i32) -> Vec<String> {
    let row = &app.query("SELECT image_path, images FROM activities WHERE id = $1", &[&id]).await[0];
    let (first, images): (Option<String>, String) = (row.get(0), row.get(1));
    let list: Vec<String> = serde_json::from_str(&images).expect("a list");
    assert_eq!(first.as_ref(), list.first(), "image_path is the first of images");
    let rows = app.query("SELECT image_path FROM activity_images WHERE activity_id = $1", &[&id]).await;
    let mut rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let mut sorted = list.clone();
    rows.sort();
    sorted.sort();
    assert_eq!(rows, sorted, "activity_images has the pictures of images");
    list
}

/// The texts of the notices for everyone, oldest first.
async fn notices(app: &TestApp) -> Vec<String> {
    let list = "SELECT message FROM notifications WHERE user_id IS NULL AND type = 'activity' ORDER BY id";
    app.query(list, &[]).await.iter().map(|row| row.get(0)).collect()
}

/// How many activities there are.
async fn count(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM activities", &[]).await
}

/// The pictures of an answered activity.
fn list_of(answer: &Value) -> Vec<String> {
    serde_json::from_value(answer["data"]["images_list"].clone()).expect("a list of addresses")
}
