//! Tokens, sessions and passwords.

use chrono::TimeDelta;
use http::Method;
use serde_json::json;
use tests::{TestApp, field};

use super::{PASSWORD, add, empty, log_in, register, tokens};

async fn refresh(app: &TestApp, token: &str) -> tests::Answer {
    app.anonymous().post("/api/auth/token/refresh/", json!({ "refresh": token })).await
}

#[tokio::test]
async fn refresh_token_works_once_and_a_stolen_one_ends_the_session() {
    let app = empty().await;
    let (_, first) = tokens(&register(&app, "amani@students.test", "").await);
    let second = refresh(&app, &first).await;
    second.is(200);
    let blacklisted = json!({ "detail": "Token is blacklisted", "code": "token_not_valid" });
    refresh(&app, &first).await.is(401).has(blacklisted.clone());
    let next = second.json()["refresh"].as_str().unwrap_or_default().to_owned();
    let third = refresh(&app, &next).await;
    third.is(200);
    app.clock.advance(TimeDelta::seconds(61));
    refresh(&app, &first).await.is(401).has(blacklisted.clone());
    let last = third.json()["refresh"].as_str().unwrap_or_default().to_owned();
    refresh(&app, &last).await.is(401).has(blacklisted);
    let access = third.json()["access"].as_str().unwrap_or_default().to_owned();
    app.with_token(access).get("/api/auth/profile/").await.is(401).has(json!({
        "code": "token_not_valid", "messages": [{ "message": "Token is invalid" }]
    }));
}

#[tokio::test]
async fn two_refreshes_at_once_give_one_pair() {
    let app = TestApp::of(&clearance::SYSTEM, |config| config.database.pool_size = 8).await;
    let (_, token) = tokens(&register(&app, "amani@students.test", "").await);
    let (one, other) = tokio::join!(refresh(&app, &token), refresh(&app, &token));
    let mut statuses = [one.status(), other.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn deactivated_and_deleted_accounts_are_out_and_a_new_role_counts_at_once() {
    let app = empty().await;
    let admin = add(&app, "admin@mksu.test", "admin").await;
    let registered = register(&app, "amani@students.test", "").await;
    let (access, token) = tokens(&registered);
    let account = format!("/api/users/{}/", registered.json()["user"]["id"].as_str().unwrap_or_default());
    app.with_token(&access).get("/api/users/").await.is(403);
    app.as_user(admin).patch(&account, json!({ "role": "admin" })).await.is(200);
    app.with_token(&access).get("/api/users/").await.is(200);
    app.as_user(admin).patch(&account, json!({ "is_active": false })).await.is(200);
    app.with_token(&access).get("/api/users/").await.is(401).has(json!({ "code": "user_inactive" }));
    refresh(&app, &token).await.is(401);
    app.as_user(admin).patch(&account, json!({ "is_active": true })).await.is(200);
    app.with_token(&access).get("/api/users/").await.is(401).has(json!({ "code": "token_not_valid" }));

    let (access, token) = tokens(&log_in(&app, "amani@students.test", PASSWORD).await);
    app.execute("DELETE FROM users WHERE email = 'amani@students.test'", &[]).await;
    let twin = app.twin(|_| ()).await;
    twin.with_token(&access).get("/api/users/").await.is(401).has(json!({ "code": "user_not_found" }));
    let gone = json!({ "detail": "No active account found for the given token." });
    refresh(&twin, &token).await.is(401).has(gone);
}

#[tokio::test]
async fn signing_out_ends_one_session_and_nobody_is_refused() {
    let app = empty().await;
    let (access, token) = tokens(&register(&app, "amani@students.test", "").await);
    app.anonymous().post("/api/auth/logout/", json!({})).await.is(200);
    app.with_token(&access).get("/api/auth/verify/").await.is(200).has(json!({ "valid": true }));
    app.anonymous().post("/api/auth/logout/", json!({ "refresh": token })).await.is(200);
    app.with_token(&access).get("/api/auth/verify/").await.is(401);
    app.anonymous()
        .post("/api/auth/logout/", json!({ "refresh": token }))
        .await
        .is(400)
        .has(json!({ "error": "Token is blacklisted", "detail": "Token is blacklisted", "code": "invalid" }));
    app.anonymous()
        .post("/api/auth/logout/", json!({ "refresh": "x" }))
        .await
        .is(400)
        .has(json!({ "error": "Token is invalid" }));
    let (access, _) = tokens(&log_in(&app, "amani@students.test", PASSWORD).await);
    app.with_token(&access).post("/api/auth/logout/", json!({})).await.is(200);
    app.with_token(&access).get("/api/auth/verify/").await.is(401);
}

#[tokio::test]
async fn changed_password_ends_the_other_sessions() {
    let app = empty().await;
    let (present, _) = tokens(&register(&app, "amani@students.test", "").await);
    let (other, _) = tokens(&log_in(&app, "amani@students.test", PASSWORD).await);
    let body = json!({ "old_password": PASSWORD, "new_password": "Quiet-Harbour-43" });
    app.with_token(&present).post("/api/auth/change-password/", body.clone()).await.is(200);
    app.with_token(&present).get("/api/auth/profile/").await.is(200);
    app.with_token(&other).get("/api/auth/profile/").await.is(401);
    app.mailed("amani@students.test", "Your password was changed").await;
    app.with_token(&present).put("/api/auth/change-password/", body).await.is(400).has(json!({
        "old_password": ["Old password is not correct."],
        "new_password_confirm": ["This field is required."],
    }));
}

#[tokio::test]
async fn forgotten_password_is_reset_by_a_link_that_works_once() {
    let app = empty().await;
    let (access, _) = tokens(&register(&app, "amani@students.test", "").await);
    let ask = async |email: &str| {
        let body = json!({ "email": email });
        app.anonymous().post("/api/auth/password-reset/", body).await.is(200).has(json!({
            "message": "If this address is registered, a link has been sent."
        }));
        app.work().await;
    };
    ask("nobody@students.test").await;
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.mails", &[]).await, 0);
    ask("AMANI@students.test").await;
    let mail = app.mailed("amani@students.test", "Reset your password").await;
    let token = mail.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");

    let page = app.anonymous().get(&format!("/reset-password/?token={token}")).await;
    assert!(page.text().contains(&format!("value=\"{token}\"")), "{}", page.text());
    let confirm = async |password: &str| {
        let body = json!({ "token": token, "new_password": password });
        app.anonymous().post("/api/auth/password-reset/confirm/", body).await
    };
    confirm("12345678").await.is(400);
    confirm("Quiet-Harbour-44").await.is(200).has(json!({ "message": "Password has been reset." }));
    confirm("Quiet-Harbour-45").await.is(400).has(json!({ "token": ["This link is no longer valid."] }));
    app.with_token(&access).get("/api/auth/profile/").await.is(401);
    log_in(&app, "amani@students.test", "Quiet-Harbour-44").await.is(200);
}

#[tokio::test]
async fn reset_link_is_too_old_after_an_hour() {
    let app = empty().await;
    add(&app, "amani@students.test", "student").await;
    app.anonymous()
        .post("/api/auth/password-reset/", json!({ "email": "amani@students.test" }))
        .await
        .is(200);
    app.work().await;
    let mail = app.mailed("amani@students.test", "Reset your password").await;
    let token = mail.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    app.clock.advance(TimeDelta::minutes(61));
    let body = json!({ "token": token, "new_password": PASSWORD });
    app.anonymous().post("/api/auth/password-reset/confirm/", body).await.is(400);
}

#[tokio::test]
async fn five_wrong_passwords_lock_the_account_as_throttled() {
    let app = empty().await;
    register(&app, "amani@students.test", "").await;
    for _ in 0..5 {
        log_in(&app, "amani@students.test", "wrong").await.is(400).has(json!({
            "non_field_errors": ["Unable to log in with provided credentials."]
        }));
    }
    let refused = log_in(&app, "amani@students.test", PASSWORD).await;
    refused.is(429).has(json!({ "code": "throttled" }));
    assert_eq!(refused.header("retry-after"), "1800");
    app.clock.advance(TimeDelta::minutes(31));
    log_in(&app, "amani@students.test", PASSWORD).await.is(200);
}

#[tokio::test]
async fn password_is_changed_with_its_confirmation() {
    let app = empty().await;
    let (access, _) = tokens(&register(&app, "amani@students.test", "").await);
    let body = |old: &str, new: &str, again: &str| json!({ "old_password": old, "new_password": new, "new_password_confirm": again });
    let client = app.with_token(&access);
    let differs = body(PASSWORD, "Quiet-Harbour-43", "Quiet-Harbour-44");
    client.put("/api/auth/change-password/", differs).await.is(400).has(json!({
        "new_password": ["Password fields didn't match."]
    }));
    let first = body(PASSWORD, "Quiet-Harbour-43", "Quiet-Harbour-43");
    client.put("/api/auth/change-password/", first).await.is(200);
    let second = body("Quiet-Harbour-43", "Quiet-Harbour-44", "Quiet-Harbour-44");
    client.patch("/api/auth/change-password/", second).await.is(200);
    log_in(&app, "amani@students.test", "Quiet-Harbour-44").await.is(200);
}

#[tokio::test]
async fn page_of_the_link_resets_the_password() {
    let app = empty().await;
    register(&app, "amani@students.test", "").await;
    app.anonymous()
        .post("/api/auth/password-reset/", json!({ "email": "amani@students.test" }))
        .await
        .is(200);
    app.work().await;
    let mail = app.mailed("amani@students.test", "Reset your password").await;
    let token = mail.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    let send = async |again: &str| {
        let parts = [
            field("token", token),
            field("new_password", "Quiet-Harbour-44"),
            field("new_password_confirm", again),
        ];
        app.anonymous().form(Method::POST, "/reset-password/", &parts).await
    };
    let refused = send("Quiet-Harbour-45").await;
    refused.is(400);
    assert!(refused.text().contains("didn&#39;t match"), "{}", refused.text());
    let done = send("Quiet-Harbour-44").await;
    done.is(200);
    assert!(done.text().contains("Password has been reset."), "{}", done.text());
    log_in(&app, "amani@students.test", "Quiet-Harbour-44").await.is(200);
}
