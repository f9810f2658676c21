//! Signing in with an identifier and no password.

use serde_json::json;
use shared::config::IdentifierLogin;
use tests::{TestApp, a_cadet, a_staff_member, an_admin};

const CADET: &str = "/api/auth/cadet-login";
const STAFF: &str = "/api/auth/staff-login-no-pass";

async fn trusting() -> TestApp {
    TestApp::with(|config| config.identifier_login = IdentifierLogin::Trusted).await
}

/// The secret of the link in the last mail.
async fn mailed_code(app: &TestApp, address: &str) -> String {
    let mail = app.mailed(address, "Your sign-in link").await;
    let (_, rest) = mail.split_once("https://rotc.example.test/api/auth/link#").expect("a link in the mail");
    rest.split_whitespace().next().expect("a secret").to_owned()
}

#[tokio::test]
async fn a_mailed_link_signs_in_once() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    let asked = app.anonymous().post(CADET, json!({ "identifier": cadet.student_id })).await;
    asked.is(401).message("Check your e-mail for a sign-in link. It works once, within 15 minutes.");
    let code = mailed_code(&app, &cadet.email).await;

    let answer = app.anonymous().post("/api/auth/link", json!({ "code": code })).await;
    answer.is(200).has(json!({ "role": "cadet", "cadetId": cadet.id, "userId": cadet.user_id }));
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    app.with_token(token).get("/api/auth/profile").await.is(200);
    app.anonymous().post("/api/auth/link", json!({ "code": code })).await.is(401);
}

#[tokio::test]
async fn administrator_whom_strangers_have_locked_out_signs_in_by_a_mailed_link() {
    let app = TestApp::rotc().await;
    let admin = app.add(an_admin().with_password("secret")).await;
    let login = |password: &str| json!({ "username": admin.username, "password": password });
    for _ in 0..5 {
        app.anonymous().post("/api/auth/login", login("wrong")).await.is(401);
    }
    app.anonymous().post("/api/auth/login", login("secret")).await.is(429);

    let code = mailed_code(&app, &format!("{}@example.test", admin.username)).await;

    let answer = app.anonymous().post("/api/auth/link", json!({ "code": code })).await;
    answer.is(200).has(json!({ "role": "admin", "userId": admin.user_id }));
}

#[tokio::test]
async fn a_link_works_for_a_quarter_of_an_hour() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.anonymous().post(CADET, json!({ "identifier": cadet.student_id })).await.is(401);
    let code = mailed_code(&app, &cadet.email).await;

    app.clock.advance(chrono::TimeDelta::minutes(16));

    app.anonymous().post("/api/auth/link", json!({ "code": code })).await.is(401);
    for nonsense in [json!({}), json!({ "code": 7 }), json!({ "code": "x".repeat(5000) })] {
        app.anonymous().post("/api/auth/link", nonsense).await.is(401);
    }
}

#[tokio::test]
async fn nobody_learns_from_the_answer_whether_an_account_exists() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let archived = app.add(a_cadet().archived()).await;

    let known = app.anonymous().post(CADET, json!({ "identifier": cadet.student_id })).await;
    for other in [archived.student_id.as_str(), "nobody", "admin"] {
        let answer = app.anonymous().post(CADET, json!({ "identifier": other })).await;
        assert_eq!((answer.status(), answer.json()), (known.status(), known.json()));
    }
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.mails", &[]).await, 1);
}

#[tokio::test]
async fn without_an_address_of_our_own_the_answer_is_the_same_and_no_link_is_made() {
    let app = TestApp::with(|config| config.public_url = None).await;
    let cadet = app.add(a_cadet()).await;

    let known = app.anonymous().post(CADET, json!({ "identifier": cadet.student_id })).await;
    let unknown = app.anonymous().post(CADET, json!({ "identifier": "nobody" })).await;

    assert_eq!((known.status(), known.json()), (unknown.status(), unknown.json()));
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.signin_links", &[]).await, 0);
}

#[tokio::test]
async fn one_person_gets_three_links_in_a_quarter_of_an_hour() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    for _ in 0..5 {
        app.anonymous().post(CADET, json!({ "identifier": cadet.student_id })).await.is(401);
    }

    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.mails", &[]).await, 3);
}

#[tokio::test]
async fn the_page_of_a_link_loads_its_script_from_us() {
    let app = TestApp::rotc().await;

    let page = app.anonymous().get("/api/auth/link").await;
    let script = app.anonymous().get("/api/auth/link.js").await;

    assert!(page.is(200).text().contains("<script src=\"/api/auth/link.js\">"));
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    for stored in ["'token'", "'role'", "'cadetId'", "'isProfileCompleted'"] {
        assert!(script.is(200).text().contains(&format!("localStorage.setItem({stored}")), "{stored}");
    }
}

#[tokio::test]
async fn where_it_is_trusted_any_identifier_of_a_cadet_signs_in_but_never_an_admin() {
    let app = trusting().await;
    let cadet = app.add(a_cadet()).await;
    let staff = app.add(a_staff_member()).await;
    let admin = app.add(an_admin()).await;
    let name = "SELECT username FROM users WHERE id = $1";

    for identifier in [&cadet.student_id, &cadet.email] {
        let answer = app.anonymous().post(CADET, json!({ "identifier": identifier })).await;
        answer.is(200).has(json!({ "role": "cadet", "cadetId": cadet.id }));
    }
    let staff_name = app.value::<String>(name, &[&staff.user_id]).await;
    app.anonymous()
        .post(STAFF, json!({ "identifier": staff_name }))
        .await
        .is(200)
        .has(json!({ "staffId": staff.id }));
    let admin_name = app.value::<String>(name, &[&admin.user_id]).await;
    for path in [CADET, STAFF] {
        app.anonymous()
            .post(path, json!({ "identifier": admin_name }))
            .await
            .is(401)
            .message("Invalid credentials");
    }
    app.anonymous().post(STAFF, json!({ "identifier": cadet.student_id })).await.is(401);
}

#[tokio::test]
async fn a_password_that_is_sent_is_always_verified() {
    let app = trusting().await;
    let cadet = app.add(a_cadet().with_password("secret")).await;
    let with = |password: &str| json!({ "identifier": cadet.student_id, "password": password });

    app.anonymous().post(CADET, with("wrong")).await.is(401).message("Invalid credentials");
    app.anonymous().post(CADET, with("secret")).await.is(200);
}

#[tokio::test]
async fn an_address_that_two_people_share_names_nobody() {
    let app = trusting().await;
    let (one, two) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    app.execute(
        "UPDATE users SET email = 'family@example.test' WHERE id IN ($1, $2)",
        &[&one.user_id, &two.user_id],
    )
    .await;

    app.anonymous().post(CADET, json!({ "identifier": "family@example.test" })).await.is(401);
}

#[tokio::test]
async fn where_it_is_off_an_identifier_alone_is_refused() {
    let app = TestApp::with(|config| config.identifier_login = IdentifierLogin::Off).await;
    let cadet = app.add(a_cadet().with_password("secret")).await;

    app.anonymous().post(CADET, json!({ "identifier": cadet.student_id })).await.is(401);
    app.anonymous()
        .post(CADET, json!({ "identifier": cadet.student_id, "password": "secret" }))
        .await
        .is(200);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.mails", &[]).await, 0);
}

#[tokio::test]
async fn a_user_without_a_cadet_is_linked_by_student_id_but_never_to_somebody_elses_cadet() {
    let app = trusting().await;
    let (free, taken) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    app.execute("UPDATE users SET cadet_id = NULL WHERE id = $1", &[&free.user_id]).await;
    let intruder: i32 = app
        .value(
            "INSERT INTO users (username, password, role, is_approved, email) VALUES ('intruder', '!', 'cadet', 1, $1)
             RETURNING id",
            &[&taken.email],
        )
        .await;

    app.anonymous()
        .post(CADET, json!({ "identifier": free.student_id }))
        .await
        .is(200)
        .has(json!({ "cadetId": free.id }));
    app.anonymous()
        .post(CADET, json!({ "identifier": "intruder" }))
        .await
        .is(200)
        .has(json!({ "cadetId": null, "userId": intruder }));
    let events: i64 =
        app.value("SELECT count(*) FROM sync_events WHERE event_type = 'login_autolink_cadet'", &[]).await;
    assert_eq!(events, 1);
}
