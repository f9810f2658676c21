//! The buttons that mail every cadet.

use serde_json::json;
use tests::{TestApp, a_cadet};

const PATH: &str = "/api/admin/cadet-email/send-template";
const UPDATE: &str = "MSU-SND ROTC Grading System - Important Update";

/// A system whose mails could leave.
async fn mailing() -> TestApp {
    TestApp::with(|config| config.mail.smtp = Some("smtp://mail.example.test".into())).await
}

async fn mails(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM muster.mails", &[]).await
}

#[tokio::test]
async fn cadets_with_an_address_who_want_mails_get_one() {
    let app = mailing().await;
    let (cadet, quiet) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    app.as_cadet(&quiet).put("/api/settings", json!({ "email_alerts": false })).await.is(200);
    let (pending, nowhere) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    app.add(a_cadet().archived()).await;
    app.execute("UPDATE users SET is_approved = 0 WHERE id = $1", &[&pending.user_id]).await;
    app.execute("UPDATE users SET email = ' ' WHERE id = $1", &[&nowhere.user_id]).await;
    let wrong = app.add(a_cadet()).await;
    app.execute("UPDATE users SET email = 'no address' WHERE id = $1", &[&wrong.user_id]).await;

    let answer = app.as_admin().post(PATH, json!({ "templateKey": "cadet_general_update" })).await;

    answer.is(200).message("Cadet notification email sent to 1 cadets. Failed: 1.");
    assert_eq!(mails(&app).await, 1);
    let text = app.mailed(&cadet.email, UPDATE).await;
    for part in [&cadet.student_id, &cadet.last_name, "https://rotc.example.test/login"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.to_lowercase().contains("password"), "{text}");
}

#[tokio::test]
async fn names_are_escaped_in_the_page_of_a_mail() {
    let app = mailing().await;
    let cadet = app.add(a_cadet()).await;
    app.execute("UPDATE cadets SET first_name = '<script>alert(1)</script>' WHERE id = $1", &[&cadet.id])
        .await;

    app.as_admin().post(PATH, json!({ "templateKey": "cadet_training_reminder" })).await.is(200);

    app.mailed(&cadet.email, "MSU-SND ROTC - Training and Activities Reminder").await;
    let html: String = app.value("SELECT html_body FROM muster.mails", &[]).await;
    assert!(!html.contains("<script>") && html.contains("alert(1)"), "{html}");
}

#[tokio::test]
async fn a_button_pressed_twice_mails_once() {
    let app = mailing().await;
    app.add(a_cadet()).await;
    let press = async || app.as_admin().post(PATH, json!({ "templateKey": "cadet_general_update" })).await;

    let sentence = "Cadet notification email sent to 1 cadets. Failed: 0.";
    press().await.is(200).message(sentence);
    press().await.is(200).message(sentence);
    assert_eq!(mails(&app).await, 1);

    app.as_admin().post(PATH, json!({ "templateKey": "cadet_training_reminder" })).await.is(200);
    app.execute("UPDATE muster.mails SET created_at = created_at - interval '11 seconds'", &[]).await;
    press().await.is(200).message(sentence);
    assert_eq!(mails(&app).await, 3);
}

#[tokio::test]
async fn what_cannot_be_mailed_is_said() {
    let (app, mute) = (mailing().await, TestApp::rotc().await);
    mute.add(a_cadet()).await;

    for body in
        [json!({}), json!({ "templateKey": "nope" }), json!({ "templateKey": ["cadet_general_update"] })]
    {
        app.as_admin().post(PATH, body).await.is(400).message("Invalid or missing email template key.");
    }
    let order = json!({ "templateKey": "cadet_general_update" });
    let nobody = app.as_admin().post(PATH, order.clone()).await;
    nobody.is(400).message("No eligible cadets with email found.");
    let answer = mute.as_admin().post(PATH, order.clone()).await;
    answer.is(500).message(
        "Email sending is not configured on the server. Please set EMAIL_USER and EMAIL_PASS environment variables to \
         enable cadet notification emails.",
    );
    app.as_staff().post(PATH, order.clone()).await.is(403).message("Forbidden");
    app.as_cadet(&app.add(a_cadet()).await).post(PATH, order).await.is(403);
    assert_eq!(mails(&app).await + mails(&mute).await, 0);
}
