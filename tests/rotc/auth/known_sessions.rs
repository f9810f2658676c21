//! A session that was found alive less than a second ago is not asked for again, and ends all the same.

use chrono::TimeDelta;
use serde_json::json;
use tests::{Client, RedisServer, TestApp, a_cadet, a_staff_member};

const PROFILE: &str = "/api/auth/settings";

/// How often the session behind a request was read.
async fn look_ups(app: &TestApp) -> i64 {
    app.times_run("FROM muster.sessions JOIN users").await
}

/// Reads the session, and before that what others have changed: a process that has never looked knows nothing for sure.
async fn get_twice(client: Client<'_>) {
    client.get(PROFILE).await.is(200);
    client.get(PROFILE).await.is(200);
}

async fn on(redis: &RedisServer) -> TestApp {
    TestApp::with(|config| config.redis = Some(shared::config::RedisConfig { url: redis.url().into() })).await
}

#[tokio::test]
async fn session_is_read_once_a_second() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    get_twice(app.as_cadet(&cadet)).await;
    let before = look_ups(&app).await;

    for _ in 0..5 {
        app.as_cadet(&cadet).get(PROFILE).await.is(200);
    }
    assert_eq!(look_ups(&app).await, before);
    app.clock.advance(TimeDelta::seconds(1));
    app.as_cadet(&cadet).get(PROFILE).await.is(200);
    assert_eq!(look_ups(&app).await, before + 1);
}

#[tokio::test]
async fn sign_in_and_heartbeat_of_others_forget_no_session() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    get_twice(app.as_cadet(&cadet)).await;
    app.as_cadet(&other).post("/api/auth/heartbeat", json!({})).await.is(200);
    let before = look_ups(&app).await;

    app.sign_in(other.user_id).await;
    app.as_cadet(&other).post("/api/auth/heartbeat", json!({})).await.is(200);

    app.as_cadet(&cadet).get(PROFILE).await.is(200);
    assert_eq!(look_ups(&app).await, before);
}

#[tokio::test]
async fn committed_change_of_role_or_standing_takes_effect_with_the_next_request() {
    let app = TestApp::rotc().await;
    let (cadet, staff) = (app.add(a_cadet()).await, app.add(a_staff_member()).await);
    app.as_cadet(&cadet).get(PROFILE).await.is(200);
    app.as_user(staff.user_id).get("/api/staff/list").await;
    let role = shared::sql!("UPDATE users SET role = 'admin' WHERE id = $1");

    app.as_user(staff.user_id).get("/api/admin/users").await.is(403);
    let mut change = app.app.db.change_for_system("promotion").await.unwrap();
    change.execute(role, &[&staff.user_id]).await.unwrap();
    change.commit().await.unwrap();
    app.as_user(staff.user_id).get("/api/admin/users").await.is(200);
    app.as_admin().delete(&format!("/api/cadets/{}", cadet.id)).await.is(200);
    app.as_cadet(&cadet).get(PROFILE).await.is(401);
}

#[tokio::test]
async fn change_that_was_undone_forgets_nothing_and_ends_nothing() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let tokens = app.sign_in(cadet.user_id).await;
    get_twice(app.with_token(&tokens.access)).await;
    let before = look_ups(&app).await;

    let mut change = app.app.db.change_for_system("undone").await.unwrap();
    shared::auth::session::revoke(&app.app, &mut change, tokens.session, "undone").await.unwrap();
    drop(change);

    app.with_token(&tokens.access).get(PROFILE).await.is(200);
    assert_eq!(look_ups(&app).await, before);
}

#[tokio::test]
async fn sign_out_on_one_of_two_processes_is_seen_at_once_there_and_within_a_second_by_the_other() {
    let one = TestApp::rotc().await;
    let other = one.another_process().await;
    let cadet = one.add(a_cadet()).await;
    let token = one.sign_in(cadet.user_id).await.access;
    for process in [&one, &other] {
        process.with_token(&token).get(PROFILE).await.is(200);
    }

    one.with_token(&token).post("/api/auth/logout", json!({})).await.is(200);

    one.with_token(&token).get(PROFILE).await.is(401).message("Invalid token");
    one.clock.advance(TimeDelta::seconds(1));
    other.with_token(&token).get(PROFILE).await.is(401).message("Invalid token");
}

#[tokio::test]
async fn with_redis_a_sign_out_is_seen_by_the_other_process_at_once() {
    let redis = RedisServer::start().await;
    let one = on(&redis).await;
    let other = one.another_process().await;
    let cadet = one.add(a_cadet()).await;
    let token = one.sign_in(cadet.user_id).await.access;
    for process in [&one, &other] {
        get_twice(process.with_token(&token)).await;
    }
    let before = look_ups(&other).await;
    other.with_token(&token).get(PROFILE).await.is(200);
    assert_eq!(look_ups(&other).await, before, "known with Redis as well");

    one.with_token(&token).post("/api/auth/logout", json!({})).await.is(200);

    other.with_token(&token).get(PROFILE).await.is(401);
}

#[tokio::test]
async fn when_redis_is_lost_a_sign_out_is_seen_within_a_second() {
    let mut redis = RedisServer::start().await;
    let one = on(&redis).await;
    let other = one.another_process().await;
    let cadet = one.add(a_cadet()).await;
    let token = one.sign_in(cadet.user_id).await.access;
    for process in [&one, &other] {
        process.with_token(&token).get(PROFILE).await.is(200);
    }
    redis.kill().await;

    one.with_token(&token).post("/api/auth/logout", json!({})).await.is(200);

    one.with_token(&token).get(PROFILE).await.is(401);
    one.clock.advance(TimeDelta::seconds(1));
    other.with_token(&token).get(PROFILE).await.is(401);
}
