use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};
use shared::auth::token::{Claims, Signer};
use tests::{Answer, TestApp, a_cadet};

const URL: &str = "/api/auth/settings";

#[track_caller]
fn refused(answer: &Answer) {
    answer.is(401).message("Invalid token");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn a_request_without_a_token_is_refused() {
    let app = TestApp::rotc().await;

    app.anonymous().get(URL).await.is(401).message("No token provided");
    for empty in ["", "Bearer", "Bearer "] {
        app.anonymous().header("Authorization", empty).get(URL).await.is(401);
    }
}

#[tokio::test]
async fn a_token_is_taken_with_and_without_bearer() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let token = app.sign_in(cadet.user_id).await.access;

    app.with_token(&token).get(URL).await.is(200);
    app.anonymous().header("Authorization", &token).get(URL).await.is(200);
}

#[tokio::test]
async fn a_forged_token_is_refused() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let token = app.sign_in(cadet.user_id).await.access;
    let (head, signature) = token.rsplit_once('.').unwrap();
    let claims = claims(&token);
    let other_key =
        Signer::new(Some("a key of somebody else, just as long".into()), Some("rotc"), app.app.db.clone());

    let forged = [
        other_key.sign(&serde_json::from_value::<Claims>(claims.clone()).unwrap()).await.unwrap(),
        format!("{head}.{}", signature.chars().rev().collect::<String>()),
        format!("{head}."),
        head.to_owned(),
        format!("{}.{}.", encoded(&json!({ "alg": "none", "typ": "JWT" })), encoded(&claims)),
        format!("{}.{}.{signature}", encoded(&json!({ "alg": "none" })), encoded(&claims)),
        "x".repeat(5000),
    ];

    for token in forged {
        refused(&app.with_token(token).get(URL).await);
    }
}

#[tokio::test]
async fn a_changed_user_in_a_signed_token_is_refused() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let mut claims: Claims =
        serde_json::from_value(claims(&app.sign_in(cadet.user_id).await.access)).unwrap();
    claims.sub = other.user_id.into();

    // Even with our own key: the session belongs to somebody else.
    refused(&app.with_token(app.app.signer.sign(&claims).await.unwrap()).get(URL).await);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_for_too_long() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    app.as_cadet(&cadet).get(URL).await.is(200);
    app.clock.advance(TimeDelta::hours(13));

    refused(&app.as_cadet(&cadet).get(URL).await);
}

#[tokio::test]
async fn user_archived_or_disapproved_by_another_program_is_nobody_within_a_second() {
    let app = TestApp::rotc().await;
    for change in ["is_archived = true", "is_approved = 0"] {
        let cadet = app.add(a_cadet()).await;
        app.as_cadet(&cadet).get(URL).await.is(200);

        app.execute(&format!("UPDATE users SET {change} WHERE id = $1"), &[&cadet.user_id]).await;
        // Nobody has told this process of what another program has written.
        app.clock.advance(TimeDelta::seconds(1));

        refused(&app.as_cadet(&cadet).get(URL).await);
    }
}

#[tokio::test]
async fn a_token_in_the_address_or_in_a_cookie_signs_nobody_in_for_other_methods() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let token = app.sign_in(cadet.user_id).await.access;

    app.anonymous().get(&format!("{URL}?token={token}")).await.is(401);
    let with_cookie = app.anonymous().header("Cookie", &format!("{}={token}", rotc::access::COOKIE));
    with_cookie.put(URL, json!({ "darkMode": true })).await.is(401);
}

/// What a token says.
fn claims(token: &str) -> Value {
    let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap_or_default());
    serde_json::from_slice(&payload.expect("a token of ours")).expect("claims are JSON")
}

fn encoded(part: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part.to_string())
}
