//! What becomes of the files of activities that go, also when the storage is down.

use chrono::TimeDelta;
use http::Method;
use serde_json::json;
use shared::files::{Audience, NewFile};
use tests::TestApp;

use super::{CLIENT, RESOURCE, count, form, notices, posted};
use crate::storage::{self, PNG, stored};

#[tokio::test]
async fn a_deleted_activity_takes_its_pictures_along() {
    let app = TestApp::rotc().await;
    let (first, pictures) = posted(&app, "Run", 2).await;
    let (second, others) = posted(&app, "Swim", 1).await;
    // One picture that two activities show stays with the other.
    app.execute(
        "UPDATE activities SET images = $2 WHERE id = $1",
        &[&second, &json!([others[0], pictures[1]]).to_string()],
    )
    .await;
    app.as_admin().delete(&format!("{CLIENT}/{first}")).await.is(200);
    let tally = app.work().await;
    assert_eq!((tally.failed, tally.postponed), (0, 0));
    assert_eq!(stored(&app.app).await, [others[0].clone(), pictures[1].clone()].into());

    app.as_admin().delete(&format!("{RESOURCE}/{second}")).await.is(204);
    app.work().await;
    assert!(stored(&app.app).await.is_empty());
    let rows: i64 = app.value("SELECT count(*) FROM activity_images", &[]).await;
    assert_eq!((count(&app).await, rows), (0, 0));
    assert_eq!(app.work().await.done, 0, "nothing is left to do");
}

#[tokio::test]
async fn while_the_storage_is_down_nothing_is_posted_and_what_goes_is_deleted_later() {
    let (app, later) = storage::down().await;
    let answer = app.as_staff().form(Method::POST, CLIENT, &form(&[("title", "Run")], 2)).await;
    answer.is(503);
    assert_eq!(count(&app).await, 0);
    assert!(notices(&app).await.is_empty());

    let file = NewFile {
        name: "images-1.png".to_owned(),
        body: PNG.into(),
        content_type: "image/png",
        audience: Audience::Anyone,
    };
    let address = later.files.put(file).await.expect("the storage that comes back");
    let id: i32 = app
        .value(
            "INSERT INTO activities (title, image_path, images) VALUES ('Old', $1, json_build_array($1::text)::text)
             RETURNING id",
            &[&address],
        )
        .await;
    app.execute("UPDATE muster.jobs SET status = 'done'", &[]).await;
    let edit =
        app.as_staff().form(Method::PUT, &format!("{CLIENT}/{id}"), &form(&[("title", "New")], 1)).await;
    edit.is(503);
    assert_eq!(app.value::<String>("SELECT title FROM activities", &[]).await, "Old");

    app.as_admin().delete(&format!("{CLIENT}/{id}")).await.is(200);
    let tally = app.work().await;
    assert_eq!((tally.done, tally.postponed), (0, 1));
    assert_eq!(stored(&later).await, [address].into());
    app.clock.advance(TimeDelta::minutes(2));
    let tally = shared::jobs::run_due(&later, rotc::SYSTEM.jobs).await.expect("the jobs run");
    assert_eq!((tally.done, tally.postponed), (1, 0));
    assert!(stored(&later).await.is_empty());
}
