//! Approving and rejecting: what the attendance says afterwards.

use serde_json::json;
use tests::{Answer, Cadet, TestApp, TrainingDay, a_cadet, a_staff_member, a_training_day};

use super::{CLIENT, RESOURCE, submitted};

async fn decide(app: &TestApp, id: i32, status: &str) -> Answer {
    app.as_staff().put(&format!("{CLIENT}/{id}"), json!({ "status": status })).await
}

async fn record(app: &TestApp, day: &TrainingDay, cadet: &Cadet, status: &str) {
    app.execute(
        "INSERT INTO attendance_records (training_day_id, cadet_id, status, remarks, time_in, time_out)
         VALUES ($1, $2, $3, 'Left early', '8:00:00 AM', '9:00:00 AM')
         ON CONFLICT (training_day_id, cadet_id) DO UPDATE SET status = excluded.status",
        &[&day.id, &cadet.id, &status],
    )
    .await;
}

/// What the record of a cadet and a day says; none if there is none.
async fn status(app: &TestApp, day: &TrainingDay, cadet: &Cadet) -> Option<String> {
    let find = "SELECT status FROM attendance_records WHERE training_day_id = $1 AND cadet_id = $2";
    app.query(find, &[&day.id, &cadet.id]).await.first().map(|row| row.get(0))
}

async fn attended(app: &TestApp, cadet: &Cadet) -> i32 {
    app.value("SELECT attendance_present FROM grades WHERE cadet_id = $1", &[&cadet.id]).await
}

/// The attendance events about a cadet, oldest first.
async fn events(app: &TestApp, cadet: &Cadet) -> Vec<serde_json::Value> {
    let list = "SELECT payload FROM sync_events WHERE event_type = 'attendance_updated' AND cadet_id = $1 ORDER BY id";
    app.query(list, &[&cadet.id]).await.iter().map(|row| row.get(0)).collect()
}

async fn told(app: &TestApp, cadet: &Cadet) -> Vec<String> {
    let list = "SELECT message FROM notifications WHERE user_id = $1 AND type = 'attendance' ORDER BY id";
    app.query(list, &[&cadet.user_id]).await.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn an_approved_letter_excuses_a_cadet_without_a_record() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet().without_grades()).await, app.add(a_training_day()).await);
    let id = submitted(&app, &cadet, "Fever").await;
    decide(&app, id, "Approved").await.is(200).message("Status updated");

    assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some("excused"));
    assert_eq!(attended(&app, &cadet).await, 1);
    let event = json!({ "cadetId": cadet.id, "dayId": day.id, "status": "excused" });
    assert_eq!(events(&app, &cadet).await, [event]);
    assert_eq!(told(&app, &cadet).await, ["Your excuse letter for 2026-02-01 has been approved."]);
    app.audited("excuse_letters", "UPDATE", id).await;

    decide(&app, id, "approved").await.is(200);
    assert_eq!((events(&app, &cadet).await.len(), told(&app, &cadet).await.len()), (1, 1));
    decide(&app, id, "rejected").await.is(200);
    assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some("absent"));
    assert_eq!(attended(&app, &cadet).await, 0);
    assert_eq!(events(&app, &cadet).await[1]["status"], "absent");
    assert_eq!(told(&app, &cadet).await[1], "Your excuse letter for 2026-02-01 has been rejected.");
}

#[tokio::test]
async fn a_record_that_was_changed_says_again_what_it_said() {
    let app = TestApp::rotc().await;
    let day = app.add(a_training_day()).await;
    for before in ["absent", "late", "present"] {
        let cadet = app.add(a_cadet()).await;
        record(&app, &day, &cadet, before).await;
        let id = submitted(&app, &cadet, "Fever").await;
        decide(&app, id, "approved").await.is(200);
        let kept = "SELECT concat_ws('|', status, remarks, time_in, time_out) FROM attendance_records WHERE cadet_id = $1";
        let text: String = app.value(kept, &[&cadet.id]).await;
        assert_eq!(text, "excused|Left early|8:00:00 AM|9:00:00 AM");
        assert_eq!(attended(&app, &cadet).await, 1);
        decide(&app, id, "pending").await.is(200);
        assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some(before));
        assert_eq!(attended(&app, &cadet).await, i32::from(before != "absent"));
        decide(&app, id, "approved").await.is(200);
        assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some("excused"));
    }
}

#[tokio::test]
async fn a_record_that_was_marked_since_is_left_alone() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let id = submitted(&app, &cadet, "Fever").await;
    decide(&app, id, "approved").await.is(200);
    record(&app, &day, &cadet, "present").await;
    decide(&app, id, "approved").await.is(200);
    assert_eq!(
        status(&app, &day, &cadet).await.as_deref(),
        Some("present"),
        "approving twice changes nothing"
    );
    decide(&app, id, "rejected").await.is(200);
    assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some("present"));

    // Nor one that was excused by hand before.
    let other = app.add(a_cadet()).await;
    record(&app, &day, &other, "excused").await;
    let id = submitted(&app, &other, "Fever").await;
    decide(&app, id, "approved").await.is(200);
    decide(&app, id, "rejected").await.is(200);
    assert_eq!(status(&app, &day, &other).await.as_deref(), Some("excused"));
    assert!(events(&app, &other).await.is_empty());
}

#[tokio::test]
async fn a_second_approved_letter_keeps_the_record_excused() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    record(&app, &day, &cadet, "late").await;
    let (first, second) = (submitted(&app, &cadet, "Fever").await, submitted(&app, &cadet, "Flood").await);
    decide(&app, first, "approved").await.is(200);
    decide(&app, second, "approved").await.is(200);
    decide(&app, first, "rejected").await.is(200);
    assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some("excused"));
    decide(&app, second, "rejected").await.is(200);
    assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some("late"));
}

#[tokio::test]
async fn letters_without_a_training_day_find_it_when_they_are_approved() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let id = submitted(&app, &cadet, "Fever").await;
    let linked = "SELECT training_day_id FROM excuse_letters WHERE id = $1";
    decide(&app, id, "approved").await.is(200);
    assert_eq!(app.value::<Option<i32>>(linked, &[&id]).await, None);
    assert_eq!(attended(&app, &cadet).await, 0);
    assert_eq!(told(&app, &cadet).await.len(), 1);

    decide(&app, id, "pending").await.is(200);
    let day = app.add(a_training_day()).await;
    decide(&app, id, "approved").await.is(200);
    assert_eq!(app.value::<Option<i32>>(linked, &[&id]).await, Some(day.id));
    assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some("excused"));
}

#[tokio::test]
async fn letters_approved_by_an_earlier_server_have_nothing_to_take_back() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    record(&app, &day, &cadet, "excused").await;
    let insert = "INSERT INTO excuse_letters (cadet_id, date_absent, status) VALUES ($1, '2026-02-01', $2) RETURNING id";
    for old in [Some("approved"), Some("Approved"), None] {
        let id: i32 = app.value(insert, &[&cadet.id, &old]).await;
        decide(&app, id, "rejected").await.is(200);
        assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some("excused"));
    }
    let nobodys: i32 = app.value(insert, &[&None::<i32>, &Some("pending")]).await;
    decide(&app, nobodys, "approved").await.is(200);
}

#[tokio::test]
async fn decisions_at_the_same_moment_take_effect_once() {
    let app = TestApp::crowded().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let staff = app.add(a_staff_member()).await;
    let id = submitted(&app, &cadet, "Fever").await;
    let (path, body) = (format!("{CLIENT}/{id}"), json!({ "status": "approved" }));
    let (first, second) = (app.as_admin(), app.as_user(staff.user_id));
    first.get(CLIENT).await.is(200);
    second.get(CLIENT).await.is(200);
    let both = (0..6).map(|at| if at % 2 == 0 { &first } else { &second }.put(&path, body.clone()));
    for answer in futures_util::future::join_all(both).await {
        answer.is(200);
    }
    assert_eq!((events(&app, &cadet).await.len(), told(&app, &cadet).await.len()), (1, 1));
    assert_eq!(attended(&app, &cadet).await, 1);

    let (approve, reject) = (json!({ "status": "approved" }), json!({ "status": "rejected" }));
    let (one, other) = tokio::join!(first.put(&path, reject), second.put(&path, approve));
    one.is(200);
    other.is(200);
    let letter: String = app.value("SELECT status FROM excuse_letters WHERE id = $1", &[&id]).await;
    let expected = if letter == "approved" { "excused" } else { "absent" };
    assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some(expected));
    assert_eq!(attended(&app, &cadet).await, i32::from(expected == "excused"));
}

#[tokio::test]
async fn a_status_that_is_none_is_refused() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let id = submitted(&app, &cadet, "Fever").await;
    for path in [CLIENT, RESOURCE] {
        for body in
            [json!({}), json!({ "status": "maybe" }), json!({ "status": null }), json!({ "status": "" })]
        {
            app.as_staff().put(&format!("{path}/{id}"), body).await.is(400).message("Invalid status");
        }
        app.as_staff().put(&format!("{path}/{id}"), json!({ "status": 1 })).await.is(400);
        let nobody = app.as_staff().put(&format!("{path}/99999"), json!({ "status": "pending" })).await;
        nobody.is(404).message("Not found");
    }
}

#[tokio::test]
async fn a_deleted_letter_leaves_the_record_excused() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let id = submitted(&app, &cadet, "Fever").await;
    decide(&app, id, "approved").await.is(200);
    app.as_staff().delete(&format!("{CLIENT}/{id}")).await.is(200);
    assert_eq!(status(&app, &day, &cadet).await.as_deref(), Some("excused"));
    assert_eq!(attended(&app, &cadet).await, 1);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.excuse_effects", &[]).await, 0);
}
