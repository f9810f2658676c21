//! Each kind of job, killed in the middle.

use serde_json::json;
use tests::{Amazon, Browser, MailServer, PushServer, TestApp, a_cadet, an_admin};

use super::{At, Killed, count};
use crate::messages::a_large_photo;

#[tokio::test]
async fn a_clean_up() {
    let app = TestApp::rotc().await;
    let old = "INSERT INTO notifications (message, type, is_read, created_at) VALUES ('old', 'x', TRUE, TIMESTAMP '2020-01-01')";
    app.execute(old, &[]).await;

    let killed =
        Killed::in_the_middle(&app, "clean_up", At::Writing("DELETE", "public.notifications"), vec![]).await;
    assert_eq!(count(&app, "notifications WHERE message = 'old'").await, 1);
    killed.again().await;

    assert_eq!(count(&app, "notifications WHERE message = 'old'").await, 0);
    assert_eq!(count(&app, "audit_logs WHERE operation = 'CLEAN_UP'").await, 1);
}

#[tokio::test]
async fn the_retention_of_audit_rows() {
    let app = TestApp::rotc().await;
    let old = "INSERT INTO audit_logs (table_name, operation, created_at) VALUES ('old', 'x', TIMESTAMP '2020-01-01')";
    app.execute(old, &[]).await;

    let at = At::Writing("DELETE", "public.audit_logs");
    let killed = Killed::in_the_middle(&app, "expire_audit_logs", at, vec![]).await;
    assert_eq!(count(&app, "audit_logs WHERE table_name = 'old'").await, 1);
    assert_eq!(count(&app, "audit_logs WHERE operation = 'RETENTION'").await, 0);
    killed.again().await;

    assert_eq!(count(&app, "audit_logs WHERE table_name = 'old'").await, 0);
    assert_eq!(count(&app, "audit_logs WHERE operation = 'RETENTION'").await, 1);
}

#[tokio::test]
async fn the_clean_up_of_events() {
    let app = TestApp::rotc().await;
    let old = "INSERT INTO muster.sockets (connection_id, user_id, listener, joined_seq, seq, connected_at)
               VALUES ('old', 1, '{}', 1, 1, TIMESTAMP '2020-01-01')";
    app.execute(old, &[]).await;

    let at = At::Writing("DELETE", "muster.sockets");
    Killed::in_the_middle(&app, "sweep_events", at, vec![]).await.again().await;

    assert_eq!(count(&app, "muster.sockets").await, 0);
}

#[tokio::test]
async fn the_sweep_of_files() {
    let app = TestApp::rotc().await;
    let reported =
        "INSERT INTO muster.orphan_files VALUES ('/uploads/profile-none.png', 1, TIMESTAMP '2020-01-01')";
    app.execute(reported, &[]).await;

    let at = At::Writing("DELETE", "muster.orphan_files");
    let killed = Killed::in_the_middle(&app, "sweep_files", at, vec![]).await;
    assert_eq!(count(&app, "muster.jobs WHERE kind = 'delete_file'").await, 0);
    killed.again().await;

    assert_eq!(count(&app, "muster.orphan_files").await, 0);
    assert_eq!(count(&app, "muster.jobs WHERE kind = 'delete_file'").await, 1);
}

#[tokio::test]
async fn a_picture_that_is_made_small() {
    let app = TestApp::rotc().await;
    a_large_photo(&app).await;

    Killed::in_the_middle(&app, "shrink_picture", At::TheEnd, vec![]).await.again().await;

    assert_eq!(app.stored_files().len(), 1);
}

#[tokio::test]
async fn a_file_that_is_deleted() {
    let app = TestApp::rotc().await;
    a_large_photo(&app).await;
    app.execute("UPDATE cadets SET profile_pic = NULL", &[]).await;
    app.execute("UPDATE users SET profile_pic = NULL", &[]).await;
    app.execute("DELETE FROM muster.jobs WHERE kind = 'delete_file' AND id <> (SELECT min(id::text)::uuid FROM muster.jobs WHERE kind = 'delete_file')", &[]).await;

    Killed::in_the_middle(&app, "delete_file", At::TheEnd, vec![]).await.again().await;

    assert_eq!(app.stored_files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_push_message() {
    let server = PushServer::start().await;
    let service = server.url().parse().expect("an address");
    let app = TestApp::with(|config| config.push.services = vec![service]).await;
    let cadet = app.add(a_cadet()).await;
    let phone = Browser::called("phone");
    app.as_user(cadet.user_id).post("/api/push/subscribe", phone.subscription(&server)).await.is(201);
    let notice = json!({ "user": cadet.user_id, "message": "x", "type": "grade" });
    app.as_admin().post("/api/notifications", notice).await.is(201);

    let services = vec![("PUSH_SERVICES", server.url())];
    Killed::in_the_middle(&app, "push", At::TheEnd, services).await.again().await;

    assert_eq!(server.shown_on(&phone).len(), 1);
}

/// An app with a mail that waits, and how its worker sends it.
/// Mails that are good for ever: the worker has another clock than the app.
async fn with_mails(server: &MailServer, to: &[&str]) -> (TestApp, Vec<(&'static str, String)>) {
    let url = server.url();
    let app = TestApp::with(|config| config.mail.smtp = Some(url.into())).await;
    let mail = |recipient: &&str| shared::mail::NewMail {
        recipient: (*recipient).to_owned(),
        subject: "x".to_owned(),
        text: "x".to_owned(),
        html: "<p>x</p>".to_owned(),
    };
    let mails: Vec<_> = to.iter().map(mail).collect();
    let mut change = app.app.db.change_for_system("a test").await.expect("no error");
    change.mails(&mails).await.expect("no error");
    change.commit().await.expect("no error");
    // The admins want no report.
    app.execute("UPDATE users SET email = NULL WHERE role = 'admin'", &[]).await;
    (app, vec![("SMTP_URL", server.url()), ("MAIL_FROM", "unit@example.test".to_owned())])
}

#[tokio::test]
async fn a_mail() {
    let server = MailServer::taking().await;
    let (app, variables) = with_mails(&server, &["a@example.test"]).await;

    Killed::in_the_middle(&app, "send_mails", At::TheEnd, variables).await.again().await;

    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn mails_to_many() {
    let server = MailServer::taking().await;
    let (app, variables) = with_mails(&server, &["a@example.test", "b@example.test"]).await;

    Killed::in_the_middle(&app, "send_many_mails", At::TheEnd, variables).await.again().await;

    assert_eq!(server.received().len(), 2);
}

/// No mail server can be asked whether it has taken a mail: one that was handed over in the moment of the death is sent
/// again, and readers see by its id that it is the same.
#[tokio::test]
async fn a_mail_that_was_handed_over_and_not_yet_noted() {
    let server = MailServer::taking().await;
    let (app, variables) = with_mails(&server, &["a@example.test"]).await;

    let at = At::Writing("UPDATE", "muster.mails");
    Killed::in_the_middle(&app, "send_mails", at, variables).await.again().await;

    let id = |mail: &String| mail.lines().find(|line| line.starts_with("Message-ID: ")).map(str::to_owned);
    let ids: Vec<_> = server.received().iter().map(id).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids[0].is_some() && ids[0] == ids[1], "{ids:?}");
}

#[tokio::test]
async fn the_weekly_report() {
    let app = TestApp::rotc().await;
    let admin = app.add(an_admin()).await;
    app.execute("UPDATE users SET email = 'reader@example.test' WHERE id = $1", &[&admin.user_id]).await;

    let killed =
        Killed::in_the_middle(&app, "weekly_report", At::Writing("INSERT", "muster.mails"), vec![]).await;
    assert_eq!(count(&app, "muster.mails").await, 0, "nothing of it is seen");
    killed.again().await;

    assert_eq!(count(&app, "muster.mails WHERE recipient = 'reader@example.test'").await, 1);
}

/// The same with queues outside the process.
#[tokio::test]
async fn a_picture_by_sqs() {
    let amazon = Amazon::start().await;
    let app = TestApp::with(|config| config.queue = amazon.queues()).await;
    a_large_photo(&app).await;

    Killed::in_the_middle(&app, "shrink_picture", At::TheEnd, amazon.variables()).await.again().await;

    assert_eq!(app.stored_files().len(), 1);
}
