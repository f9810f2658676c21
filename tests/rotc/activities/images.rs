//! Pictures of an activity, one by one.

use http::Method;
use serde_json::json;
use tests::TestApp;

use super::{RESOURCE, pictures_of, posted};
use crate::storage::{JPEG, PNG, file, stored};

#[tokio::test]
async fn pictures_are_added_and_removed_one_by_one() {
    let app = TestApp::rotc().await;
    let (id, pictures) = posted(&app, "Run", 1).await;
    let path = format!("{RESOURCE}/{id}");
    let added = app
        .as_staff()
        .form(Method::POST, &format!("{path}/add_image"), &[file("image", "b.jpg", JPEG)])
        .await;
    added.is(201).message("Resource created successfully").has(json!({ "data": { "activity": id } }));
    let image = added.json()["data"].clone();
    assert_eq!(pictures_of(&app, id).await.len(), 2);
    let listed = app.as_staff().get(&format!("{path}/images")).await;
    listed.is(200).has(json!({ "data": [{ "image_url": pictures[0] }, image] }));

    let first = listed.json()["data"][0]["id"].clone();
    app.as_staff().delete(&format!("{path}/remove_image/{first}")).await.is(204);
    app.as_staff().delete(&format!("{path}/remove_image/{first}")).await.is(404).message("Image not found");
    let last = format!("{path}/remove_image/{}", image["id"]);
    app.as_staff().delete(&last).await.is(400).message("Activities require at least 1 photo.");
    app.work().await;
    let left = pictures_of(&app, id).await;
    assert_eq!(left, [image["image_url"].as_str().unwrap_or_default()]);
    assert_eq!(stored(&app.app).await, left.into_iter().collect());
}

#[tokio::test]
async fn what_is_no_picture_of_ours_cannot_be_added() {
    let app = TestApp::rotc().await;
    let (id, pictures) = posted(&app, "Run", 5).await;
    let (other, _) = posted(&app, "Swim", 1).await;
    let path = format!("{RESOURCE}/{id}/add_image");
    let staff = app.as_staff();
    staff.post(&path, json!({})).await.is(400).message("image_url is required");
    staff.post(&path, json!({ "image_url": 5 })).await.is(400);
    staff
        .post(&path, json!({ "image_url": "https://example.test/x.png" }))
        .await
        .is(400)
        .code("unknown_image");
    let sixth = staff.form(Method::POST, &path, &[file("image", "a.png", PNG)]).await;
    sixth.is(400).message("Activities can have maximum 5 photos.");
    staff.form(Method::POST, &path, &[file("image", "a.svg", b"<svg/>")]).await.is(400);
    staff.post(&path, json!({ "image_url": pictures[0] })).await.is(201);
    assert_eq!(pictures_of(&app, id).await, pictures, "a picture it has already is not added again");
    let foreign: i32 =
        app.value("SELECT max(id) FROM activity_images WHERE activity_id = $1", &[&other]).await;
    staff.delete(&format!("{RESOURCE}/{id}/remove_image/{foreign}")).await.is(404);
    staff.get(&format!("{RESOURCE}/99999/images")).await.is(404);
    staff.post(&format!("{RESOURCE}/99999/add_image"), json!({ "image_url": "x" })).await.is(404);

    let free = "INSERT INTO muster.uploads (address, uploaded_by, kind) VALUES ('/uploads/u.png', 1, 'activity_image')";
    app.execute(free, &[]).await;
    let answer =
        staff.post(&format!("{RESOURCE}/{other}/add_image"), json!({ "image_url": "/uploads/u.png" })).await;
    answer.is(201).has(json!({ "data": { "activity": other, "image_url": "/uploads/u.png" } }));
    assert_eq!(stored(&app.app).await.len(), 6);
}
