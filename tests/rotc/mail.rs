//! Mail: stored with the change, sent once, never lost.

use chrono::TimeDelta;
use serde_json::json;
use shared::{
    jobs::{self, Tally},
    mail,
};
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

/// What came of one job.
const DONE: Tally = Tally { done: 1, postponed: 0, failed: 0 };
const PUT_OFF: Tally = Tally { done: 0, postponed: 1, failed: 0 };

#[tokio::test]
async fn a_stored_mail_is_sent_once_however_many_deliver() {
    let server = MailServer::taking().await;
    let app = with_a_mail(&server).await;

    let (one, two, three) = tokio::join!(app.work(), app.work(), app.work());

    assert_eq!(one.done + two.done + three.done, 1);
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert!(
        received[0].contains("Subject: Your sign-in link") && received[0].contains("multipart/alternative")
    );
    assert!(received[0].contains("From: Muster <no-reply@example.test>"));
    let kept = "SELECT sent_at IS NOT NULL AND text_body = '' AND html_body = '' FROM muster.mails";
    assert!(app.value::<bool>(kept, &[]).await, "a sent mail keeps no link");
    assert_eq!(app.work().await, Tally::default());
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_now_is_tried_again_later() {
    let server = MailServer::refusing().await;
    let app = with_a_mail(&server).await;

    assert_eq!(app.work().await, PUT_OFF);
    assert_eq!(app.work().await, Tally::default(), "not at once");

    let tries = "SELECT tries FROM muster.mails WHERE sent_at IS NULL AND last_error IS NOT NULL";
    assert_eq!(app.value::<i32>(tries, &[]).await, 1);
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(app.work().await, PUT_OFF);
    assert_eq!(app.value::<i32>(tries, &[]).await, 2);
}

#[tokio::test]
async fn a_mail_that_nobody_takes_is_given_up_and_holds_up_no_other() {
    let server = MailServer::without_mailboxes().await;
    let app = with_a_mail(&server).await;

    assert_eq!(app.work().await, DONE);

    let refused = "SELECT count(*) FROM muster.mails
                   WHERE refused_at IS NOT NULL AND sent_at IS NULL AND last_error IS NOT NULL AND text_body = ''";
    assert_eq!(app.value::<i64>(refused, &[]).await, 1);
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(app.work().await, Tally::default());
}

#[tokio::test]
async fn many_mails_are_spread_over_several_jobs() {
    let server = MailServer::taking().await;
    let url = server.url();
    let app = TestApp::with(|config| config.mail.smtp = Some(url.into())).await;
    let mails: Vec<mail::NewMail> =
        (0..250).map(|number| a_mail(&format!("c{number}@example.test"))).collect();

    let mut change = app.app.db.change_for_system("a test").await.unwrap();
    change.mails(&mails).await.unwrap();
    change.commit().await.unwrap();

    assert_eq!(app.work().await.done, 3);
    assert_eq!(server.received().len(), 250);
}

#[tokio::test]
async fn a_mail_stored_without_a_mail_server_leaves_when_there_is_one() {
    let app = TestApp::rotc().await;
    let mut change = app.app.db.change_for_system("a test").await.unwrap();
    change.mail(a_mail("a@example.test")).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(app.work().await, Tally::default());

    let server = MailServer::taking().await;
    let url = server.url();
    let later = app.twin(|config| config.mail.smtp = Some(url.into())).await;
    jobs::sweep(&later.app, rotc::SYSTEM.jobs).await.unwrap();
    jobs::sweep(&later.app, rotc::SYSTEM.jobs).await.unwrap();

    assert_eq!(later.work().await, DONE);
    assert_eq!(server.received().len(), 1);
}

fn a_mail(recipient: &str) -> mail::NewMail {
    mail::NewMail {
        recipient: recipient.to_owned(),
        subject: "x".to_owned(),
        text: "x".to_owned(),
        html: "<p>x</p>".to_owned(),
    }
}

#[tokio::test]
async fn a_mail_is_not_stored_when_its_change_fails() {
    let app = TestApp::rotc().await;
    let mut change = app.app.db.change_for_system("a test").await.unwrap();
    change.mail(a_mail("a@example.test")).await.unwrap();
    drop(change);

    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.mails", &[]).await, 0);
}
