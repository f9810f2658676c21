//! Training days in the client API.

use serde_json::json;
use tests::{TestApp, a_cadet, a_training_day};

use super::{attended, count, events};

const PATH: &str = "/api/attendance/days";

#[tokio::test]
async fn a_day_is_entered_listed_and_deleted() {
    let app = TestApp::rotc().await;
    let admin = app.as_admin();
    let made =
        admin.post(PATH, json!({ "date": "2026-02-07", "title": " Drill ñ ", "description": "d" })).await;
    made.is(200).message("Training day created");
    let id = made.json()["id"].as_i64().expect("a number") as i32;
    admin.post(PATH, json!({ "date": "2024-02-29", "title": "Leap" })).await.is(200);

    app.as_staff().get(PATH).await.is(200).has(json!([
        { "id": id, "date": "2026-02-07", "title": "Drill ñ", "description": "d" },
        { "date": "2024-02-29", "title": "Leap", "description": null },
    ]));
    app.audited("training_days", "INSERT", id).await;
    admin.delete(&format!("{PATH}/{id}")).await.is(200).message("Training day deleted");
    admin.delete(&format!("{PATH}/{id}")).await.is(200).message("Training day deleted");
    app.audited("training_days", "DELETE", id).await;
    assert_eq!(count(&app, "training_days").await, 1);
}

#[tokio::test]
async fn a_day_needs_a_date_of_the_calendar_and_a_title() {
    let app = TestApp::rotc().await;
    for date in [
        "not-a-date",
        "2026-02-30",
        "2025-02-29",
        "2026-2-1",
        "2026-02-1",
        "01/02/2026",
        "+2026-02-01",
        "20260201",
    ] {
        let refused = app.as_admin().post(PATH, json!({ "date": date, "title": "Drill" })).await;
        refused.is(400).message("Date must be a day of the calendar, as YYYY-MM-DD");
    }
    for body in [json!({}), json!({ "title": "Drill" }), json!({ "date": " ", "title": "Drill" })] {
        app.as_admin().post(PATH, body).await.is(400).message("Date is required");
    }
    for body in [json!({ "date": "2026-02-01" }), json!({ "date": "2026-02-01", "title": "  " })] {
        app.as_admin().post(PATH, body).await.is(400).message("Title is required");
    }
    app.as_admin().post(PATH, json!({ "date": "2026-02-01", "title": "x".repeat(301) })).await.is(400);
    assert_eq!(count(&app, "training_days").await, 0);
}

#[tokio::test]
async fn a_day_that_is_sent_twice_is_entered_once() {
    let app = TestApp::crowded().await;
    let admin = app.as_admin();
    admin.get(PATH).await.is(200);
    let body = json!({ "date": "2026-02-07", "title": "Drill" });
    let twice = futures_util::future::join_all((0..6).map(|_| admin.post(PATH, body.clone()))).await;
    let ids: Vec<_> = twice.iter().map(|answer| answer.is(200).json()["id"].clone()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(count(&app, "training_days").await, 1);
    admin.post(PATH, json!({ "date": "2026-02-07", "title": "Drill", "description": "pm" })).await.is(200);
    assert_eq!(count(&app, "training_days").await, 2);
}

#[tokio::test]
async fn deleting_a_day_counts_everybody_anew_and_keeps_their_letters() {
    let app = TestApp::rotc().await;
    let (came, absent) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let (day, other) = (app.add(a_training_day()).await, app.add(a_training_day().on("2026-01-25")).await);
    let admin = app.as_admin();
    for (day, cadet, status) in [(&day, &came, "late"), (&other, &came, "present"), (&day, &absent, "absent")]
    {
        let mark = json!({ "dayId": day.id, "cadetId": cadet.id, "status": status });
        admin.post("/api/attendance/mark", mark).await.is(200);
    }
    let letter =
        "INSERT INTO excuse_letters (cadet_id, training_day_id, date_absent) VALUES ($1, $2, '2026-02-01')";
    app.execute(letter, &[&absent.id, &day.id]).await;
    assert_eq!((attended(&app, &came).await, attended(&app, &absent).await), (2, 0));
    let before = events(&app, "attendance_updated").await.len();

    admin.delete(&format!("{PATH}/{}", day.id)).await.is(200);

    assert_eq!((attended(&app, &came).await, attended(&app, &absent).await), (1, 0));
    assert_eq!(count(&app, "excuse_letters WHERE training_day_id IS NULL").await, 1);
    assert_eq!(
        events(&app, "attendance_updated").await[before..],
        [
            json!({ "cadetId": came.id, "dayId": day.id, "status": null }),
            json!({ "cadetId": absent.id, "dayId": day.id, "status": null }),
        ]
    );
    let gone =
        "audit_logs WHERE table_name = 'attendance_records' AND operation = 'DELETE' AND user_id IS NOT NULL";
    assert_eq!(count(&app, gone).await, 2, "what the day took along is audited");
}
