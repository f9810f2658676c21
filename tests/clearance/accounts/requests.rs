//! What holds for every request: spellings, bodies, formats, OPTIONS, limits, and POSTs that are sent twice.

use http::Method;
use serde_json::json;
use tests::{TestApp, field};

use super::{PASSWORD, add, empty, register, tokens};

#[tokio::test]
async fn paths_answer_in_every_spelling_and_bodies_in_every_type() {
    let app = empty().await;
    let registered = register(&app, "amani@students.test", "").await;
    let student = app.with_token(tokens(&registered).0);
    for path in ["/api/auth/profile/", "/api/auth/profile", "/api/users/profile/", "/api/users/profile"] {
        student.get(path).await.is(200).has(json!({ "email": "amani@students.test" }));
    }
    student.get("/api/auth/change_password/").await.is(405);
    let parts = [field("email", "amani@students.test"), field("password", PASSWORD)];
    app.anonymous().form(Method::POST, "/api/auth/token/", &parts).await.is(200);
    let form = b"email=amani%40students.test&password=Quiet-Harbour-42".to_vec();
    let kind = "application/x-www-form-urlencoded";
    app.anonymous().send(Method::POST, "/api/auth/token", Some(kind), form.clone()).await.is(200);
    app.anonymous().send(Method::POST, "/api/auth/token", Some("text/plain"), form).await.is(415).has(
        json!({
            "detail": "Unsupported media type \"text/plain\" in request.", "code": "unsupported_media_type"
        }),
    );
}

#[tokio::test]
async fn errors_are_one_form_wherever_they_come_from() {
    let app = empty().await;
    let registered = register(&app, "amani@students.test", "").await;
    let student = app.with_token(tokens(&registered).0);
    let not_found = json!({ "detail": "Not found.", "code": "not_found" });
    app.anonymous().get("/api/nothing/").await.is(404).has(not_found.clone());
    app.anonymous().get("/").await.is(404).has(not_found);
    student.delete("/api/auth/profile/").await.is(405).has(json!({
        "detail": "Method \"DELETE\" not allowed.", "code": "method_not_allowed"
    }));
    app.anonymous().delete("/api/auth/profile/").await.is(401).has(json!({ "code": "not_authenticated" }));
    let anonymous = app.anonymous().header("authorization", "Bearer a b");
    anonymous.get("/api/auth/profile/").await.is(401).has(json!({ "code": "bad_authorization_header" }));
    let other = app.anonymous().header("authorization", "Token abc");
    other.get("/api/auth/profile/").await.is(401).has(json!({ "code": "not_authenticated" }));
    let xml = student.clone().header("accept", "application/xml");
    xml.get("/api/auth/profile/").await.is(406).has(json!({ "code": "not_acceptable" }));
    student.get("/api/auth/profile/?format=xml").await.is(404);
    student.get("/api/auth/profile/?format=json").await.is(200);
}

#[tokio::test]
async fn formats_other_than_json_are_refused_where_there_is_none() {
    let app = empty().await;
    let registered = register(&app, "amani@students.test", "").await;
    let token = tokens(&registered).0;
    let refused = json!({
        "detail": "Could not satisfy the request Accept header.", "code": "not_acceptable",
    });
    for kind in ["application/pdf", "text/csv", "image/png, application/xml;q=0.9"] {
        let client = app.with_token(token.clone()).header("accept", kind);
        client.get("/api/auth/profile/").await.is(406).has(refused.clone());
        client.patch("/api/auth/profile/", json!({ "full_name": "Else" })).await.is(406);
    }
    let client = app.with_token(token);
    client.get("/api/auth/profile/?format=xml").await.is(404);
    client
        .get("/api/auth/profile/?format=json")
        .await
        .is(200)
        .has(json!({ "full_name": registered.json()["user"]["full_name"] }));
    for kind in ["text/html", "*/*", "application/*", "application/json;q=0.1, text/csv"] {
        app.with_token(tokens(&registered).0).header("accept", kind).get("/api/auth/profile/").await.is(200);
    }
}

#[tokio::test]
async fn options_describe_a_view_to_whoever_may_see_it() {
    let app = empty().await;
    let registered = register(&app, "amani@students.test", "").await;
    let student = app.with_token(tokens(&registered).0);
    let described = student.send(Method::OPTIONS, "/api/auth/profile/", None, Vec::new()).await;
    described.is(200).has(json!({ "name": "Auth Profile", "renders": ["application/json"] }));
    app.anonymous().send(Method::OPTIONS, "/api/auth/profile/", None, Vec::new()).await.is(401);
    let options = async |path| student.send(Method::OPTIONS, path, None, Vec::new()).await;
    options("/api/users/").await.is(403).has(json!({ "code": "permission_denied" }));
    options("/api/clearances/00000000-0000-4000-8000-000000000000/").await.is(404);
    options("/api/notifications/mark-all-read/")
        .await
        .is(200)
        .has(json!({ "name": "Notifications Mark All Read" }));
    let preflight = app.anonymous().header("origin", "http://localhost:4200");
    let preflight = preflight.header("access-control-request-method", "POST");
    let allowed = preflight.send(Method::OPTIONS, "/api/auth/profile/", None, Vec::new()).await;
    allowed.is(200);
    assert_eq!(allowed.header("access-control-allow-origin"), "http://localhost:4200");
    assert_eq!(allowed.header("access-control-allow-credentials"), "true");
}

#[tokio::test]
async fn repeated_post_with_a_key_has_its_effect_once() {
    let app = empty().await;
    let admin = add(&app, "admin@mksu.test", "admin").await;
    let body = |email: &str| json!({ "email": email, "full_name": "One", "password": PASSWORD });
    let client = app.as_user(admin).header("idempotency-key", "first");
    let made = client.post("/api/users/", body("one@mksu.test")).await;
    made.is(201);
    let again = client.post("/api/users/", body("one@mksu.test")).await;
    again.is(201);
    assert_eq!((again.header("idempotent-replayed"), again.json()), ("true", made.json()));
    client.post("/api/users/", body("two@mksu.test")).await.is(409).has(json!({
        "detail": "This idempotency key was used for another request."
    }));
    let other = app.as_user(admin).header("idempotency-key", "second");
    other.post("/api/users/", body("one@mksu.test")).await.is(400);
    other.post("/api/users/", body("three@mksu.test")).await.is(201);
}

#[tokio::test]
async fn requests_of_a_user_are_limited_across_processes() {
    let app = empty().await;
    let registered = register(&app, "amani@students.test", "").await;
    let access = tokens(&registered).0;
    let limit = clearance_limit(&app, &access).await;
    assert_eq!(limit, 1001, "the first refusal");
    let twin = app.twin(|_| ()).await;
    for _ in 0..9 {
        twin.with_token(&access).quiet().get("/api/auth/verify/").await.is(200);
    }
    twin.with_token(&access).quiet().get("/api/auth/verify/").await.is(429);
}

/// How many requests it takes until one is refused.
async fn clearance_limit(app: &TestApp, access: &str) -> usize {
    for count in 1..2000 {
        if app.with_token(access).quiet().get("/api/auth/verify/").await.status() == 429 {
            return count;
        }
    }
    0
}

#[tokio::test]
async fn token_that_does_not_hold_is_401_however_often_it_comes() {
    let app = empty().await;
    for _ in 0..120 {
        let answer = app.with_token("old").quiet().get("/api/auth/profile/").await;
        answer.is(401).has(json!({ "code": "token_not_valid" }));
    }
    app.anonymous().get("/api/auth/health/").await.is(200);
    app.with_token("old").post("/api/auth/logout/", json!({})).await.is(200);
}

#[tokio::test]
async fn one_of_two_registrations_at_once_is_told_which_field_is_taken() {
    let app = TestApp::of(&clearance::SYSTEM, |config| config.database.pool_size = 8).await;
    let (one, other) = tokio::join!(
        register(&app, "one@students.test", "SCE/CS/0001/2024"),
        register(&app, "two@students.test", "SCE/CS/0001/2024")
    );
    let refused = if one.status() == 201 { other } else { one };
    refused.is(400).has(json!({ "admission_number": ["user with this admission number already exists."] }));
}
