//! Taking somebody onto the staff, and the account they get.

use serde_json::{Value, json};
use shared::config::IdentifierLogin;
use tests::{Answer, TestApp, a_staff_member};

use super::{STAFF, rows};

fn aurora(last_name: &str, email: &str) -> Value {
    json!({ "rank": "Sgt", "first_name": "Aurora", "last_name": last_name, "email": email })
}

/// User name and password out of the sentence that the client API has always answered.
fn credentials(answer: &Answer) -> (String, String) {
    let message = answer.is(200).json()["message"].as_str().unwrap_or_default().to_owned();
    let (name, password) = message
        .strip_prefix("Staff created successfully. Username: ")
        .and_then(|rest| rest.split_once(", Password: \""))
        .unwrap_or_else(|| panic!("{message}"));
    (name.to_owned(), password.split('"').next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_new_member_signs_in_with_the_drawn_password() {
    let app = TestApp::rotc().await;

    let answer = app.as_admin().post(STAFF, aurora("Quezon", "aurora@example.test")).await;

    let (name, password) = credentials(&answer);
    assert_eq!(name, "aurora");
    assert!(password.len() >= 12, "{password}");
    assert!(!password.contains(['0', 'O', '1', 'l', 'I', 'o']), "{password}");
    let signed_in =
        app.anonymous().post("/api/auth/login", json!({ "username": name, "password": password })).await;
    signed_in.is(200).has(json!({ "role": "training_staff", "staffId": answer.json()["id"] }));
    for guess in ["aurora", "quezon", "Aurora", ""] {
        let guessed = json!({ "username": name, "password": guess });
        assert_ne!(app.anonymous().post("/api/auth/login", guessed).await.status(), 200);
    }
    let id = i32::try_from(answer.json()["id"].as_i64().unwrap_or_default()).unwrap_or_default();
    app.as_admin().get(&format!("{STAFF}/{id}")).await.has(json!({ "rank": "Sgt", "role": "Instructor",
        "email": "aurora@example.test", "is_profile_completed": false,
        "created_at": "2026-02-02T08:00:00.000Z" }));
    let audited = app.audited("training_staff", "INSERT", id).await.to_string();
    assert!(!audited.contains("aurora@example.test"), "{audited}");
    let log = "SELECT count(*) FROM audit_logs WHERE payload::text LIKE '%' || $1 || '%'";
    assert_eq!(app.value::<i64>(log, &[&password]).await, 0);
}

#[tokio::test]
async fn two_drawn_passwords_differ() {
    let app = TestApp::rotc().await;
    let first = credentials(&app.as_admin().post(STAFF, aurora("Quezon", "")).await);
    let second = credentials(&app.as_admin().post(STAFF, aurora("Luna", "")).await);
    assert_ne!(first.1, second.1);
}

/// First name, then last name for a namesake, then both joined, then with a number.
#[tokio::test]
async fn user_names_are_made_of_names_until_one_is_free() {
    let app = TestApp::rotc().await;
    let mut names = Vec::new();
    for (rank, last_name) in
        [("Sgt", "Quezon"), ("Sgt", "Luna"), ("Cpl", "Luna"), ("Pvt", "Luna"), ("Maj", "Luna")]
    {
        let body = json!({ "rank": rank, "first_name": "Aurora", "last_name": last_name });
        names.push(credentials(&app.as_admin().post(STAFF, body).await).0);
    }
    assert_eq!(names[..4], ["aurora", "luna", "aurora.luna", "luna.aurora"]);
    let number = names[4].strip_prefix("luna").and_then(|number| number.parse::<u32>().ok());
    assert!(number.is_some_and(|number| number < 1000), "{names:?}");

    let foreign = json!({ "first_name": "Ñ", "last_name": "Ü" });
    assert_eq!(credentials(&app.as_admin().post(STAFF, foreign).await).0, "staff");
}

#[tokio::test]
async fn an_address_of_somebody_else_is_left_out_and_the_message_says_so() {
    let app = TestApp::rotc().await;
    let colleague = app.add(a_staff_member()).await;

    let answer = app.as_admin().post(STAFF, aurora("Luna", &colleague.email.to_uppercase())).await;

    let message = answer.is(200).json()["message"].as_str().unwrap_or_default().to_owned();
    let email = colleague.email.to_uppercase();
    assert!(
        message.ends_with(&format!("The e-mail address {email} belongs to somebody else and was left out")),
        "{message}"
    );
    let id = answer.json()["id"].as_i64();
    let shown = app.as_admin().get(&format!("{STAFF}/{}", id.unwrap_or_default())).await;
    shown.has(json!({ "email": null, "user": { "username": "aurora", "email": null } }));
}

#[tokio::test]
async fn a_request_that_arrives_twice_adds_one_member() {
    let app = TestApp::crowded().await;
    let admin = app.as_admin();
    app.admin_id().await;
    for body in [aurora("Quezon", "aurora@example.test"), aurora("Luna", "")] {
        let before = rows(&app, "training_staff").await;
        let answers = futures_util::future::join_all((0..4).map(|_| admin.post(STAFF, body.clone()))).await;
        let mut statuses: Vec<u16> = answers.iter().map(Answer::status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409]);
        let refused = answers.iter().find(|answer| answer.status() == 409).expect("a refused one");
        let message = refused.json()["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.ends_with("is already on the staff"), "{message}");
        assert_eq!(rows(&app, "training_staff").await, before + 1);
    }
    assert_eq!(rows(&app, "users WHERE role = 'training_staff'").await, 2);
    app.clock.advance(chrono::TimeDelta::seconds(4));
    admin.post(STAFF, aurora("Quezon", "aurora@example.test")).await.is(409);
    admin.post(STAFF, aurora("Luna", "")).await.is(200);
}

#[tokio::test]
async fn an_account_is_a_wish_and_may_have_a_chosen_name_and_password() {
    let app = TestApp::rotc().await;
    let colleague = app.add(a_staff_member()).await;
    let post = async |extra: Value| {
        let mut body = aurora("Quezon", "aurora@example.test");
        body.as_object_mut().expect("an object").extend(extra.as_object().cloned().unwrap_or_default());
        app.as_admin().post(STAFF, body).await
    };

    for (password, why) in [
        ("short", "The password must have at least 8 characters."),
        ("my-quezon-2026", "The password must not contain the name."),
        ("AURORA-2026", "The password must not contain the name."),
    ] {
        post(json!({ "password": password })).await.is(400).message(why);
    }
    post(json!({ "password": "ñ".repeat(40) })).await.is(400);
    post(json!({ "username": colleague.username.to_uppercase() })).await.is(409).code("username_taken");
    post(json!({ "username": colleague.email })).await.is(409).code("username_taken");
    assert_eq!(rows(&app, "training_staff").await, 1, "a refusal leaves no member behind");
    let chosen = post(json!({ "username": "aq", "password": "correct horse" })).await;
    chosen.is(200).message("Staff created successfully. Username: aq");
    let sign_in = json!({ "username": "aq", "password": "correct horse" });
    app.anonymous().post("/api/auth/login", sign_in).await.is(200);

    let body = json!({ "first_name": "Emilio", "last_name": "Jacinto", "create_user_account": false });
    let without = app.as_admin().post(STAFF, body).await;
    without.is(200).message("Staff created successfully");
    let id = without.json()["id"].as_i64().unwrap_or_default();
    app.as_admin().get(&format!("{STAFF}/{id}")).await.has(json!({ "first_name": "Emilio", "user": null }));
}

/// Nobody but the member sees a secret then.
#[tokio::test]
async fn where_mail_is_sent_the_new_member_is_invited() {
    let app = TestApp::with(|config| config.mail.smtp = Some("smtp://127.0.0.1:9".into())).await;

    let answer = app.as_admin().post(STAFF, aurora("Quezon", "aurora@example.test")).await;

    let told =
        "Staff created successfully. Username: aurora. An invitation was mailed to aurora@example.test";
    answer.is(200).message(told);
    credentials(&app.as_admin().post(STAFF, aurora("Luna", "")).await);
    let mail = app.mailed("aurora@example.test", "Your account on the ROTC grading system").await;
    let (_, rest) = mail.split_once("https://rotc.example.test/api/auth/link#").expect("a link in the mail");
    let code = rest.split_whitespace().next().expect("a secret");
    app.clock.advance(chrono::TimeDelta::days(2));
    let signed_in = app.anonymous().post("/api/auth/link", json!({ "code": code })).await;
    signed_in.is(200).has(json!({ "role": "training_staff", "staffId": answer.json()["id"] }));
    app.anonymous().post("/api/auth/link", json!({ "code": code })).await.is(401);
}

#[tokio::test]
async fn an_invitation_ends_after_three_days() {
    let app = TestApp::with(|config| config.mail.smtp = Some("smtp://127.0.0.1:9".into())).await;
    app.as_admin().post(STAFF, aurora("Quezon", "aurora@example.test")).await.is(200);
    let mail = app.mailed("aurora@example.test", "Your account on the ROTC grading system").await;
    let (_, rest) = mail.split_once("/api/auth/link#").expect("a link in the mail");
    let code = rest.split_whitespace().next().expect("a secret");
    app.clock.advance(chrono::TimeDelta::days(3) + chrono::TimeDelta::seconds(1));
    app.anonymous().post("/api/auth/link", json!({ "code": code })).await.is(401);
}

/// Where a link cannot be asked for again, the member needs a password.
#[tokio::test]
async fn nobody_is_invited_where_links_do_not_sign_in() {
    let app = TestApp::with(|config| {
        config.mail.smtp = Some("smtp://127.0.0.1:9".into());
        config.identifier_login = IdentifierLogin::Off;
    })
    .await;
    credentials(&app.as_admin().post(STAFF, aurora("Quezon", "aurora@example.test")).await);
    assert_eq!(rows(&app, "muster.mails").await, 0);
}

#[tokio::test]
async fn a_member_needs_a_name_and_a_sound_address() {
    let app = TestApp::rotc().await;
    for body in [
        json!({}),
        json!({ "first_name": "X" }),
        json!({ "first_name": " ", "last_name": "X" }),
        json!({ "first_name": "<>", "last_name": "X" }),
        aurora("Quezon", "no address"),
        json!({ "first_name": "A", "last_name": "B", "age": "abc" }),
        json!({ "first_name": "A", "last_name": "B", "facebook_link": "javascript:alert(1)" }),
        json!({ "first_name": "A", "last_name": "B", "address": "x".repeat(5000) }),
        json!({ "first_name": "A", "last_name": "B", "address": "a\u{0}b" }),
        json!({ "first_name": "A", "last_name": "B", "rank": { "a": 1 } }),
    ] {
        app.as_admin().post(STAFF, body).await.is(400);
    }
    assert_eq!(rows(&app, "training_staff").await + rows(&app, "users WHERE role <> 'admin'").await, 0);
}

/// The client prints these fields as HTML.
#[tokio::test]
async fn angle_brackets_do_not_get_into_a_row() {
    let app = TestApp::rotc().await;
    let body = json!({ "first_name": "<b>Ana</b>", "last_name": "Cruz", "afpsn": "<img src=x onerror=alert(1)>",
        "rotc_unit": "1 < 2", "rank": "<script>" });
    let id = app.as_admin().post(STAFF, body).await.is(200).json()["id"].as_i64().unwrap_or_default();
    let shown = app.as_admin().get(&format!("{STAFF}/{id}")).await;
    shown.has(json!({ "first_name": "bAna/b", "afpsn": "img src=x onerror=alert(1)", "rotc_unit": "1  2" }));
    assert!(!shown.text().contains(['<', '>']), "{shown}");
}
