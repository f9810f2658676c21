//! Asking for an account.

use serde_json::json;
use tests::{TestApp, a_cadet};

const REGISTER: &str = "/api/auth/register";

#[tokio::test]
async fn a_registration_waits_for_approval() {
    let app = TestApp::rotc().await;
    let wanted = json!({ "username": "new.cadet", "email": "new@example.test", "password": "secret1" });

    let answer = app.anonymous().post(REGISTER, wanted).await;

    answer.is(201).has(json!({
        "is_approved": false,
        "message": "Registration successful. Awaiting approval.",
        "user": { "username": "new.cadet", "role": "cadet", "is_approved": false, "settings": { "primary_color": "default" } },
    }));
    let login = json!({ "username": "new.cadet", "password": "secret1" });
    app.anonymous().post("/api/auth/login", login).await.is(403).message("Account pending approval");
    let id = i32::try_from(answer.json()["user"]["id"].as_i64().unwrap()).unwrap();
    let payload = app.audited("users", "INSERT", id).await.to_string();
    assert!(!payload.contains("new@example.test") && !payload.contains("$2"), "{payload}");
}

#[tokio::test]
async fn nobody_registers_under_the_student_id_of_a_cadet_who_has_an_account() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.execute("UPDATE users SET username = 'somebody' WHERE id = $1", &[&cadet.user_id]).await;
    let wanted =
        json!({ "username": cadet.student_id, "email": "other@example.test", "password": "secret1" });

    app.anonymous()
        .post(REGISTER, wanted.clone())
        .await
        .is(400)
        .message("user with this username already exists.");

    app.execute("UPDATE users SET cadet_id = NULL WHERE id = $1", &[&cadet.user_id]).await;
    app.anonymous().post(REGISTER, wanted).await.is(201);
}

#[tokio::test]
async fn nobody_registers_as_admin_or_staff() {
    let app = TestApp::rotc().await;

    for role in ["admin", "training_staff", "boss"] {
        let wanted =
            json!({ "username": "new.user", "email": "n@example.test", "password": "secret1", "role": role });
        app.anonymous().post(REGISTER, wanted).await.is(400);
    }

    assert_eq!(app.value::<i64>("SELECT count(*) FROM users", &[]).await, 0);
}

#[tokio::test]
async fn every_field_of_a_registration_is_checked() {
    let app = TestApp::rotc().await;
    let good = json!({ "username": "new.user", "email": "n@example.test", "password": "secret1" });

    for (field, bad) in [
        ("username", json!("ab")),
        ("username", json!("x".repeat(151))),
        ("username", json!(7)),
        ("email", json!("no address")),
        ("email", json!(null)),
        ("password", json!("12345")),
        ("password", json!("x".repeat(73))),
        ("username", json!("nul\u{0}byte")),
    ] {
        let mut wanted = good.clone();
        wanted[field] = bad;
        app.anonymous().post(REGISTER, wanted).await.is(400);
    }
    assert_eq!(app.value::<i64>("SELECT count(*) FROM users", &[]).await, 0);
}

#[tokio::test]
async fn two_registrations_of_one_name_or_address_at_once_make_one_user() {
    let app = TestApp::crowded().await;
    let wanted = |name: &str, email: &str| json!({ "username": name, "email": email, "password": "secret1" });
    let client = app.anonymous();

    let answers = futures_util::future::join_all([
        client.post(REGISTER, wanted("same.name", "one@example.test")),
        client.post(REGISTER, wanted("same.name", "two@example.test")),
        client.post(REGISTER, wanted("other.name", "ONE@example.test")),
        client.post(REGISTER, wanted("same.name", "one@example.test")),
    ])
    .await;

    let mut statuses: Vec<u16> = answers.iter().map(tests::Answer::status).collect();
    statuses.sort_unstable();
    assert!(statuses.iter().all(|status| [201, 400].contains(status)), "{statuses:?}");
    let names: i64 = app.value("SELECT count(*) FROM users WHERE username = 'same.name'", &[]).await;
    let addresses: i64 =
        app.value("SELECT count(*) FROM users WHERE lower(email) = 'one@example.test'", &[]).await;
    assert!(names <= 1 && addresses == 1, "{names} {addresses}");
}

#[tokio::test]
async fn one_address_registers_ten_times_an_hour() {
    let app = TestApp::rotc().await;
    let register = |n: i32| {
        let wanted = json!({ "username": format!("user{n}"), "email": format!("u{n}@example.test"), "password": "secret1" });
        async { app.anonymous().post(REGISTER, wanted).await.status() }
    };

    for n in 0..10 {
        assert_eq!(register(n).await, 201);
    }
    assert_eq!(register(10).await, 429);
    app.clock.advance(chrono::TimeDelta::minutes(61));
    assert_eq!(register(11).await, 201);
}
