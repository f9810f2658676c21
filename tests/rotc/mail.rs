//! Mail: stored with the change, sent once, never lost.

use chrono::TimeDelta;
use serde_json::json;
use shared::mail;
use tests::{MailServer, TestApp, a_cadet};

/// An app whose mail goes to `server`, with one mail waiting.
async fn with_a_mail(server: &MailServer) -> TestApp {
    let url = server.url();
    let app = TestApp::with(|config| {
        config.mail.smtp = Some(url.into());
        config.database.pool_size = 8;
    })
    .await;
    let cadet = app.add(a_cadet()).await;
    app.anonymous().post("/api/auth/cadet-login", json!({ "identifier": cadet.student_id })).await.is(401);
    app
}

#[tokio::test]
async fn a_stored_mail_is_sent_once_however_many_deliver() {
    let server = MailServer::taking().await;
    let app = with_a_mail(&server).await;

    let (one, two, three) =
        tokio::join!(mail::deliver(&app.app), mail::deliver(&app.app), mail::deliver(&app.app));

    assert_eq!(one.unwrap() + two.unwrap() + three.unwrap(), 1);
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert!(
        received[0].contains("Subject: Your sign-in link") && received[0].contains("multipart/alternative")
    );
    assert!(received[0].contains("From: Muster <no-reply@example.test>"));
    let kept = "SELECT sent_at IS NOT NULL AND text_body = '' AND html_body = '' FROM muster.mails";
    assert!(app.value::<bool>(kept, &[]).await, "a sent mail keeps no link");
    assert_eq!(mail::deliver(&app.app).await.unwrap(), 0);
}

#[tokio::test]
async fn a_refused_mail_is_tried_again_later() {
    let server = MailServer::refusing().await;
    let app = with_a_mail(&server).await;

    assert_eq!(mail::deliver(&app.app).await.unwrap(), 0);
    assert_eq!(mail::deliver(&app.app).await.unwrap(), 0, "not at once");

    let tries = "SELECT tries FROM muster.mails WHERE sent_at IS NULL AND last_error IS NOT NULL";
    assert_eq!(app.value::<i32>(tries, &[]).await, 1);
    app.clock.advance(TimeDelta::minutes(3));
    assert_eq!(mail::deliver(&app.app).await.unwrap(), 0);
    assert_eq!(app.value::<i32>(tries, &[]).await, 2);
}

#[tokio::test]
async fn a_mail_is_not_stored_when_its_change_fails() {
    let app = TestApp::rotc().await;
    let new = mail::NewMail {
        recipient: "a@example.test".to_owned(),
        subject: "x".to_owned(),
        text: String::new(),
        html: String::new(),
    };

    let mut change = app.app.db.change_for_system("a test").await.unwrap();
    change.mail(new).await.unwrap();
    drop(change);

    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.mails", &[]).await, 0);
}
