//! Signing in with a password.

use serde_json::json;
use tests::{TestApp, a_cadet, a_staff_member, an_admin};

const LOGIN: &str = "/api/auth/login";

#[tokio::test]
async fn every_role_signs_in_with_a_password() {
    let app = TestApp::rotc().await;
    let admin = app.add(an_admin().with_password("admin-secret")).await;
    let staff = app.add(a_staff_member().with_password("staff-secret")).await;
    let cadet = app.add(a_cadet().with_password("cadet-secret")).await;

    for (user, password, role) in [
        (admin.user_id, "admin-secret", "admin"),
        (staff.user_id, "staff-secret", "training_staff"),
        (cadet.user_id, "cadet-secret", "cadet"),
    ] {
        let username: String = app.value("SELECT username FROM users WHERE id = $1", &[&user]).await;
        let answer = app.anonymous().post(LOGIN, json!({ "username": username, "password": password })).await;
        answer.is(200).has(json!({ "role": role, "userId": user, "user": { "role": role, "id": user } }));
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        app.with_token(token)
            .get("/api/auth/profile")
            .await
            .is(200)
            .has(json!({ "user": { "id": user }, "id": user }));
        app.audited("users", "LOGIN", user).await;
    }
}

#[tokio::test]
async fn user_name_is_known_in_any_case_and_with_spaces_unless_two_differ_in_case_only() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("cadet-secret")).await;
    app.execute("UPDATE users SET username = 'mayumi.salonga' WHERE id = $1", &[&cadet.user_id]).await;
    let sign_in = async |username: &str| {
        app.anonymous().post(LOGIN, json!({ "username": username, "password": "cadet-secret" })).await
    };
    for username in ["mayumi.salonga", "Mayumi.salonga", "mayumi.salonga ", " MAYUMI.SALONGA"] {
        sign_in(username).await.is(200).has(json!({ "userId": cadet.user_id }));
    }
    let other = app.add(a_cadet().with_password("cadet-secret")).await;
    app.execute("UPDATE users SET username = 'Mayumi.Salonga' WHERE id = $1", &[&other.user_id]).await;
    sign_in("Mayumi.Salonga").await.is(200).has(json!({ "userId": other.user_id }));
    sign_in("mayumi.salonga").await.is(200).has(json!({ "userId": cadet.user_id }));
    sign_in("MAYUMI.SALONGA").await.is(401).message("Invalid credentials");
}

#[tokio::test]
async fn a_hash_of_the_legacy_server_verifies_unchanged() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let legacy =
        bcrypt::hash_with_salt("cadet123", 10, [7; 16]).unwrap().format_for_version(bcrypt::Version::TwoA);
    app.execute("UPDATE users SET password = $2 WHERE id = $1", &[&cadet.user_id, &legacy]).await;

    let body = json!({ "username": cadet.student_id, "password": "cadet123" });

    app.anonymous().post(LOGIN, body).await.is(200).has(json!({ "cadetId": cadet.id, "staffId": null }));
    let kept: String = app.value("SELECT password FROM users WHERE id = $1", &[&cadet.user_id]).await;
    assert_eq!(kept, legacy);
}

#[tokio::test]
async fn wrong_names_and_passwords_get_the_same_answer_and_no_session() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("cadet-secret")).await;

    for body in [
        json!({ "username": cadet.student_id, "password": "wrong" }),
        json!({ "username": "nobody", "password": "cadet-secret" }),
        json!({ "username": ["a"], "password": "b" }),
        json!({ "username": cadet.student_id, "password": { "$ne": 1 } }),
        json!({ "username": "' OR 1=1 --", "password": "x" }),
    ] {
        app.anonymous().post(LOGIN, body).await.is(401).message("Invalid credentials");
    }
    app.anonymous().post(LOGIN, json!({ "username": "x" })).await.is(400);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.sessions", &[]).await, 0);
    assert_eq!(app.audited("users", "LOGIN_FAILED", cadet.user_id).await["locked"], json!(false));
}

#[tokio::test]
async fn a_placeholder_never_verifies() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let placeholder = "$2a$10$DUMMYPASSWORDHASHDO_NOT_USE_OR_YOU_WILL_BE_HACKED";
    app.execute("UPDATE users SET password = $2 WHERE id = $1", &[&cadet.user_id, &placeholder]).await;

    for password in ["x", placeholder, "!"] {
        let body = json!({ "identifier": cadet.student_id, "password": password });
        app.anonymous().post("/api/auth/cadet-login", body).await.is(401).message("Invalid credentials");
    }
}

#[tokio::test]
async fn the_archived_and_the_unapproved_are_refused_only_after_their_password() {
    let app = TestApp::rotc().await;
    let archived = app.add(a_cadet().with_password("secret").archived()).await;
    let pending = app.add(a_cadet().with_password("secret")).await;
    app.execute("UPDATE users SET is_approved = 0 WHERE id = $1", &[&pending.user_id]).await;

    for (cadet, message) in [(&archived, "Account archived"), (&pending, "Account pending approval")] {
        let login = |password: &str| json!({ "username": cadet.student_id, "password": password });
        app.anonymous().post(LOGIN, login("secret")).await.is(403).message(message);
        app.anonymous().post(LOGIN, login("wrong")).await.is(401).message("Invalid credentials");
        app.audited("users", "LOGIN_REFUSED", cadet.user_id).await;
    }
}

#[tokio::test]
async fn the_cookie_is_for_browsers_that_load_files_and_changes_nothing() {
    let app = TestApp::with(|config| config.production = true).await;
    let cadet = app.add(a_cadet().with_password("secret")).await;
    let login = json!({ "username": cadet.student_id, "password": "secret" });

    let answer = app.anonymous().post(LOGIN, login).await;

    let cookie = answer.is(200).header("set-cookie").to_owned();
    for word in ["rotc_session=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    let pair = cookie.split(';').next().unwrap();
    let browser = app.anonymous().header("Cookie", pair);
    browser.get("/uploads/nothing.png").await.is(404);
    app.anonymous().get("/uploads/nothing.png").await.is(200);
    browser.get("/api/auth/settings").await.is(401);
    browser.post("/api/auth/logout", json!({})).await.is(401);
}
