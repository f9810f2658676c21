//! Several systems that keep their files in one bucket, and none at all.

use chrono::TimeDelta;
use http::Method;
use serde_json::json;
use shared::files::{Audience, NewFile, StoredFile};
use tests::{TestApp, a_cadet, field};

use super::{AVATAR, file};

/// A system on the bucket of another, with a database of its own.
async fn beside(first: &TestApp, prefix: &str) -> TestApp {
    let mut files = first.app.config.files.clone();
    files.prefix = prefix.to_owned();
    TestApp::with(|config| config.files = files).await
}

/// Stores a file that no record refers to, with the same name in every system.
async fn put(app: &TestApp) -> String {
    let body = bytes::Bytes::from_static(AVATAR);
    let file = NewFile {
        name: "profile-00000000000000000000000000000000.png".to_owned(),
        body,
        content_type: "image/png",
        audience: Audience::Anyone,
    };
    app.app.files.put(file).await.expect("the file is stored")
}

/// Everything is old enough to be swept, and what a sweep finds is deleted.
async fn sweep(app: &TestApp) {
    // The store has its own clock: the test's stands at the beginning of 2026.
    let today: chrono::DateTime<chrono::Utc> = app.value("SELECT now()", &[]).await;
    for step in [today - app.clock.now() + TimeDelta::days(2), TimeDelta::days(8)] {
        app.clock.advance(step);
        shared::jobs::plan(&app.app, rotc::SYSTEM.jobs).await.expect("the jobs of the night are due");
        app.work().await;
        app.work().await;
    }
}

#[tokio::test]
async fn sweep_of_one_system_leaves_the_files_of_the_others_in_the_bucket() {
    let rotc = TestApp::rotc().await;
    let (second, third) = (beside(&rotc, "second/").await, beside(&rotc, "third/").await);
    let addresses = [put(&rotc).await, put(&second).await, put(&third).await];
    assert!(
        addresses.iter().all(|address| address == "/uploads/profile-00000000000000000000000000000000.png"),
        "{addresses:?}"
    );
    let export = StoredFile { body: bytes::Bytes::from_static(AVATAR), content_type: "image/png".to_owned() };
    for app in [&rotc, &second] {
        app.app.files.vault().put_file("downloads/same", export.clone()).await.expect("an export");
    }
    let has = async |app: &TestApp| {
        let vault = app.app.files.vault().size("downloads/same").await.expect("the store answers");
        (
            app.app
                .files
                .exists("/uploads/profile-00000000000000000000000000000000.png")
                .await
                .expect("the store answers"),
            vault.is_some(),
        )
    };

    sweep(&second).await;
    assert_eq!(
        (has(&rotc).await, has(&second).await, has(&third).await),
        ((true, true), (false, false), (true, false))
    );

    sweep(&rotc).await;
    assert_eq!((has(&rotc).await, has(&third).await), ((false, false), (true, false)));
}

#[tokio::test]
async fn upload_without_a_store_is_refused_with_what_to_configure() {
    let app = TestApp::with(|config| config.files.bucket = String::new()).await;
    let cadet = app.add(a_cadet()).await;
    let parts = [field("type", "profile_pic"), file("file", "a.png", AVATAR)];

    let refused = app.as_cadet(&cadet).form(Method::POST, "/api/upload", &parts).await;

    refused.is(503).has(json!({ "code": "configuration" })).message(
        "File storage is not configured: set FILES_BUCKET, CLOUDINARY_URL or (on a server of one's own) FILES_DIR",
    );
}
