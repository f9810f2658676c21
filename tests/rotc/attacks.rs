//! What an attack over the API found, repeated: each is refused, or does what whoever asked may do.

use std::time::Duration;

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Part, TestApp, a_cadet, a_staff_member};

const REGISTER: &str = "/api/auth/register";

async fn register(app: &TestApp, username: &str, email: &str) -> Answer {
    let wanted = json!({ "username": username, "email": email, "password": "a good word" });
    app.anonymous().post(REGISTER, wanted).await
}

async fn approval(app: &TestApp, user_id: i32) -> Option<i32> {
    app.value("SELECT is_approved FROM users WHERE id = $1", &[&user_id]).await
}

#[tokio::test]
async fn user_name_is_nobodys_address_and_address_nobodys_user_name() {
    let app = TestApp::rotc().await;
    let (cadet, member) = (app.add(a_cadet()).await, app.add(a_staff_member()).await);
    app.execute("UPDATE users SET username = 'somebody@example.test' WHERE id = $1", &[&member.user_id])
        .await;

    register(&app, &cadet.email, "other@example.test").await.is(400);
    register(&app, &format!(" {} ", cadet.email.to_uppercase()), "other@example.test").await.is(400);
    register(&app, "newcomer", "Somebody@example.test").await.is(400);
    let rename = json!({ "username": cadet.email });
    app.as_admin().put(&format!("/api/staff/{}", member.id), rename.clone()).await.is(409);
    let other = app.add(a_cadet()).await;
    let renamed = app.as_admin().put(&format!("/api/cadets/{}", other.id), rename).await;
    assert!([400, 409].contains(&renamed.status()), "{renamed}");

    let names = "SELECT count(*) FROM users WHERE lower(username) = lower($1)";
    assert_eq!(app.value::<i64>(names, &[&cadet.email]).await, 0);
}

#[tokio::test]
async fn of_a_name_and_an_equal_address_given_at_once_one_is_refused() {
    let app = TestApp::crowded().await;
    for round in 0..5 {
        let contested = format!("contested{round}@example.test");
        let statuses = join_all([
            register(&app, &contested, &format!("own{round}@example.test")),
            register(&app, &format!("other{round}"), &contested),
        ])
        .await;
        let made = statuses.iter().filter(|answer| answer.status() == 201).count();
        assert_eq!(made, 1, "{} and {}", statuses[0], statuses[1]);
    }
}

#[tokio::test]
async fn new_cadet_does_not_get_the_address_of_another_account() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let new = |email: &str| json!({ "first_name": "Ana", "last_name": "Cruz", "student_id": "2026-9901", "email": email });

    let refused = app.as_admin().post("/api/cadets", new(&cadet.email.to_uppercase())).await;
    assert!([400, 409].contains(&refused.status()), "{refused}");

    app.as_admin().post("/api/cadets", new("ana@example.test")).await.is(201);
}

#[tokio::test]
async fn archived_and_restored_account_is_approved_as_it_was() {
    let app = TestApp::rotc().await;
    let (waiting, approved) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let member = app.add(a_staff_member()).await;
    app.execute(
        "UPDATE users SET is_approved = 0 WHERE id = ANY($1)",
        &[&vec![waiting.user_id, member.user_id]],
    )
    .await;
    let admin = app.as_admin();

    for _ in 0..2 {
        admin.post("/api/admin/cadets/archive", json!({ "ids": [waiting.id, approved.id] })).await.is(200);
        admin.post("/api/admin/staff/archive", json!({ "ids": [member.id] })).await.is(200);
    }
    assert_ne!(approval(&app, approved.user_id).await, Some(1));
    admin.post("/api/admin/cadets/restore", json!({ "ids": [waiting.id, approved.id] })).await.is(200);
    admin.post("/api/admin/staff/restore", json!({ "ids": [member.id] })).await.is(200);

    assert_eq!(approval(&app, waiting.user_id).await, Some(0));
    assert_eq!(approval(&app, member.user_id).await, Some(0));
    assert_eq!(approval(&app, approved.user_id).await, Some(1));
}

#[tokio::test]
async fn staff_remove_no_cadets() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    let all = json!({ "ids": [cadet.id] });
    app.as_staff().post("/api/admin/cadets/delete", all.clone()).await.is(403);
    app.as_admin().post("/api/admin/cadets/delete", all).await.is(200);
}

#[tokio::test]
async fn nul_deep_inside_of_a_body_is_refused() {
    let app = TestApp::rotc().await;
    let body = r#"{"type": "x", "message": "a", "settings": {"deep": ["a\u0000b"]}}"#;
    for path in ["/api/auth/location", "/api/messages", "/api/notifications"] {
        let answer = app.as_admin().send(Method::POST, path, Some("application/json"), body).await;
        answer.is(400).message("A text holds a character that cannot be stored");
    }
    let harmless = r#"{"subject": "a", "message": "a \\u0000 is no letter"}"#;
    app.as_admin().send(Method::POST, "/api/messages", Some("application/json"), harmless).await.is(200);
}

#[tokio::test]
async fn page_of_a_sign_in_link_tells_no_other_site_where_it_is() {
    let app = TestApp::rotc().await;

    assert_eq!(app.anonymous().get("/api/auth/link").await.header("referrer-policy"), "no-referrer");
    let usual = "strict-origin-when-cross-origin";
    assert_eq!(app.anonymous().get("/api/health").await.header("referrer-policy"), usual);
}

#[tokio::test]
async fn equal_steps_within_a_minute_are_told_once() {
    let app = TestApp::crowded().await;
    let cadet = app.add(a_cadet()).await;
    let client = app.as_cadet(&cadet);

    join_all((0..20).map(|_| client.post("/api/cadet/access", json!({})))).await;

    let told = "SELECT count(*) FROM notifications WHERE type = 'portal_access'";
    assert_eq!(app.value::<i64>(told, &[]).await, 1);
}

#[tokio::test]
async fn twenty_first_message_within_ten_minutes_is_refused() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let client = app.as_cadet(&cadet);
    let message = |number: usize| json!({ "subject": "Question", "message": format!("Number {number}") });

    for number in 0..20 {
        client.post("/api/messages", message(number)).await.is(200);
    }
    client.post("/api/messages", message(20)).await.is(429);
    client.post("/api/messages/admin", message(21)).await.is(429);
    let other = app.add(a_cadet()).await;
    app.as_cadet(&other).post("/api/messages", message(0)).await.is(200);
}

#[tokio::test]
async fn points_below_zero_and_days_of_no_time_are_refused() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let admin = app.as_admin();
    for points in ["merit_points", "demerit_points"] {
        admin.put(&format!("/api/grades/{}", cadet.id), json!({ points: -1 })).await.is(400);
    }
    let sheet = json!({ "prelimScore": 1, "midtermScore": 1, "finalScore": 1, "meritPoints": -1 });
    admin.put(&format!("/api/admin/grades/{}", cadet.id), sheet).await.is(400);
    for date in ["0001-01-01", "9999-12-31"] {
        admin.post("/api/attendance/days", json!({ "date": date, "title": "Drill" })).await.is(400);
    }
    for birthdate in ["9999-01-01", "0001-01-01", "2005-01-01T00:00:00+99:00", "2005-01-01Tea"] {
        let edit = json!({ "birthdate": birthdate });
        admin.put(&format!("/api/cadets/{}", cadet.id), edit).await.is(400);
    }
    let edit = json!({ "birthdate": "2005-01-31T00:00:00.000Z" });
    admin.put(&format!("/api/cadets/{}", cadet.id), edit).await.is(200);
    let points: Value =
        app.value("SELECT to_jsonb(grades) FROM grades WHERE cadet_id = $1", &[&cadet.id]).await;
    assert_eq!(points["merit_points"], 0);
}

#[tokio::test]
async fn ten_equal_training_days_at_once_are_one() {
    let app = TestApp::crowded().await;
    let admin = app.as_admin();
    admin.token().await;
    let day = json!({ "date": "2026-02-07", "title": "Drill" });

    join_all((0..10).map(|_| admin.post("/api/attendance/days", day.clone()))).await;

    assert_eq!(app.value::<i64>("SELECT count(*) FROM training_days", &[]).await, 1);
}

#[tokio::test]
async fn body_that_finds_no_memory_is_refused_with_503_and_those_who_come_later_are_served() {
    let app = TestApp::with(|config| {
        config.memory.bodies = config.memory.bodies.clone().waiting_at_most(Duration::from_millis(50));
    })
    .await;
    let cadet = app.add(a_cadet()).await;
    let client = app.as_cadet(&cadet);
    let all = app.app.config.memory.bodies.share(u64::MAX).await.expect("all of it is free");
    let letter = || {
        [Part::File(
            "file".to_owned(),
            "a.pdf".to_owned(),
            "application/pdf".to_owned(),
            vec![b'%'; 100 * 1024],
        )]
    };

    let refused = client.form(Method::POST, "/api/upload", &letter()).await;
    assert!(refused.is(503).header("retry-after").parse::<u64>().is_ok());

    drop(all);
    client.form(Method::POST, "/api/upload", &letter()).await.is(400);
    let small = json!({ "subject": "a", "message": "small bodies take nothing" });
    client.post("/api/messages", small).await.is(200);
}

#[tokio::test]
async fn new_names_have_no_unseen_or_foreign_letters_and_new_passwords_are_no_names() {
    let app = TestApp::rotc().await;
    for name in ["\u{430}dmin", "ａｄｍｉｎ", "ad\u{200b}min", "admin\u{202e}", "ad\nmin", "<b>admin</b>"]
    {
        register(&app, name, "new@example.test").await.is(400);
    }
    for password in ["111111", "newcomer", "New@Example.test"] {
        let wanted = json!({ "username": "newcomer", "email": "new@example.test", "password": password });
        app.anonymous().post(REGISTER, wanted).await.is(400);
    }
    let cadet = app.add(a_cadet()).await;
    let edit = format!("/api/cadets/{}", cadet.id);
    for hostile in ["Juan\nCruz", "\u{202e}nauJ", "Ju\u{200b}an", "<i>Juan</i>"] {
        app.as_admin().put(&edit, json!({ "first_name": hostile })).await.is(400);
    }
    let other = app.add(a_cadet()).await;
    let id = json!({ "student_id": format!("{}\u{200d}", other.student_id) });
    app.as_admin().put(&edit, id).await.is(400);

    app.execute("UPDATE cadets SET first_name = E'Old\\nname' WHERE id = $1", &[&cadet.id]).await;
    app.as_admin().put(&edit, json!({ "first_name": "Old\nname", "rank": "Sgt" })).await.is(200);
    app.as_admin().put(&edit, json!({ "first_name": "Pen\u{303}aflor" })).await.is(200);
    let name = "SELECT first_name FROM cadets WHERE id = $1";
    assert_eq!(app.value::<String>(name, &[&cadet.id]).await, "Pe\u{f1}aflor");
}
