//! What starts by itself.

use shared::jobs;
use tests::TestApp;

use crate::recorded::{id, recorded};

/// To this moment, and does what starts by itself then.
async fn at(app: &TestApp, moment: &str, kind: &str) {
    let moment = moment.parse::<chrono::DateTime<chrono::Utc>>().expect("a moment");
    app.clock.advance(moment - app.clock.now());
    jobs::start_kind(&app.app, clearance::SYSTEM.jobs, kind).await.expect("the job is planned");
    app.work().await;
}

async fn notices(app: &TestApp, title: &str) -> i64 {
    app.value("SELECT count(*) FROM notifications WHERE title = $1", &[&title]).await
}

#[tokio::test]
async fn student_is_reminded_of_a_gown_on_the_first_third_and_seventh_day_and_then_weekly() {
    let app = recorded().await;
    app.execute(
        "UPDATE gown_issuances SET expected_return_date = '2026-12-01' WHERE id = $1",
        &[&id("gown.GWN-014")],
    )
    .await;
    let mut told = Vec::new();
    for day in 1..=22 {
        let before = notices(&app, "Gown Overdue").await;
        at(&app, &format!("2026-12-{day:02}T03:00:00Z"), "gowns_overdue").await;
        if notices(&app, "Gown Overdue").await > before {
            told.push(day - 1);
        }
    }
    assert_eq!(told, [1, 3, 7, 14, 21]);
    at(&app, "2026-12-22T05:00:00Z", "gowns_overdue").await;
    assert_eq!(notices(&app, "Gown Overdue").await, 5, "once a day");
    let text: String =
        app.value("SELECT message FROM notifications WHERE title = 'Gown Overdue' LIMIT 1", &[]).await;
    assert_eq!(text, "Gown GWN-014 was due on 1 December 2026. KES 50.00 a day is kept from the deposit.");
}

#[tokio::test]
async fn offices_are_reminded_on_working_days_of_what_waits_in_open_requests() {
    let app = recorded().await;
    app.execute(
        "UPDATE clearance_requests SET status = 'cancelled', completion_date = now() WHERE id <> $1",
        &[&id("req.S05")],
    )
    .await;
    at(&app, "2026-11-22T04:00:00Z", "remind_offices").await;
    assert_eq!(notices(&app, "Clearances Waiting").await, 0, "a Sunday");
    at(&app, "2026-11-23T04:00:00Z", "remind_offices").await;
    let to = "SELECT string_agg(DISTINCT role, ' ' ORDER BY role) FROM notifications JOIN users ON users.id = recipient_id
              WHERE title = $1";
    assert_eq!(app.value::<String>(to, &[&"Clearances Overdue"]).await, "admin");
    let library =
        "SELECT message FROM notifications WHERE title = 'Clearances Waiting' AND recipient_id = $1";
    let text: String = app.value(library, &[&id("user.staff.LIBRARY")]).await;
    assert!(text.starts_with("1 request has waited for Library Services since "), "{text}");
    let head = "SELECT count(*) FROM muster.mails WHERE recipient = 'library.head@makuni.ac.ke'";
    assert_eq!(app.value::<i64>(head, &[]).await, 1);
}

#[tokio::test]
async fn fresh_requests_are_left_in_peace() {
    let app = recorded().await;
    app.execute("UPDATE clearance_approvals SET created_at = '2026-11-21T08:00:00Z'", &[]).await;
    at(&app, "2026-11-23T04:00:00Z", "remind_offices").await;
    assert_eq!(notices(&app, "Clearances Waiting").await, 0);
    at(&app, "2026-11-25T04:00:00Z", "remind_offices").await;
    assert!(notices(&app, "Clearances Waiting").await > 0, "after three days");
    assert_eq!(notices(&app, "Clearances Overdue").await, 0, "not after a week");
}

#[tokio::test]
async fn read_notices_go_after_half_a_year_and_unread_ones_stay() {
    let app = recorded().await;
    app.execute("UPDATE notifications SET read_at = '2026-11-21T08:00:00Z' WHERE is_read", &[]).await;
    let count = async || app.value::<i64>("SELECT count(*) FROM notifications", &[]).await;
    let before = count().await;
    at(&app, "2027-05-19T00:00:00Z", "clean_up").await;
    assert_eq!(count().await, before);
    at(&app, "2027-05-22T00:00:00Z", "clean_up").await;
    assert_eq!(count().await, before - 1);
}

#[tokio::test]
async fn jobs_start_at_their_hours_of_nairobi() {
    let hour = |name: &str| {
        let kind = clearance::SYSTEM.jobs.kinds.iter().find(|kind| kind.name == name).expect("a job");
        jobs::cron(kind).expect("it starts by itself")
    };
    assert_eq!(hour("gowns_overdue"), "cron(0 3 * * ? *)", "06:00");
    assert_eq!(hour("remind_offices"), "cron(0 4 * * ? *)", "07:00");
    assert_eq!(hour("clean_up"), "cron(0 0 * * ? *)", "03:00");
    assert_eq!(hour("clean_audit"), "cron(20 0 * * ? *)", "03:20");
}
