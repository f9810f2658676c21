//! What becomes of the files of letters that go, also when the storage is down.

use chrono::TimeDelta;
use http::Method;
use serde_json::json;
use shared::files::{Audience, NewFile};
use tests::{TestApp, a_cadet};

use super::{CLIENT, RESOURCE, count, file_of, letter, submitted};
use crate::storage::{self, PDF, stored};

#[tokio::test]
async fn a_deleted_letter_takes_its_file_along() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let (first, second) = (submitted(&app, &cadet, "Fever").await, submitted(&app, &cadet, "Flood").await);
    let left = file_of(&app, second).await;
    app.as_staff().delete(&format!("{CLIENT}/{first}")).await.is(200);
    let tally = app.work().await;
    assert_eq!(
        (tally.done, tally.postponed, tally.failed),
        (3, 0, 0),
        "one file deleted, two letters looked at"
    );
    assert_eq!(stored(&app.app).await, [left.clone()].into());

    // A letter that names the same file keeps it.
    let body = json!({ "date_absent": "2026-01-31", "reason": "Again", "file_url": left });
    let third = app.as_cadet(&cadet).post(RESOURCE, body).await.is(201).json()["data"]["id"].clone();
    app.as_staff().delete(&format!("{RESOURCE}/{second}")).await.is(204);
    app.work().await;
    assert_eq!(stored(&app.app).await, [left].into());
    app.as_staff().delete(&format!("{RESOURCE}/{third}")).await.is(204);
    app.work().await;
    assert!(stored(&app.app).await.is_empty());
}

#[tokio::test]
async fn a_deleted_cadet_takes_the_letters_along() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    submitted(&app, &cadet, "Fever").await;
    submitted(&app, &cadet, "Flood").await;
    let left = submitted(&app, &other, "Fever").await;
    let path = "/api/admin/cadets/delete-permanent";
    app.as_admin().post(path, json!({ "ids": [cadet.id] })).await.is(200);
    let tally = app.work().await;
    assert_eq!(
        (tally.done, tally.postponed, tally.failed),
        (5, 0, 0),
        "two files deleted, three letters looked at"
    );
    assert_eq!(stored(&app.app).await, [file_of(&app, left).await].into());
}

#[tokio::test]
async fn while_the_storage_is_down_nothing_is_submitted_and_what_goes_is_deleted_later() {
    let (app, later) = storage::down().await;
    let cadet = app.add(a_cadet()).await;
    for path in [CLIENT, RESOURCE] {
        app.as_cadet(&cadet).form(Method::POST, path, &letter("Fever")).await.is(503);
    }
    assert_eq!(count(&app).await, 0);

    let file = NewFile {
        name: "letter-1.pdf".to_owned(),
        body: PDF.into(),
        content_type: "application/pdf",
        audience: Audience::Checked,
    };
    let address = later.files.put(file).await.expect("the storage that comes back");
    let insert = "INSERT INTO excuse_letters (cadet_id, date_absent, file_url) VALUES ($1, '2026-02-01', $2) RETURNING id";
    let id: i32 = app.value(insert, &[&cadet.id, &address]).await;
    app.as_staff().delete(&format!("{CLIENT}/{id}")).await.is(200).message("Deleted");
    assert_eq!(count(&app).await, 0);
    let tally = app.work().await;
    assert_eq!((tally.done, tally.postponed), (1, 1), "there is no letter to read any more");
    assert_eq!(stored(&later).await, [address].into());
    app.clock.advance(TimeDelta::minutes(2));
    let tally = shared::jobs::run_due(&later, rotc::SYSTEM.jobs).await.expect("the jobs run");
    assert_eq!((tally.done, tally.postponed), (1, 0));
    assert!(stored(&later).await.is_empty());
}
