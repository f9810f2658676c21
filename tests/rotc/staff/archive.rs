//! Archiving the staff and bringing them back.

use serde_json::json;
use tests::{TestApp, a_staff_member};

use super::{STAFF, rows};

/// Sessions and sign-in end at once; messages, attendance and the row stay.
#[tokio::test]
async fn an_archived_member_is_signed_out_and_comes_back() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member().with_password("a good password")).await;
    let url = format!("{STAFF}/{}", member.id);
    let me = app.as_user(member.user_id);
    me.post(&format!("{STAFF}/chat/messages"), json!({ "content": "Hello" })).await.is(200);
    let sign_in = json!({ "username": member.username, "password": "a good password" });

    app.as_admin().delete(&url).await.is(200).message("Staff archived successfully");

    me.get(&format!("{STAFF}/me")).await.is(401);
    app.anonymous().post("/api/auth/login", sign_in.clone()).await.is(403).message("Account archived");
    assert_eq!(rows(&app, "training_staff").await, 1);
    app.as_admin().get(&format!("{STAFF}/chat/messages")).await.has(json!([{ "content": "Hello" }]));
    app.as_admin().get(&url).await.has(json!({ "is_archived": true, "user": { "is_approved": false } }));
    app.as_admin().delete(&url).await.is(200);
    let restored = app.as_admin().post(&format!("{url}/restore"), json!({})).await;
    restored.is(200).message("Staff restored");
    app.as_admin().get(&url).await.has(json!({ "is_archived": false, "user": { "is_approved": true } }));
    me.get(&format!("{STAFF}/me")).await.is(401);
    app.anonymous().post("/api/auth/login", sign_in).await.is(200);
    for id in [member.id, 99999] {
        let again = app.as_admin().post(&format!("{STAFF}/{id}/restore"), json!({})).await;
        again.is(404).message("Staff not found or not archived");
    }
    app.as_admin().delete(&format!("{STAFF}/99999")).await.is(200).message("Staff deleted successfully");
    app.audited("training_staff", "UPDATE", member.id).await;
    app.audited("users", "UPDATE", member.user_id).await;
}

#[tokio::test]
async fn several_members_are_archived_and_restored_together() {
    let app = TestApp::rotc().await;
    let (one, other) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let admin = app.as_admin();
    let ids = json!({ "ids": [one.id, other.id.to_string(), 99999] });
    app.as_user(one.user_id).get(&format!("{STAFF}/me")).await.is(200);

    admin.post("/api/admin/staff/archive", ids.clone()).await.is(200).message("Archived 2 staff");

    app.as_user(one.user_id).get(&format!("{STAFF}/me")).await.is(401);
    assert_eq!(rows(&app, "users WHERE is_archived AND is_approved = 0").await, 2);
    admin.post("/api/admin/staff/restore", ids).await.is(200).message("Restored 2 staff");
    assert_eq!(
        rows(&app, "users WHERE staff_id IS NOT NULL AND NOT is_archived AND is_approved = 1").await,
        2
    );
    for bad in [json!({}), json!({ "ids": [] }), json!({ "ids": ["x"] }), json!({ "ids": "1" })] {
        admin.post("/api/admin/staff/archive", bad.clone()).await.is(400).message("Invalid IDs");
        admin.post("/api/admin/staff/restore", bad).await.is(400).message("Invalid IDs");
    }
}

/// Else the last admin could lock everybody out.
#[tokio::test]
async fn admins_on_the_staff_do_not_archive_themselves() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member()).await;
    app.execute("UPDATE users SET role = 'admin' WHERE id = $1", &[&member.user_id]).await;
    let me = app.as_user(member.user_id);

    me.delete(&format!("{STAFF}/{}", member.id)).await.is(409).message("You cannot archive yourself");
    me.post("/api/admin/staff/archive", json!({ "ids": [member.id] })).await.is(409);

    me.get(&format!("{STAFF}/me")).await.is(200).has(json!({ "id": member.id }));
    app.as_admin().delete(&format!("{STAFF}/{}", member.id)).await.is(200);
    me.get(&format!("{STAFF}/me")).await.is(401);
    app.as_admin().post(&format!("{STAFF}/{}/restore", member.id), json!({})).await.is(200);
    let again = app.sign_in(member.user_id).await.access;
    app.with_token(again).get(STAFF).await.is(200);
}
