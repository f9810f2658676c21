//! How long a sign-in lasts, and what ends it.

use chrono::TimeDelta;
use serde_json::json;
use tests::{TestApp, a_cadet, an_admin};

const PROFILE: &str = "/api/auth/profile";

#[tokio::test]
async fn signing_out_ends_the_session_at_once_and_no_other() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let (one, two) = (app.sign_in(cadet.user_id).await.access, app.sign_in(cadet.user_id).await.access);

    let answer = app.with_token(&one).post("/api/auth/logout", json!({})).await;

    answer.is(200).message("Logged out successfully");
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    app.with_token(&one).get(PROFILE).await.is(401).message("Invalid token");
    app.with_token(&two).get(PROFILE).await.is(200);
    app.audited("users", "LOGOUT", cadet.user_id).await;
}

#[tokio::test]
async fn a_session_unused_for_twelve_hours_ends() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let token = app.sign_in(cadet.user_id).await.access;

    app.clock.advance(TimeDelta::hours(11));
    app.with_token(&token).get(PROFILE).await.is(200);
    app.clock.advance(TimeDelta::hours(2));
    app.with_token(&token).get(PROFILE).await.is(401);
}

#[tokio::test]
async fn heartbeats_keep_a_session_alive_for_seven_days_and_no_longer() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let token = app.sign_in(cadet.user_id).await.access;

    for _ in 0..16 {
        app.clock.advance(TimeDelta::hours(10));
        app.with_token(&token)
            .post("/api/auth/heartbeat", json!({}))
            .await
            .is(200)
            .has(json!({ "method": "POST" }));
    }
    app.with_token(&token).get(PROFILE).await.is(200);
    app.clock.advance(TimeDelta::hours(10));
    app.with_token(&token).get(PROFILE).await.is(401);
    // A heartbeat never fails, and never wakes the dead.
    app.with_token(&token).post("/api/auth/heartbeat", json!({})).await.is(200);
    app.with_token(&token).get(PROFILE).await.is(401);
}

#[tokio::test]
async fn a_heartbeat_notes_when_the_user_was_seen_and_needs_no_token() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    app.anonymous().post("/api/auth/heartbeat", json!({})).await.is(200);
    app.with_token("dev-token").post("/api/auth/heartbeat", json!({})).await.is(200);
    let seen = "SELECT last_seen IS NOT NULL FROM users WHERE id = $1";
    assert!(!app.value::<bool>(seen, &[&cadet.user_id]).await);
    app.as_cadet(&cadet).post("/api/auth/heartbeat", json!({})).await.is(200);
    assert!(app.value::<bool>(seen, &[&cadet.user_id]).await);
    app.anonymous().get("/api/auth/heartbeat").await.is(200).has(json!({ "status": "ok", "method": "GET" }));
}

#[tokio::test]
async fn whoever_another_program_archives_or_disapproves_is_out_within_a_second() {
    let app = TestApp::rotc().await;
    let (one, two, three) = (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(an_admin()).await);
    for user in [one.user_id, two.user_id, three.user_id] {
        app.as_user(user).get(PROFILE).await.is(200);
    }

    app.execute("UPDATE cadets SET is_archived = true WHERE id = $1", &[&one.id]).await;
    app.execute("UPDATE users SET is_approved = 0 WHERE id = $1", &[&two.user_id]).await;
    app.execute("UPDATE users SET is_archived = true WHERE id = $1", &[&three.user_id]).await;
    // Nobody has told this process of what another program has written.
    app.clock.advance(TimeDelta::seconds(1));

    for user in [one.user_id, two.user_id, three.user_id] {
        app.as_user(user).get(PROFILE).await.is(401);
    }
}

#[tokio::test]
async fn a_refresh_token_works_once_and_gives_the_next() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let first = app.sign_in(cadet.user_id).await;

    let answer = app.anonymous().post("/api/auth/refresh", json!({ "refresh": first.refresh })).await;

    answer.is(200);
    let second = answer.json()["refresh"].as_str().unwrap().to_owned();
    assert_ne!(second, first.refresh);
    app.with_token(answer.json()["token"].as_str().unwrap()).get(PROFILE).await.is(200);
    app.anonymous().post("/api/auth/refresh", json!({ "refresh": second })).await.is(200);
}

#[tokio::test]
async fn a_refresh_token_used_again_later_ends_the_session() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let stolen = app.sign_in(cadet.user_id).await;
    let answer = app.anonymous().post("/api/auth/refresh", json!({ "refresh": stolen.refresh })).await;
    let (token, next) = (answer.json()["token"].clone(), answer.json()["refresh"].clone());
    app.clock.advance(TimeDelta::minutes(1));

    app.anonymous().post("/api/auth/refresh", json!({ "refresh": stolen.refresh })).await.is(401);

    app.with_token(token.as_str().unwrap()).get(PROFILE).await.is(401);
    app.anonymous()
        .post("/api/auth/refresh", json!({ "refresh": next }))
        .await
        .is(401)
        .message("Invalid refresh token");
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_can_be_repeated_at_once() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let first = app.sign_in(cadet.user_id).await;
    app.anonymous().post("/api/auth/refresh", json!({ "refresh": first.refresh })).await.is(200);
    app.clock.advance(TimeDelta::seconds(5));

    let again = app.anonymous().post("/api/auth/refresh", json!({ "refresh": first.refresh })).await;

    let token = again.is(200).json()["token"].as_str().unwrap().to_owned();
    app.with_token(token).get(PROFILE).await.is(200);
}

#[tokio::test]
async fn nonsense_is_no_refresh_token() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let tokens = app.sign_in(cadet.user_id).await;

    app.anonymous().post("/api/auth/refresh", json!({})).await.is(400).message("Refresh token required");
    let id = tokens.refresh.split('.').next().unwrap();
    for nonsense in ["x", "", ".", id, &tokens.access, "00000000-0000-4000-8000-000000000000.x"] {
        let status = app.anonymous().post("/api/auth/refresh", json!({ "refresh": nonsense })).await.status();
        assert!(status == 401 || (nonsense.is_empty() && status == 400), "{nonsense} {status}");
    }
}
