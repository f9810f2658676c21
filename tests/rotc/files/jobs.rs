//! What becomes of stored files after the request.

use std::time::Duration;

use chrono::TimeDelta;
use http::Method;
use serde_json::json;
use shared::{
    App,
    app::Parts,
    files::{Audience, NewFile},
    jobs::{self, Queue},
};
use tests::{Cadet, TestApp, a_cadet, an_admin};

use super::{AVATAR, file, photo, stored};

/// Gives a cadet a photo and tells its address.
async fn give_photo(app: &TestApp, cadet: &Cadet, body: &[u8]) -> String {
    let (url, parts) = (format!("/api/cadets/{}", cadet.id), [file("profile_pic", "a.jpg", body)]);
    let answer = app.as_admin().form(Method::PUT, &url, &parts).await;
    answer.is(200).json()["data"]["profile_pic"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_large_photo_is_made_small_upright_and_silent_after_the_answer() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    let url = give_photo(&app, &cadet, &photo(2_000, 1_000)).await;
    let tally = app.work().await;

    assert_eq!((tally.done, tally.postponed), (1, 0));
    let shown = app.as_cadet(&cadet).get(&url).await;
    let small = shown.is(200).bytes();
    assert!(!small.windows(4).any(|window| window == b"Exif"), "no metadata is left");
    let picture = image::load_from_memory(small).expect("a picture");
    assert_eq!((picture.width(), picture.height()), (600, 1_200));
    assert_eq!(app.work().await, jobs::Tally::default(), "nothing is left to do");
}

#[tokio::test]
async fn a_file_goes_when_its_last_record_lets_go_of_it() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let first = give_photo(&app, &cadet, AVATAR).await;
    app.execute("UPDATE cadets SET profile_pic = $2 WHERE id = $1", &[&other.id, &first]).await;

    let second = give_photo(&app, &cadet, AVATAR).await;
    app.work().await;
    assert_eq!(stored(&app).await.len(), 2, "another record still shows the first");

    app.execute("UPDATE cadets SET profile_pic = NULL WHERE id = $1", &[&other.id]).await;
    app.work().await;
    assert_eq!(stored(&app).await, [second]);

    let ids = json!({ "ids": [cadet.id] });
    app.as_admin().post("/api/admin/cadets/delete-permanent", ids).await.is(200);
    app.work().await;
    assert_eq!(stored(&app).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_deletion_waits_for_a_store_that_is_down() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    give_photo(&app, &cadet, AVATAR).await;
    app.work().await;
    let mut config = (*app.app.config).clone();
    config.files.aws.endpoint = Some("http://127.0.0.1:9".to_owned());
    let files = shared::files::Files::new(config.files, &app.app.clock, &app.app.outbound);
    let down = App::from(Parts { files, ..(*app.app).clone() });

    app.as_admin().post("/api/admin/cadets/delete-permanent", json!({ "ids": [cadet.id] })).await.is(200);
    let tally = jobs::run_due(&down, rotc::SYSTEM.jobs).await.expect("the jobs run");

    // The photo was that of the cadet and of the account: two rows let go of it.
    assert_eq!((tally.done, tally.failed), (0, 0));
    assert!(tally.postponed > 0);
    assert_eq!(stored(&app).await.len(), 1);
    assert_eq!(app.work().await, jobs::Tally::default(), "not at once");
    app.clock.advance(TimeDelta::minutes(2));
    assert_eq!(app.work().await.postponed, 0);
    assert_eq!(stored(&app).await, Vec::<String>::new());
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(app.work().await, jobs::Tally::default(), "once");
}

#[tokio::test]
async fn a_job_is_done_once_however_many_workers_there_are_and_survives_one_that_dies() {
    let app = TestApp::crowded().await;
    let cadet = app.add(a_cadet()).await;
    give_photo(&app, &cadet, &photo(100, 50)).await;

    let kinds = rotc::SYSTEM.jobs;
    let (one, two, three) = tokio::join!(
        jobs::run_due(&app.app, kinds),
        jobs::run_due(&app.app, kinds),
        jobs::run_due(&app.app, kinds)
    );
    let done: usize = [one, two, three].into_iter().map(|tally| tally.expect("the jobs run").done).sum();
    assert_eq!(done, 1);

    let dead = "INSERT INTO muster.jobs (kind, payload, status, tries, lease_until)
                VALUES ('delete_file', '{\"address\": \"/uploads/none.png\"}', 'running', 1, $1)";
    let until = app.clock.now() + TimeDelta::minutes(5);
    app.execute(dead, &[&until]).await;
    assert_eq!(app.work().await.done, 0, "its worker may still live");
    app.clock.advance(TimeDelta::minutes(6));
    assert_eq!(app.work().await.done, 1);
}

#[tokio::test]
async fn a_picture_that_lost_its_record_while_it_was_made_small_does_not_come_back() {
    let app = TestApp::rotc().await;
    let file = NewFile {
        name: "letter-0a1b.jpg".to_owned(),
        body: photo(3_000, 50).into(),
        content_type: "image/jpeg",
        audience: Audience::Checked,
    };
    let address = app.app.files.put(file).await.expect("it is stored");
    let shrink = "INSERT INTO muster.jobs (kind, payload) VALUES ('shrink_picture', jsonb_build_object('address', $1::text))";
    app.execute(shrink, &[&address]).await;
    assert_eq!(app.work().await.done, 1);
    assert_eq!(stored(&app).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_job_that_cannot_succeed_ends_as_failed() {
    let app = TestApp::rotc().await;
    app.execute("INSERT INTO muster.jobs (kind, payload) VALUES ('shrink_picture', '{}')", &[]).await;

    let mut failed = 0;
    for _ in 0..5 {
        failed += app.work().await.failed;
        app.clock.advance(TimeDelta::hours(7));
    }

    assert_eq!(failed, 1);
    assert_eq!(app.work().await, jobs::Tally::default());
    assert_eq!(app.value::<String>("SELECT status FROM muster.jobs", &[]).await, "failed");
}

#[tokio::test]
async fn the_sweep_reports_a_file_for_a_week_before_it_deletes_it() {
    let app = TestApp::rotc().await;
    app.as_staff().get("/api/admin/files/orphans").await.is(403);
    app.as_staff().post("/api/admin/files/sweep", json!({})).await.is(403);
    let cadet = app.add(a_cadet()).await;
    let used = give_photo(&app, &cadet, AVATAR).await;
    let orphan = shared::files::NewFile {
        name: "profile-00000000000000000000000000000000.png".to_owned(),
        body: AVATAR.to_vec().into(),
        content_type: "image/png",
        audience: shared::files::Audience::Anyone,
    };
    let orphan = app.app.files.put(orphan).await.expect("the file is stored");
    // The store has its own clock: the test's stands at the beginning of 2026.
    let today: chrono::DateTime<chrono::Utc> = app.value("SELECT now()", &[]).await;
    app.clock.advance(today - app.clock.now());
    let sweep = async || {
        let admin = app.add(an_admin()).await; // the session of the last one is over
        app.as_user(admin.user_id).post("/api/admin/files/sweep", json!({})).await.is(202);
        app.work().await;
        let answer = app.as_user(admin.user_id).get("/api/admin/files/orphans").await;
        answer.is(200).json()["data"].as_array().cloned().unwrap_or_default()
    };

    assert!(sweep().await.is_empty(), "a young file may belong to a request that runs");
    app.clock.advance(TimeDelta::days(2));
    let report = sweep().await;
    assert_eq!(report.len(), 1);
    assert_eq!(report[0]["address"], json!(orphan));
    app.clock.advance(TimeDelta::days(6));
    sweep().await;
    assert_eq!(stored(&app).await.len(), 2, "not before a week");
    app.clock.advance(TimeDelta::days(2));
    sweep().await;
    app.work().await;
    assert_eq!(stored(&app).await, [used]);
}

/// A worker sleeps until a message comes; one that sent itself messages by looking would never sleep.
#[tokio::test]
async fn looking_for_jobs_sends_nothing_but_a_new_job_is_sent() {
    let app = TestApp::rotc().await;
    let look = async || {
        jobs::plan(&app.app, rotc::SYSTEM.jobs).await.expect("the jobs are planned");
        app.work().await;
    };
    look().await;
    let sent = async |queue| {
        let messages = app.app.broker.receive(queue, 10, Duration::ZERO).await.expect("the queue is there");
        messages.len()
    };
    assert!(sent(Queue::Upkeep).await > 0, "the first time the periodic jobs are new");

    look().await;
    assert_eq!(sent(Queue::Upkeep).await, 0);

    let cadet = app.add(a_cadet()).await;
    give_photo(&app, &cadet, AVATAR).await;
    assert_eq!(sent(Queue::Image).await, 1, "the database has started a job");
}

#[tokio::test]
async fn a_reported_file_that_a_record_refers_to_again_is_kept() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let url = give_photo(&app, &cadet, AVATAR).await;
    app.execute("INSERT INTO muster.orphan_files VALUES ($1, 1, $2)", &[&url, &app.clock.now()]).await;

    app.clock.advance(TimeDelta::days(30));
    jobs::plan(&app.app, rotc::SYSTEM.jobs).await.expect("the sweep is planned");
    jobs::plan(&app.app, rotc::SYSTEM.jobs).await.expect("the sweep is planned once");
    app.work().await;

    assert_eq!(stored(&app).await, [url]);
    let sweeps = "SELECT count(*) FROM muster.jobs WHERE kind = 'sweep_files'";
    assert_eq!(app.value::<i64>(sweeps, &[]).await, 1);
}

#[tokio::test]
async fn the_uploads_of_the_legacy_server_are_taken_over_once() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rotc/recordings/files/uploads");
    let point = "UPDATE cadets SET profile_pic = $2 WHERE id = $1";
    app.execute(point, &[&cadet.id, &"/srv/rotc/server/uploads/lost-1.jpg"]).await;

    let report = muster::legacy::import_files(&app.app, &folder).await.expect("the folder is read");
    let again = muster::legacy::import_files(&app.app, &folder).await.expect("the folder is read");

    assert!(report.copied > 0 && report.kept == 0, "{report}");
    assert_eq!((again.copied, again.kept), (0, report.copied));
    assert_eq!(report.missing, ["/uploads/lost-1.jpg"]);
    assert_eq!(stored(&app).await.len(), report.copied);
}
