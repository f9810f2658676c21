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

    let queues = "SELECT string_agg(DISTINCT kind || ' ' || queue, ',') FROM muster.jobs";
    assert_eq!(
        app.value::<String>(queues, &[]).await,
        "send_many_mails upkeep",
        "nobody signs in behind them"
    );
    assert_eq!(app.work().await.done, 3);
    assert_eq!(server.received().len(), 250);
}

#[tokio::test]
async fn an_account_that_has_sent_enough_for_today_loses_no_mail_and_tries_no_other() {
    let server = MailServer::answering("550 5.4.5 Daily user sending limit exceeded").await;
    let url = server.url();
    let app = TestApp::with(|config| config.mail.smtp = Some(url.into())).await;
    let mut change = app.app.db.change_for_system("a test").await.unwrap();
    change.mails(&[a_mail("a@example.test"), a_mail("b@example.test")]).await.unwrap();
    change.commit().await.unwrap();

    assert_eq!(app.work().await, PUT_OFF);

    let kept = "SELECT count(*) FROM muster.mails WHERE refused_at IS NULL AND text_body <> ''";
    assert_eq!(app.value::<i64>(kept, &[]).await, 2);
    assert_eq!(app.value::<i64>("SELECT sum(tries) FROM muster.mails", &[]).await, 1);
}

#[tokio::test]
async fn a_server_that_is_away_is_asked_once_for_all_mails_of_a_job() {
    let app = TestApp::with(|config| config.mail.smtp = Some("smtp://127.0.0.1:9".to_owned().into())).await;
    let mut change = app.app.db.change_for_system("a test").await.unwrap();
    change.mails(&[a_mail("a@example.test"), a_mail("b@example.test")]).await.unwrap();
    change.commit().await.unwrap();

    assert_eq!(app.work().await, PUT_OFF);

    assert_eq!(app.value::<i64>("SELECT sum(tries) FROM muster.mails", &[]).await, 1);
}

/// A mail that no job sends any more, after the sweep of a process that can send mails: what arrived, and whether it was given up.
async fn after_its_job(end: &str, waited: TimeDelta) -> (usize, bool) {
    let (away, server) = (MailServer::refusing().await, MailServer::taking().await);
    let app = with_a_mail(&away).await;
    assert_eq!(app.work().await, PUT_OFF);
    app.execute("UPDATE muster.jobs SET status = $1", &[&end]).await;

    let url = server.url();
    let later = app.twin(|config| config.mail.smtp = Some(url.into())).await;
    later.clock.advance(waited);
    jobs::sweep(&later.app, rotc::SYSTEM.jobs).await.expect("no error");
    later.work().await;

    let given_up = "SELECT refused_at IS NOT NULL AND text_body = '' AND html_body = '' FROM muster.mails";
    (server.received().len(), app.value(given_up, &[]).await)
}

#[tokio::test]
async fn a_mail_whose_job_failed_gets_another_and_one_that_was_cancelled_or_is_late_is_given_up() {
    let now = TimeDelta::zero();
    assert_eq!(after_its_job("failed", now).await.0, 1);
    assert_eq!(after_its_job("cancelled", now).await, (0, true));
    assert_eq!(after_its_job("failed", TimeDelta::minutes(16)).await, (0, true), "the link works no more");
}

#[tokio::test]
async fn a_mail_keeps_its_message_id_when_another_job_sends_it() {
    let server = MailServer::taking().await;
    let app = with_a_mail(&server).await;
    app.work().await;
    // As after a worker that died between sending the mail and noting it.
    app.execute("UPDATE muster.mails SET sent_at = NULL", &[]).await;
    app.execute("UPDATE muster.jobs SET status = 'failed'", &[]).await;
    jobs::sweep(&app.app, rotc::SYSTEM.jobs).await.unwrap();
    app.work().await;

    let id = |mail: &String| {
        mail.lines().find(|line| line.to_lowercase().starts_with("message-id")).map(str::to_owned)
    };
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert!(id(&received[0]).is_some());
    assert_eq!(id(&received[0]), id(&received[1]));
}

#[tokio::test]
async fn a_mail_that_could_not_be_sent_for_a_week_is_given_up_and_keeps_no_words() {
    let server = MailServer::refusing().await;
    let app = with_a_mail(&server).await;
    app.work().await;
    let old = app.clock.now() - TimeDelta::days(8);
    app.execute("UPDATE muster.mails SET created_at = $1", &[&old]).await;

    jobs::sweep(&app.app, rotc::SYSTEM.jobs).await.unwrap();

    let given_up = "SELECT refused_at IS NOT NULL AND text_body = '' AND html_body = '' FROM muster.mails";
    assert!(app.value::<bool>(given_up, &[]).await);
}

#[tokio::test]
async fn a_sign_in_link_is_not_mailed_when_it_works_no_more() {
    let server = MailServer::taking().await;
    let app = with_a_mail(&server).await;
    app.clock.advance(TimeDelta::minutes(16));

    assert_eq!(app.work().await, DONE);

    assert!(server.received().is_empty());
    let given_up = "SELECT refused_at IS NOT NULL AND text_body = '' AND html_body = '' FROM muster.mails";
    assert!(app.value::<bool>(given_up, &[]).await);
}

/// What is kept of a job goes to the log.
#[tokio::test]
async fn only_the_outbox_keeps_the_words_of_a_server_which_name_the_recipient() {
    let server = MailServer::answering("450 4.2.1 <ana@example.test>: too many mails").await;
    let app = with_a_mail(&server).await;

    assert_eq!(app.work().await, PUT_OFF);

    let job: String = app.value("SELECT last_error FROM muster.jobs", &[]).await;
    assert!(job.ends_with("SMTP 450 4.2.1"), "{job}");
    let mail: String = app.value("SELECT last_error FROM muster.mails", &[]).await;
    assert!(mail.contains("ana@example.test"), "{mail}");
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
