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
