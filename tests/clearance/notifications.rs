//! What people have been told.

use http::Method;
use serde_json::{Value, json};
use tests::TestApp;

use crate::recorded::{client, id, recorded, recorded_with};

fn notice(title: &str) -> Value {
    json!({ "recipient_id": id("user.student.S01"), "title": title, "message": "In the great hall" })
}

async fn bodies(app: &TestApp, path: &str) -> Value {
    client(app, "student").get(path).await.is(200).json()
}

#[tokio::test]
async fn every_spelling_marks_a_notice_as_read() {
    let app = recorded().await;
    let student = client(&app, "student");
    for action in ["mark-read", "mark_read", "mark-as-read", "mark_as_read"] {
        for method in [Method::PUT, Method::PATCH, Method::POST] {
            let path = format!("/api/notifications/{}", id("notif.n3"));
            student.post(&format!("{path}/mark_as_unread/"), json!({})).await.is(200);
            let marked = student.json(method, &format!("{path}/{action}/"), &json!({})).await;
            marked.is(200).has(json!({
                "message": "Notification marked as read", "notification": { "is_read": true, "category": "general" }
            }));
        }
    }
}

#[tokio::test]
async fn first_moment_of_reading_is_kept() {
    let app = recorded().await;
    let (student, path) =
        (client(&app, "student"), format!("/api/notifications/{}/mark-read", id("notif.n1")));
    let first = student.post(&path, json!({})).await.json();
    app.clock.advance(chrono::TimeDelta::hours(1));
    let second = student.post(&path, json!({})).await.json();
    assert_eq!(first["notification"]["read_at"], second["notification"]["read_at"]);
    assert_eq!(first["notification"]["related_object_type"], "payment");
}

#[tokio::test]
async fn bulk_actions_of_an_administrator_touch_their_own_notices_only() {
    let app = recorded().await;
    let admin = client(&app, "admin");
    let marked = admin.post("/api/notifications/mark-all-read/", json!({})).await;
    marked.is(200).has(json!({ "message": "1 notification(s) marked as read" }));
    let deleted = admin.delete("/api/notifications/delete_all_read/").await;
    deleted.is(200).has(json!({ "message": "1 read notification(s) deleted" }));
    admin.get("/api/notifications/unread-count/").await.is(200).has(json!({ "unread_count": 4 }));
    assert_eq!(bodies(&app, "/api/notifications/unread-count/").await["unread_count"], 2);
}

#[tokio::test]
async fn administrators_read_and_delete_any_notice_others_their_own() {
    let app = recorded().await;
    let path = format!("/api/notifications/{}/", id("notif.n4"));
    client(&app, "student").delete(&path).await.is(404);
    client(&app, "staff:LIBRARY").get(&path).await.is(404);
    client(&app, "admin").delete(&path).await.is(204);
    client(&app, "admin").get(&path).await.is(404);
}

#[tokio::test]
async fn recipient_and_references_of_a_written_notice_must_exist() {
    let app = recorded().await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    let wrong = json!({ "recipient_id": unknown, "title": "a", "message": "b", "gown": unknown });
    client(&app, "admin").post("/api/notifications/", wrong).await.is(400).has(json!({
        "recipient_id": ["Recipient not found"],
        "gown": [format!("Invalid pk \"{unknown}\" - object does not exist.")]
    }));
    let mut about = notice("Your payment");
    about["payment"] = json!(id("pay.S01"));
    client(&app, "admin").post("/api/notifications/", about).await.is(201);
    let page = bodies(&app, "/api/notifications/?search=your%20payment").await;
    assert_eq!(page["results"][0]["related_object_type"], "payment");
}

#[tokio::test]
async fn open_stream_gets_ones_own_notices_at_once() {
    let app = recorded_with(&[], |config| config.realtime.held = true).await;
    let login = json!({ "email": "s01@students.mksu.test", "password": "Student-Peer-Pass-1" });
    let token = app.anonymous().post("/api/auth/login/", login).await.is(200).json()["access"].clone();
    let token = token.as_str().expect("a token");
    let mut stream = app.anonymous().listen(&format!("/api/notifications/stream/?token={token}")).await;
    assert_eq!(stream.data().await["type"], "connected");
    let admin = client(&app, "admin");
    let mut other = notice("For another");
    other["recipient_id"] = json!(id("user.student.S02"));
    admin.post("/api/notifications/", other).await.is(201);
    admin.post("/api/notifications/", notice("Rehearsal")).await.is(201);
    let event = stream.data().await.to_string();
    assert!(event.contains("Rehearsal") && !event.contains("For another"), "{event}");
    app.anonymous().get("/api/notifications/stream/").await.is(401);
}
