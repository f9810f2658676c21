//! Signing in with hashes of other programs, second factors, cookies and refresh tokens.

use http::Method;
use serde_json::json;
use shared::db::{Actor, UserKey};
use tests::TestApp;
use totp_rs::{Builder, Secret};

use super::{PASSWORD, client, library, text, token};

/// `lètmein` as Django 5 stores it.
const DJANGO: &str = "pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=";

/// Signs in with a password, and a code of a second factor.
pub async fn login(app: &TestApp, email: &str, password: &str, code: Option<&str>) -> tests::Answer {
    let mut body = json!({ "email": email, "password": password });
    if let Some(code) = code {
        body["code"] = code.into();
    }
    app.anonymous().post("/api/auth/login", body).await
}

/// What an authenticator with this secret shows now.
pub fn code(app: &TestApp, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).expect("base32");
    let authenticator = Builder::new().with_secret(secret).with_account_name("-").build();
    authenticator.expect("an authenticator").generate(app.clock.now().timestamp().unsigned_abs()).to_string()
}

#[tokio::test]
async fn hash_of_django_signs_in_once_and_is_argon2id_afterwards() {
    let app = library().await;
    app.execute("UPDATE people SET password = $1 WHERE email = 'reader@central.example'", &[&DJANGO]).await;

    login(&app, "reader@central.example", "wrong", None).await.is(401);
    login(&app, "Reader@central.example", "lètmein", None).await.is(200);

    let stored: String =
        app.value("SELECT password FROM people WHERE email = 'reader@central.example'", &[]).await;
    assert!(stored.starts_with("argon2$argon2id$"), "{stored}");
    login(&app, "reader@central.example", "lètmein", None).await.is(200);
}

#[tokio::test]
async fn refresh_rotates_and_a_spent_token_is_refused() {
    let app = library().await;
    let pair = login(&app, "reader@central.example", PASSWORD, None).await;
    let refresh =
        async |token: &str| app.anonymous().post("/api/auth/refresh", json!({ "refresh": token })).await;

    let second = refresh(&text(pair.is(200), "refresh")).await;
    let access = text(second.is(200), "access");
    assert_eq!(app.with_token(access.as_str()).get("/api/auth/me").await.is(200).json()["role"], "reader");
    let spent = refresh(&text(&pair, "refresh")).await;
    assert_eq!(spent.is(401).json()["code"], "token_not_valid");

    app.with_token(access.as_str()).post("/api/auth/logout", json!({})).await.is(204);
    app.with_token(access.as_str()).get("/api/auth/me").await.is(401);
    refresh(&text(&second, "refresh")).await.is(401);
}

#[tokio::test]
async fn second_factor_is_asked_for_and_its_code_works_once() {
    let app = library().await;
    let email = "librarian@central.example";
    let librarian = client(&app, email).await;
    let setup = librarian.post("/api/auth/second-factor", json!({})).await;
    let secret = text(setup.is(200), "secret");
    let code = || code(&app, &secret);
    login(&app, email, PASSWORD, None).await.is(200);
    librarian.post("/api/auth/second-factor/confirm", json!({ "code": "000000" })).await.is(400);
    librarian.post("/api/auth/second-factor/confirm", json!({ "code": code() })).await.is(204);

    assert_eq!(login(&app, email, PASSWORD, None).await.is(401).json()["code"], "code_required");
    login(&app, email, PASSWORD, Some(&code())).await.is(401);
    app.clock.advance(chrono::TimeDelta::seconds(30));
    login(&app, email, PASSWORD, Some(&code())).await.is(200);
    login(&app, email, PASSWORD, Some(&code())).await.is(401);
    let backup = setup.json()["backup_codes"][0].as_str().expect("a code").to_owned();
    login(&app, email, PASSWORD, Some(&backup)).await.is(200);
    login(&app, email, PASSWORD, Some(&backup)).await.is(401);
}

#[tokio::test]
async fn page_with_cookies_changes_something_only_with_the_csrf_token() {
    let app = library().await;
    let answer = login(&app, "librarian@harbour.example", PASSWORD, None).await;
    let cookies = answer.cookies();
    let value = |name: &str| {
        let found = cookies.iter().find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
        found.and_then(|rest| rest.split(';').next()).unwrap_or_else(|| panic!("no {name}")).to_owned()
    };
    let (session, csrf) = (value("access_token"), value("csrf_token"));
    let page = app.anonymous().header("Cookie", &format!("access_token={session}; csrf_token={csrf}"));
    let book = json!({ "isbn": "1", "title": "A", "price": "1.00" });

    page.get("/api/books").await.is(200);
    assert_eq!(page.post("/api/books", book.clone()).await.is(403).json()["code"], "csrf");
    page.clone().header("X-CSRF-Token", "guessed").post("/api/books", book.clone()).await.is(403);
    page.clone().header("X-CSRF-Token", &csrf).post("/api/books", book.clone()).await.is(201);
    let elsewhere = page.header("X-CSRF-Token", &csrf).header("Origin", "https://elsewhere.example");
    elsewhere.send(Method::DELETE, "/api/books/x", None, "").await.is(403);
}

#[tokio::test]
async fn five_wrong_passwords_lock_the_account_for_the_right_one_too() {
    let app = library().await;
    for _ in 0..5 {
        login(&app, "reader@harbour.example", "wrong", None).await.is(401);
    }
    login(&app, "reader@harbour.example", PASSWORD, None).await.is(423);
    token(&app, "reader@central.example").await;
}

#[tokio::test]
async fn uuid_of_the_user_stands_in_sessions_and_jobs() {
    let app = library().await;
    let reader = super::id(&app, "SELECT id FROM people WHERE email = 'reader@central.example'").await;
    token(&app, "reader@central.example").await;
    let key = UserKey::from(reader);
    let sessions = "SELECT count(*) FROM muster.sessions WHERE user_id = $1";
    assert_eq!(app.value::<i64>(sessions, &[&key.as_str()]).await, 1);
    assert_eq!(Actor::user(reader).user, Some(key));
}
