//! The report of the week.

use serde_json::json;
use shared::jobs;
use tests::{Amazon, MailServer, TestApp, a_cadet, an_admin};

/// It is Monday, 2 February 2026: the week is that of 26 January.
async fn a_week() -> TestApp {
    let server = MailServer::taking().await;
    let url = server.url();
    let app = TestApp::with(|config| config.mail.smtp = Some(url.into())).await;
    fill(&app).await;
    app
}

async fn fill(app: &TestApp) {
    let (one, two) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    for (date, title) in [
        ("2026-01-25", "Before"),
        ("2026-01-31", "Drill & map"),
        ("2026-02-01", "Range"),
        ("2026-02-02", "After"),
    ] {
        app.execute("INSERT INTO training_days (date, title) VALUES ($1, $2)", &[&date, &title]).await;
    }
    let mark = "INSERT INTO attendance_records (training_day_id, cadet_id, status)
                SELECT id, $1, $2 FROM training_days WHERE title = 'Drill & map'";
    app.execute(mark, &[&one.id, &"present"]).await;
    app.execute(mark, &[&two.id, &"excused"]).await;
    app.execute(
        "INSERT INTO excuse_letters (cadet_id, date_absent, reason, created_at) VALUES
             ($1, '2026-01-31', 'x', TIMESTAMP '2026-01-30'), ($1, '2026-01-03', 'x', TIMESTAMP '2026-01-02')",
        &[&one.id],
    )
    .await;
    app.execute("DELETE FROM audit_logs", &[]).await;
    app.execute(
        "INSERT INTO audit_logs (table_name, operation, record_id, created_at) VALUES
             ('grades', 'UPDATE', 1, TIMESTAMP '2026-01-27'), ('grades', 'UPDATE', 1, TIMESTAMP '2026-01-28'),
             ('grades', 'UPDATE', 2, TIMESTAMP '2026-02-01 23:59'), ('grades', 'UPDATE', 3, TIMESTAMP '2026-02-02')",
        &[],
    )
    .await;
}

#[tokio::test]
async fn admins_who_want_mails_get_the_numbers_of_the_past_week_once() {
    let app = a_week().await;
    let (reader, other) = (app.add(an_admin()).await, app.add(an_admin()).await);
    for (user, address) in [(&reader, "reader@example.test"), (&other, "other@example.test")] {
        app.execute("UPDATE users SET email = $2 WHERE id = $1", &[&user.user_id, &address]).await;
    }
    app.as_user(other.user_id).put("/api/auth/settings", json!({ "email_alerts": false })).await.is(200);

    for _ in 0..2 {
        jobs::plan(&app.app, rotc::SYSTEM.jobs).await.expect("no error");
        app.work().await;
    }

    let mails = "SELECT string_agg(recipient, ' ') FROM muster.mails WHERE subject = 'ROTC Grading System - The week of 2026-01-26'";
    let to: String = app.value(mails, &[]).await;
    assert!(to.contains("reader@example.test") && !to.contains("other@example.test"), "{to}");
    assert_eq!(to.matches("reader@example.test").count(), 1);
    app.clock.advance(chrono::TimeDelta::days(7));
    jobs::plan(&app.app, rotc::SYSTEM.jobs).await.expect("no error");
    let weeks = "SELECT count(*) FROM muster.jobs WHERE kind = 'weekly_report'";
    assert_eq!(app.value::<i64>(weeks, &[]).await, 2);
}

#[tokio::test]
async fn the_report_has_a_text_and_a_page_and_leaves_by_ses() {
    let sender = "office@weekly.example.test";
    let ses = Amazon::mail_from(sender).await;
    let app = TestApp::with(|config| {
        config.mail.ses = Some(ses);
        config.mail.from = format!("Unit <{sender}>");
    })
    .await;
    fill(&app).await;
    let admin = app.add(an_admin()).await;
    let address = format!("reader-{}@example.test", shared::ids::Ids.uuid().simple());
    app.execute("UPDATE users SET email = NULL WHERE id <> $1", &[&admin.user_id]).await;
    app.execute("UPDATE users SET email = $2 WHERE id = $1", &[&admin.user_id, &address]).await;

    jobs::start_kind(&app.app, rotc::SYSTEM.jobs, "weekly_report").await.expect("no error");
    let tally = app.work().await;

    assert_eq!((tally.done, tally.postponed), (2, 0));
    let mails = Amazon::mails_to(&address).await;
    assert_eq!(mails.len(), 1);
    // Lines of a mail are broken with a sign of equality.
    let mail = mails[0].replace("=\r\n", "");
    for part in [
        "From: Unit <office@weekly.example.test>",
        "multipart/alternative",
        "* 2026-01-31 Drill & map: 1 present, 0 late, 1 excused, 0 absent",
        "* 2026-02-01 Range: 0 present",
        "<td>1</td><td>0</td><td>1</td><td>0</td>",
        "Grades changed: 2",
        "wait for a decision: 2 (1 new)",
    ] {
        assert!(mail.contains(part), "{part} is not in {mail}");
    }
    assert!(!mail.contains("Before") && !mail.contains("After"), "{mail}");
}

#[tokio::test]
async fn a_mail_that_ses_does_not_take_yet_is_tried_again() {
    let ses = Amazon::mail_from("known@example.test").await;
    let app = TestApp::with(|config| {
        config.mail.ses = Some(ses);
        config.mail.from = "nobody@unverified.example.test".to_owned();
    })
    .await;
    let cadet = app.add(a_cadet()).await;
    app.anonymous().post("/api/auth/cadet-login", json!({ "identifier": cadet.student_id })).await.is(401);

    let tally = app.work().await;

    assert_eq!((tally.done, tally.postponed), (0, 1));
    let kept = "SELECT last_error FROM muster.mails WHERE sent_at IS NULL AND refused_at IS NULL";
    assert!(app.value::<String>(kept, &[]).await.contains("MessageRejected"));
}
