//! `READ_ONLY`: people sign in and read, and nothing else is written.

use serde_json::json;
use tests::{TestApp, a_cadet, an_admin};

#[tokio::test]
async fn people_sign_in_and_read_while_every_other_write_is_refused() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("Pass phrase 1")).await;
    let admin = app.add(an_admin().with_password("Pass phrase 1")).await;
    let frozen = app.twin(|config| config.database.read_only = true).await;
    let written =
        async || -> i64 { app.value("SELECT count(*) FROM cadets WHERE religion = 'Other'", &[]).await };

    let credentials = json!({ "username": cadet.student_id, "password": "Pass phrase 1" });
    let pair = frozen.anonymous().post("/api/auth/login", credentials).await.is(200).json();
    let refreshed = frozen.anonymous().post("/api/auth/refresh", json!({ "refresh": pair["refresh"] })).await;
    let token = refreshed.is(200).json()["token"].as_str().expect("a token").to_owned();
    frozen.with_token(token.clone()).get("/api/cadet/my-grades").await.is(200);
    let wrong = json!({ "username": cadet.student_id, "password": "wrong" });
    frozen.anonymous().post("/api/auth/login", wrong).await.is(401);

    let refused =
        frozen.with_token(token.clone()).put("/api/auth/settings", json!({ "compact_mode": true })).await;
    refused.is(503).has(json!({ "message": "Nothing can be saved at present: the system is read-only" }));
    let credentials = json!({ "username": admin.username, "password": "Pass phrase 1" });
    let pair = frozen.anonymous().post("/api/auth/login", credentials).await.is(200).json();
    let admin = frozen.with_token(pair["token"].as_str().expect("a token"));
    let path = format!("/api/admin/cadets/{}", cadet.id);
    admin.put(&path, json!({ "religion": "Other" })).await.is(503);
    admin.get("/api/admin/cadets").await.is(200);
    assert_eq!(written().await, 0);
    frozen.with_token(token).post("/api/auth/logout", json!({})).await.is(200);
}

#[tokio::test]
async fn sign_in_links_are_sent_while_other_jobs_wait() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    // Nobody listens there, so the mail is tried and waits.
    let frozen = app.twin(|config| {
        config.database.read_only = true;
        config.mail.smtp = Some("smtp://127.0.0.1:9".into());
    });
    let frozen = frozen.await;
    shared::jobs::plan(&app.app, app.system.jobs).await.expect("jobs are planned");
    let identifier = json!({ "identifier": cadet.student_id });
    frozen.anonymous().post("/api/auth/cadet-login", identifier).await.is(401);
    frozen.work().await;
    let tried = "SELECT coalesce(string_agg(DISTINCT kind, ' '), '') FROM muster.jobs WHERE tries > 0";
    assert_eq!(app.value::<String>(tried, &[]).await, "send_mails");
    let waiting: i64 =
        app.value("SELECT count(*) FROM muster.jobs WHERE status = 'queued' AND tries = 0", &[]).await;
    assert!(waiting > 3, "{waiting}");
}
