//! Messages to the administrators and back, and to everybody.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_staff_member, an_admin};

const PATH: &str = "/api/messages";
const MINE: &str = "/api/messages/my";
const RESOURCE: &str = "/api/messages/admin";
const STAFF: &str = "/api/messages/staff";

fn hello() -> Value {
    json!({ "subject": "Grades", "message": "Please check" })
}

/// The notices of a type that users have, as `user: text`.
async fn told(app: &TestApp, kind: &str) -> Vec<String> {
    let find =
        "SELECT coalesce(string_agg(coalesce(user_id::text, 'all') || ': ' || message, '|' ORDER BY id), '')
                FROM notifications WHERE type = $1";
    let text: String = app.value(find, &[&kind]).await;
    text.split('|').filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The payloads of the events of a type.
async fn events(app: &TestApp, kind: &str) -> Value {
    let find = "SELECT coalesce(jsonb_agg(payload ORDER BY id), '[]') FROM sync_events WHERE event_type = $1";
    app.value(find, &[&kind]).await
}

fn count(list: &Value) -> usize {
    list.as_array().expect("a list").len()
}

#[tokio::test]
async fn a_message_reaches_every_other_admin_and_is_answered() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let (admin, second) = (app.admin_id().await, app.add(an_admin()).await);
    let me = app.as_cadet(&cadet);

    let sent = me.post(PATH, hello()).await;

    sent.is(200).message("Message sent successfully");
    let id = sent.json()["id"].clone();
    let text = format!("New message from {}: Grades", cadet.student_id);
    assert_eq!(
        told(&app, "ask_admin").await,
        [format!("{admin}: {text}"), format!("{}: {text}", second.user_id)]
    );
    assert_eq!(events(&app, "ask_admin").await, json!([{ "messageId": id }]));
    let row = json!([{ "id": id, "user_id": cadet.user_id, "sender_role": "cadet", "status": "pending",
                       "admin_reply": null, "created_at": "2026-02-02T08:00:00.000Z" }]);
    me.get(MINE).await.is(200).has(row);
    assert_eq!(app.as_cadet(&other).get(MINE).await.json(), json!([]));
    app.as_admin().get(PATH).await.is(200).has(json!([{ "id": id, "username": cadet.student_id,
        "user_email": cadet.email, "cadet_first": "Juan", "cadet_last": cadet.last_name, "staff_first": null }]));

    let reply = json!({ "admin_reply": "Fixed." });
    for _ in 0..2 {
        let answered = app.as_admin().put(&format!("{PATH}/{id}/reply"), reply.clone()).await;
        answered.is(200).message("Reply sent successfully");
    }
    me.get(MINE).await.has(json!([{ "status": "resolved", "admin_reply": "Fixed." }]));
    let told_back = format!("{}: Admin replied to your message: Grades", cadet.user_id);
    assert_eq!(told(&app, "ask_admin_reply").await, [told_back], "once");
    let payload = json!([{ "userId": cadet.user_id, "messageId": id }]);
    assert_eq!(events(&app, "ask_admin_reply").await, payload);
}

#[tokio::test]
async fn the_same_message_within_seconds_is_one() {
    let app = TestApp::crowded().await;
    let cadet = app.add(a_cadet()).await;
    let me = app.as_cadet(&cadet);
    let (one, two) = tokio::join!(me.post(PATH, hello()), me.post(PATH, hello()));
    assert_eq!(one.is(200).json(), two.is(200).json());
    assert_eq!(count(&me.get(MINE).await.json()), 1);
    app.clock.advance(TimeDelta::seconds(11));
    me.post(PATH, hello()).await.is(200);
    assert_eq!(count(&me.get(MINE).await.json()), 2);
}

#[tokio::test]
async fn messages_and_answers_are_checked_and_change_nothing_otherwise() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let me = app.as_cadet(&cadet);
    for wrong in [
        json!({}),
        json!({ "subject": "x" }),
        json!({ "subject": " ", "message": "x" }),
        json!({ "subject": 5, "message": "x" }),
    ] {
        me.post(PATH, wrong.clone()).await.is(400).message("Subject and message are required");
        app.as_admin().post("/api/messages/broadcast", wrong).await.is(400);
    }
    me.post(PATH, json!({ "subject": "x".repeat(301), "message": "x" })).await.is(400);
    me.post(PATH, json!({ "subject": "x", "message": "x".repeat(20_001) })).await.is(400);
    let target = json!({ "subject": "x", "message": "y", "target_role": "parents" });
    app.as_admin().post("/api/messages/broadcast", target).await.is(400);
    let id = me.post(PATH, hello()).await.json()["id"].clone();
    let url = format!("{PATH}/{id}/reply");
    for wrong in
        [json!({}), json!({ "admin_reply": " " }), json!({ "admin_reply": "x", "status": "broadcast" })]
    {
        app.as_admin().put(&url, wrong).await.is(400);
    }
    app.as_admin().put(&format!("{PATH}/abc/reply"), json!({ "admin_reply": "x" })).await.is(400);
    app.as_admin().put(&format!("{PATH}/99999/reply"), json!({ "admin_reply": "x" })).await.is(200);
    me.get(MINE).await.has(json!([{ "status": "pending", "admin_reply": null }]));
    for client in [app.as_staff(), me.clone()] {
        client.get(PATH).await.is(403).message("Forbidden");
        client.put(&url, json!({ "admin_reply": "x" })).await.is(403);
        client.put(&format!("{RESOURCE}/{id}"), json!({ "admin_reply": "x" })).await.is(403);
        client.post("/api/messages/broadcast", hello()).await.is(403);
    }
    assert_eq!(told(&app, "ask_admin").await.len(), 1);
}

#[tokio::test]
async fn a_broadcast_reaches_everybody_until_they_delete_it_for_themselves() {
    let app = TestApp::rotc().await;
    let (cadet, other, member) =
        (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_staff_member()).await);
    let body = json!({ "subject": "Formation", "message": "At 0600H", "target_role": "cadet" });

    let sent = app.as_admin().post("/api/messages/broadcast", body.clone()).await;

    sent.is(200).message("Broadcast sent successfully");
    let id = sent.json()["id"].clone();
    assert_eq!(app.as_admin().post("/api/messages/broadcast", body).await.json()["id"], id, "once");
    let seen = json!([{ "id": id, "user_id": null, "sender_role": "admin", "status": "broadcast" }]);
    let everybody = [cadet.user_id, other.user_id, member.user_id, app.admin_id().await];
    for user in everybody {
        app.as_user(user).get(MINE).await.has(seen.clone());
    }
    assert_eq!(told(&app, "admin_broadcast").await, ["all: Formation: At 0600H"]);
    assert_eq!(events(&app, "admin_broadcast").await, json!([{ "messageId": id, "targetRole": "cadet" }]));
    let notices = app.as_cadet(&cadet).get("/api/cadet/notifications").await;
    notices.has(json!([{ "type": "admin_broadcast", "user_id": null }]));
    app.as_admin().get(PATH).await.has(json!([{ "id": id, "username": "Administrator" }]));
    let reply = json!({ "admin_reply": "x" });
    app.as_admin().put(&format!("{PATH}/{id}/reply"), reply).await.is(400);

    for _ in 0..2 {
        app.as_cadet(&cadet)
            .delete(&format!("{PATH}/{id}"))
            .await
            .is(200)
            .message("Message deleted successfully");
    }
    assert_eq!(app.as_cadet(&cadet).get(MINE).await.json(), json!([]));
    app.as_cadet(&cadet).get(RESOURCE).await.has(json!({ "total": 0, "data": [] }));
    app.as_cadet(&other).get(MINE).await.has(seen);
    app.as_admin().delete(&format!("{PATH}/{id}")).await.is(200);
    assert_eq!(app.as_cadet(&other).get(MINE).await.json(), json!([]));
}

#[tokio::test]
async fn one_deletes_ones_own_messages_and_admins_any() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let own = app.as_cadet(&cadet).post(PATH, hello()).await.json()["id"].clone();
    let foreign = app.as_cadet(&other).post(PATH, hello()).await.json()["id"].clone();
    for id in [&own, &foreign, &json!(99999)] {
        app.as_cadet(&cadet)
            .delete(&format!("{PATH}/{id}"))
            .await
            .is(200)
            .message("Message deleted successfully");
    }
    app.as_cadet(&cadet).delete(&format!("{PATH}/abc")).await.is(400);
    app.as_admin().get(PATH).await.has(json!([{ "id": foreign }]));
    app.as_admin().delete(&format!("{PATH}/{foreign}")).await.is(200);
    assert_eq!(app.as_admin().get(PATH).await.json(), json!([]));
}

#[tokio::test]
async fn the_resource_shows_the_same_messages_in_pages() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let me = app.as_cadet(&cadet);

    let sent = me.post(RESOURCE, hello()).await;

    sent.is(201).has(json!({ "success": true, "message": "Message sent successfully", "data": {
        "user": cadet.user_id, "user_name": cadet.student_id, "subject": "Grades", "status": "pending" } }));
    let id = sent.json()["data"]["id"].clone();
    app.clock.advance(TimeDelta::minutes(1));
    app.as_cadet(&other).post(RESOURCE, json!({ "subject": "b", "message": "c" })).await.is(201);
    me.post(RESOURCE, json!({})).await.is(400).has(json!({ "error": true, "code": "BAD_REQUEST" }));
    let url = format!("{RESOURCE}/{id}");
    let answered = app.as_admin().put(&url, json!({ "admin_reply": "Noted" })).await;
    answered.is(200).has(json!({ "success": true, "data": { "status": "replied", "admin_reply": "Noted" } }));
    let again = json!({ "admin_reply": "Done", "status": "resolved" });
    app.as_admin()
        .put(&format!("{url}/reply"), again)
        .await
        .is(200)
        .has(json!({ "data": { "status": "resolved" } }));
    app.as_admin().put(&format!("{RESOURCE}/99999"), json!({ "admin_reply": "x" })).await.is(404);
    me.get(RESOURCE)
        .await
        .has(json!({ "success": true, "page": 1, "limit": 50, "total": 1, "data": [{ "id": id }] }));
    let page = app.as_admin().get(&format!("{RESOURCE}?limit=1&page=1")).await;
    page.is(200).has(json!({ "limit": 1, "total": 2, "data": [{ "id": id }] }));
    let pending = app.as_admin().get(&format!("{RESOURCE}?status=pending")).await;
    pending.has(json!({ "total": 1, "data": [{ "subject": "b" }] }));
    assert_eq!(app.anonymous().get(RESOURCE).await.status(), 401);
}

#[tokio::test]
async fn the_chat_of_the_staff_is_a_resource_too_and_tells_the_others() {
    let app = TestApp::rotc().await;
    let (member, colleague, cadet) =
        (app.add(a_staff_member()).await, app.add(a_staff_member()).await, app.add(a_cadet()).await);
    let me = app.as_user(member.user_id);

    let posted = me.post(STAFF, json!({ "content": " Roger " })).await;

    posted.is(201).has(json!({ "success": true, "data": { "sender_staff": member.id, "sender_rank": "Sgt",
        "content": "Roger", "created_at": "2026-02-02T08:00:00.000Z" } }));
    let id = posted.json()["data"]["id"].clone();
    let chat = me.post("/api/staff/chat/messages", json!({ "content": "Roger" })).await;
    assert_eq!(chat.is(200).json()["id"], id, "the same message at once is one");
    let notices = told(&app, "staff_chat").await;
    assert_eq!(notices.len(), 1);
    assert!(
        notices[0].starts_with(&format!("{}: New message from Sgt Staff", colleague.user_id)),
        "{notices:?}"
    );
    assert_eq!(events(&app, "staff_chat").await, json!([{ "messageId": id, "staffId": member.id }]));
    app.as_admin()
        .get(STAFF)
        .await
        .is(200)
        .has(json!({ "total": 1, "data": [{ "id": id, "content": "Roger" }] }));
    me.post(STAFF, json!({})).await.is(400).message("Message content is required.");
    app.as_admin().post(STAFF, json!({ "content": "x" })).await.is(403);
    app.as_cadet(&cadet).post(STAFF, json!({ "content": "x" })).await.is(403);
    app.as_cadet(&cadet).get(STAFF).await.is(403).has(json!({ "error": true }));
    app.clock.advance(TimeDelta::seconds(6));
    me.post(STAFF, json!({ "content": "Roger" })).await.is(201);
    me.get(STAFF).await.has(json!({ "total": 2 }));
}
