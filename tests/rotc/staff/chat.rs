//! The chat of the staff.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_staff_member};

use super::ids;

const CHAT: &str = "/api/staff/chat/messages";
const LATEST: &str = "/api/staff/chat/latest";

#[tokio::test]
async fn messages_are_posted_and_read() {
    let app = TestApp::rotc().await;
    let (member, colleague) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let me = app.as_user(member.user_id);
    me.get(LATEST).await.is(200);
    assert_eq!(me.get(LATEST).await.json(), Value::Null);

    let posted = me.post(CHAT, json!({ "content": "  Formation at 0600H – ñ 🫡  " })).await;

    posted.is(200).message("Message posted");
    let id = posted.json()["id"].clone();
    app.clock.advance(chrono::TimeDelta::seconds(1));
    app.as_user(colleague.user_id).post(CHAT, json!({ "content": "Roger" })).await.is(200);
    let list = app.as_admin().get(CHAT).await;
    list.is(200).has(json!([
        { "id": id, "content": "Formation at 0600H – ñ 🫡", "staff_id": member.id, "first_name": "Maria",
          "rank": "Sgt", "profile_pic": null, "created_at": "2026-02-02T08:00:00.000Z" },
        { "content": "Roger", "staff_id": colleague.id },
    ]));
    me.get(LATEST).await.is(200).has(json!({ "content": "Roger", "first_name": "Maria" }));
    for empty in [json!({}), json!({ "content": "  " }), json!({ "content": 5 }), json!({ "content": null })]
    {
        me.post(CHAT, empty).await.is(400).message("Message content is required.");
    }
    me.post(CHAT, json!({ "content": "x".repeat(5001) })).await.is(400).message("The message is too long.");
    me.post(CHAT, json!({ "content": "a\u{0}b" })).await.is(400);
    assert_eq!(ids(&me.get(CHAT).await.json()).len(), 2);
}

#[tokio::test]
async fn the_last_hundred_messages_are_listed_oldest_first() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member()).await;
    app.execute(
        "INSERT INTO staff_messages (sender_staff_id, content, created_at)
         SELECT $1, 'm' || n, timestamp '2026-01-01' + n * interval '1 minute' FROM generate_series(1, 105) AS n",
        &[&member.id],
    )
    .await;
    let list = app.as_user(member.user_id).get(CHAT).await.is(200).json();
    assert_eq!((&list[0]["content"], &list[99]["content"]), (&json!("m6"), &json!("m105")));
    assert_eq!(ids(&list).len(), 100);
}

#[tokio::test]
async fn ones_own_messages_are_edited_and_deleted_and_admins_change_any() {
    let app = TestApp::rotc().await;
    let (member, colleague) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let (me, other) = (app.as_user(member.user_id), app.as_user(colleague.user_id));
    let post = async || me.post(CHAT, json!({ "content": "first" })).await.json()["id"].to_string();
    let url = format!("{CHAT}/{}", post().await);
    let content = async || app.as_admin().get(CHAT).await.json()[0]["content"].clone();

    other.put(&url, json!({ "content": "x" })).await.is(403).message("You can only edit your own messages.");
    other.delete(&url).await.is(403).message("You can only delete your own messages.");
    assert_eq!(content().await, "first");
    me.put(&url, json!({ "content": " edited " })).await.is(200).message("Message updated");
    assert_eq!(content().await, "edited");
    me.put(&url, json!({ "content": "" })).await.is(400).message("Message content is required.");
    app.as_admin().put(&url, json!({ "content": "by an admin" })).await.is(200);
    assert_eq!(content().await, "by an admin");
    me.delete(&url).await.is(200).message("Message deleted");
    me.delete(&url).await.is(404).message("Message not found.");
    me.put(&url, json!({ "content": "x" })).await.is(404).message("Message not found.");
    me.put(&format!("{CHAT}/abc"), json!({ "content": "x" })).await.is(400);
    let again = format!("{CHAT}/{}", post().await);
    app.as_admin().delete(&again).await.is(200);
    assert_eq!(app.as_admin().get(CHAT).await.json(), json!([]));
}

#[tokio::test]
async fn the_chat_tells_others_why_they_may_not_post() {
    let app = TestApp::rotc().await;
    let (cadet, orphan) = (app.add(a_cadet()).await, app.add(a_staff_member()).await);
    app.execute("UPDATE users SET staff_id = NULL WHERE id = $1", &[&orphan.user_id]).await;
    let body = json!({ "content": "x" });

    app.as_cadet(&cadet).post(CHAT, body.clone()).await.is(403).message("Access denied.");
    app.as_cadet(&cadet).get(CHAT).await.is(403).message("Access denied.");
    let orphans = app.as_user(orphan.user_id).post(CHAT, body.clone()).await;
    orphans.is(403).message("Staff identity required.");
    let admins = app.as_admin().post(CHAT, body.clone()).await;
    admins.is(403).message("Admin must have a staff profile to post.");
    let member = app.add(a_staff_member()).await;
    let link = "UPDATE users SET staff_id = $1 WHERE id = $2";
    app.execute(link, &[&member.id, &app.admin_id().await]).await;
    // What is known of a session is used for a second after another program has written.
    app.clock.advance(TimeDelta::seconds(1));
    app.as_admin().post(CHAT, body).await.is(200);
}

/// Old rows hold pictures as text; clients ask for the chat every three seconds.
#[tokio::test]
async fn long_pictures_are_not_sent_with_every_message() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member()).await;
    let picture = format!("data:image/png;base64,{}", "A".repeat(50_000));
    app.execute("UPDATE training_staff SET profile_pic = $2 WHERE id = $1", &[&member.id, &picture]).await;
    let me = app.as_user(member.user_id);
    me.post(CHAT, json!({ "content": "Hello" })).await.is(200);
    let address = format!("/api/images/staff/{}", member.id);
    me.get(CHAT).await.has(json!([{ "profile_pic": address }]));
    app.as_admin().get("/api/staff").await.has(json!([{ "profile_pic": address }]));
    me.get("/api/staff/me").await.has(json!({ "profile_pic": picture }));
}
