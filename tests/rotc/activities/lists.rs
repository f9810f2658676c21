//! The list of activities.

use serde_json::json;
use tests::{TestApp, a_cadet};

#[tokio::test]
async fn the_list_is_kept_for_each_user_and_address() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    app.execute(
        "INSERT INTO activities (title, date, images)
         VALUES ('Old', '2025-01-01', '[\"/uploads/a.png\"]'), ('Open', NULL, NULL),
                ('New', '2025-02-01', NULL)",
        &[],
    )
    .await;
    let path = "/api/cadet/activities";
    let first = app.as_cadet(&cadet).get(path).await;
    first.is(200).has(json!([{ "title": "Open", "date": null }, { "title": "New" }, {
        "title": "Old", "images": "[\"/uploads/a.png\"]",
        "type": null, "image_path": null, "description": null,
    }]));
    assert_eq!(first.header("x-cache"), "MISS");
    assert_eq!(first.header("x-cache-key"), format!("{}:{path}", cadet.user_id));
    let second = app.as_cadet(&cadet).get(path).await;
    assert_eq!((second.header("x-cache"), second.bytes()), ("HIT", first.bytes()));
    assert_eq!(app.as_cadet(&other).get(path).await.header("x-cache"), "MISS");
    assert_eq!(app.as_staff().get(path).await.status(), 200);
    app.anonymous().get(path).await.is(401);
}

#[tokio::test]
async fn the_resource_api_filters_and_pages() {
    let app = TestApp::rotc().await;
    app.execute(
        "INSERT INTO activities (title, date, type, images)
         VALUES ('A', '2026-01-10', 'activity', '[\"/uploads/a.png\"]'), ('B', '2026-01-11', NULL, NULL),
                ('C', '2026-01-12', 'event', NULL), ('D', NULL, 'announcement', NULL),
                ('E', 'March 5', 'achievement', NULL)",
        &[],
    )
    .await;
    let titles = async |query: &str| {
        let answer = app.as_staff().get(&format!("/api/activities?{query}")).await;
        let json = answer.is(200).json();
        let titles = json["data"].as_array().into_iter().flatten();
        let titles: String = titles.filter_map(|one| one["title"].as_str()).collect();
        (titles, json["total"].as_i64().unwrap_or_default())
    };
    assert_eq!(titles("").await, ("DECBA".to_owned(), 5));
    assert_eq!(titles("type=activity").await, ("BA".to_owned(), 2));
    assert_eq!(titles("type=Event").await, ("C".to_owned(), 1));
    assert_eq!(titles("type=other").await, (String::new(), 0));
    assert_eq!(titles("date_from=2026-01-11").await, ("CB".to_owned(), 2));
    assert_eq!(titles("date_from=2026-01-10&date_to=2026-01-11").await, ("BA".to_owned(), 2));
    assert_eq!(titles("page=2&limit=2").await, ("CB".to_owned(), 5));
    assert_eq!(titles("page=9&limit=2&type=").await, (String::new(), 5));
    let answer = app.as_staff().get("/api/v1/activities/?limit=500").await;
    answer.is(200).has(json!({ "success": true, "page": 1, "limit": 100, "total": 5 }));
    app.as_staff().get("/api/activities").await.has(json!({ "limit": 10 }));
    for query in ["date_from=x", "date_to=2026-13-01"] {
        let answer = app.as_staff().get(&format!("/api/activities?{query}")).await;
        answer.is(400).has(json!({ "error": true, "code": "BAD_REQUEST" }));
    }
    app.as_staff().get("/api/activities/99999").await.is(404).message("Activity not found");
}
