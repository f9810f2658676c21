//! The buttons that remind every cadet.

use serde_json::{Value, json};
use tests::{TestApp, a_cadet};

const WEEKLY: &str = "/api/admin/cadet-notifications/weekly-reminder";
const GENERAL: &str = "/api/admin/cadet-notifications/general-update";
const TRAINING: &str = "/api/admin/cadet-notifications/training-reminder";

async fn notices(app: &TestApp) -> Vec<(i32, String, String)> {
    let all = "SELECT user_id, type, message FROM notifications ORDER BY id";
    app.query(all, &[]).await.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

#[tokio::test]
async fn every_cadet_who_is_not_archived_is_told_the_usual_words() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.add(a_cadet().archived()).await;
    for (path, kind, title, text) in [
        (
            WEEKLY,
            "weekly_reminder",
            "Weekly reminder",
            "Reminder: Please prepare for ROTC formation tomorrow. Ensure your uniform and requirements are ready.",
        ),
        (
            GENERAL,
            "general_update",
            "General update",
            "General update: Please check your dashboard for the latest announcements.",
        ),
        (
            TRAINING,
            "training_reminder",
            "Training reminder",
            "Training reminder: Formation and training schedule are posted. Prepare accordingly.",
        ),
    ] {
        app.execute("DELETE FROM notifications", &[]).await;
        app.execute("DELETE FROM sync_events", &[]).await;

        let answer = app.as_admin().post(path, json!({})).await;

        answer
            .is(200)
            .message(&format!("{title} notifications created for 1 cadets."))
            .has(json!({ "count": 1 }));
        assert_eq!(notices(&app).await, [(cadet.user_id, kind.to_owned(), text.to_owned())]);
        let (event, payload) = ("cadet_notification", answer.json());
        let told: Value = app.value("SELECT payload FROM sync_events WHERE event_type = $1", &[&event]).await;
        assert_eq!(told, json!({ "subtype": kind, "count": 1, "sentAt": payload["sentAt"] }));
    }
}

#[tokio::test]
async fn an_administrator_can_say_something_else() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    app.as_admin().post(GENERAL, json!({ "message": "  No  drill today " })).await.is(200);
    app.as_admin().post(GENERAL, json!({ "message": " " })).await.is(200);

    let told = notices(&app).await;
    assert_eq!(told[0], (cadet.user_id, "general_update".to_owned(), "No  drill today".to_owned()));
    assert!(told[1].2.starts_with("General update:"), "{told:?}");
    for bad in
        [json!({ "message": 7 }), json!({ "message": "a\u{0}b" }), json!({ "message": "x".repeat(1001) })]
    {
        app.as_admin().post(GENERAL, bad).await.is(400);
    }
    assert_eq!(notices(&app).await.len(), 2);
}

#[tokio::test]
async fn a_button_pressed_twice_tells_once() {
    let app = TestApp::crowded().await;
    app.add(a_cadet()).await;
    let admin = app.as_admin();
    admin.get("/api/admin/notifications").await.is(200);

    let (first, second) = tokio::join!(admin.post(WEEKLY, json!({})), admin.post(WEEKLY, json!({})));
    let third = admin.post(WEEKLY, json!({})).await;

    assert_eq!(first.is(200).json(), second.is(200).json());
    assert_eq!(first.json(), third.json());
    assert_eq!(notices(&app).await.len(), 1);
    assert_eq!(
        app.value::<i64>("SELECT count(*) FROM sync_events WHERE event_type = 'cadet_notification'", &[])
            .await,
        1
    );

    admin.post(WEEKLY, json!({ "message": "Something else" })).await.is(200);
    admin.post(TRAINING, json!({})).await.is(200);
    assert_eq!(notices(&app).await.len(), 3, "other words and other buttons are told");

    app.execute("UPDATE notifications SET created_at = created_at - interval '11 seconds'", &[]).await;
    admin.post(WEEKLY, json!({})).await.is(200);
    assert_eq!(notices(&app).await.len(), 4, "and so are the same words later");
}

#[tokio::test]
async fn with_nobody_to_tell_the_answer_says_so() {
    let app = TestApp::rotc().await;

    for (path, words) in [(WEEKLY, "reminder"), (GENERAL, "update"), (TRAINING, "training reminder")] {
        let answer = app.as_admin().post(path, json!({})).await;
        assert_eq!(answer.is(200).json(), json!({ "message": format!("No cadet users found for {words}.") }));
    }
    assert_eq!(app.value::<i64>("SELECT count(*) FROM sync_events", &[]).await, 0);
}

#[tokio::test]
async fn only_administrators_remind() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    for path in [WEEKLY, GENERAL, TRAINING] {
        app.as_staff().post(path, json!({})).await.is(403).message("Forbidden");
        app.as_cadet(&cadet).post(path, json!({})).await.is(403);
        app.anonymous().post(path, json!({})).await.is(401);
    }
    assert_eq!(notices(&app).await, []);
}
