//! Maintenance: everybody but administrators waits.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Answer, TestApp, a_cadet, a_staff_member, an_admin};

const SWITCH: &str = "/api/system-settings/maintenance_mode";

async fn switch(app: &TestApp, to: impl Into<Value>) {
    app.as_admin().put(SWITCH, json!({ "value": to.into() })).await.is(200);
}

#[track_caller]
fn waits(answer: &Answer) {
    answer.is(503).code("maintenance").message("The system is under maintenance. Please try again later.");
    assert_eq!(answer.header("retry-after"), "60", "{answer}");
}

#[tokio::test]
async fn cadets_and_staff_wait_until_it_is_over_and_administrators_work_on() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.as_cadet(&cadet).get("/api/auth/settings").await.is(200);
    app.as_staff().get("/api/admin/cadets").await.is(200);

    switch(&app, true).await;

    for path in ["/api/auth/settings", "/api/cadet/profile", "/api/cadet/my-grades", "/api/cadet/activities"]
    {
        waits(&app.as_cadet(&cadet).get(path).await);
    }
    waits(&app.as_staff().get("/api/admin/cadets").await);
    waits(&app.as_staff().post("/api/auth/logout", json!({})).await);
    let resource = app.as_staff().get("/api/cadets").await;
    waits(&resource);
    resource.has(json!({ "error": true, "code": "SERVICE_UNAVAILABLE" }));
    app.as_admin().get("/api/admin/cadets").await.is(200);
    app.as_admin().get("/api/cadets").await.is(200);

    switch(&app, "0").await;

    app.as_cadet(&cadet).get("/api/auth/settings").await.is(200);
    app.as_staff().get("/api/admin/cadets").await.is(200);
}

#[tokio::test]
async fn a_picture_loaded_with_the_cookie_waits_too() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let cookie = format!("rotc_session={}", app.sign_in(cadet.user_id).await.access);
    let path = format!("/api/images/cadets/{}", cadet.id);
    let by_cookie = app.anonymous().header("cookie", &cookie);
    by_cookie.get(&path).await.is(200);

    switch(&app, true).await;

    waits(&by_cookie.get(&path).await);
    app.anonymous().get(&path).await.is(200);
}

#[tokio::test]
async fn only_administrators_sign_in() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("a good word")).await;
    let staff = app.add(a_staff_member().with_password("a good word")).await;
    let admin = app.add(an_admin().with_password("a good word")).await;
    switch(&app, true).await;
    let login = async |username: &str, password: &str| {
        let body = json!({ "username": username, "password": password });
        app.anonymous().post("/api/auth/login", body).await
    };

    login(&admin.username, "a good word").await.is(200);
    waits(&login(&cadet.student_id, "a good word").await);
    waits(&login(&staff.username, "a good word").await);
    login(&cadet.student_id, "a guess").await.is(401);
    for path in ["/api/auth/cadet-login", "/api/auth/staff-login-no-pass"] {
        waits(&app.anonymous().post(path, json!({ "identifier": cadet.student_id })).await);
    }
    let new = json!({ "username": "newcomer", "email": "new@example.test", "password": "a good word" });
    waits(&app.anonymous().post("/api/auth/register", new).await);
    waits(&app.anonymous().post("/api/auth/link", json!({ "code": "x" })).await);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM users WHERE username = 'newcomer'", &[]).await, 0);
    let sessions = "SELECT count(*) FROM muster.sessions WHERE user_id = ANY($1::int[]::text[])";
    assert_eq!(app.value::<i64>(sessions, &[&vec![cadet.user_id, staff.user_id]]).await, 0);
}

#[tokio::test]
async fn health_and_heartbeats_go_on_and_strangers_stay_strangers() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let token = app.sign_in(cadet.user_id).await.access;
    switch(&app, true).await;

    app.anonymous().get("/health").await.is(200);
    app.anonymous().get("/api/health").await.is(200).has(json!({ "status": "ok", "db": "connected" }));
    app.anonymous().post("/api/auth/heartbeat", json!({})).await.is(200);
    app.with_token(token).post("/api/auth/heartbeat", json!({})).await.is(200);
    app.anonymous().get("/api/cadet/profile").await.is(401);
    app.with_token("wrong").get("/api/cadet/profile").await.is(401);
}

#[tokio::test]
async fn other_processes_notice_within_five_seconds() {
    let app = TestApp::rotc().await;
    let other = app.another_process().await;
    let cadet = app.add(a_cadet()).await;
    other.as_cadet(&cadet).get("/api/auth/settings").await.is(200);

    switch(&app, true).await;

    waits(&app.as_cadet(&cadet).get("/api/auth/settings").await);
    app.clock.advance(TimeDelta::seconds(5));
    waits(&other.as_cadet(&cadet).get("/api/auth/settings").await);

    other.as_admin().put(SWITCH, json!({ "value": false })).await.is(200);

    other.as_cadet(&cadet).get("/api/auth/settings").await.is(200);
    app.clock.advance(TimeDelta::seconds(5));
    app.as_cadet(&cadet).get("/api/auth/settings").await.is(200);
}

#[tokio::test]
async fn mode_set_behind_the_back_of_a_process_is_seen_within_a_second() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.as_cadet(&cadet).get("/api/auth/settings").await.is(200);

    // Behind the back of the process, as the legacy server or psql would.
    app.execute("INSERT INTO system_settings (key, value) VALUES ('maintenance_mode', '1')", &[]).await;

    app.clock.advance(TimeDelta::milliseconds(900));
    app.as_cadet(&cadet).get("/api/auth/settings").await.is(200);
    app.clock.advance(TimeDelta::milliseconds(100));
    waits(&app.as_cadet(&cadet).get("/api/auth/settings").await);
}
