//! Who is on the staff, and who may see it.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_staff_member};

use super::{STAFF, ids};

/// Each member comes with the account; positions are a filter, archived members a wish.
#[tokio::test]
async fn admins_list_the_staff_with_their_accounts() {
    let app = TestApp::rotc().await;
    let (one, other) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    app.execute("UPDATE training_staff SET role = 'Commandant', rank = NULL WHERE id = $1", &[&one.id]).await;
    let admin = app.as_admin();

    let list = admin.get(STAFF).await;

    list.is(200).has(json!([
        { "id": one.id, "username": one.username, "role": "Commandant", "rank": null, "is_archived": false,
          "user": { "id": one.user_id, "email": one.email, "role": "training_staff", "is_approved": true } },
        { "id": other.id, "role": "Instructor" },
    ]));
    assert!(!list.text().contains("password"), "{list}");
    let found = async |query: &str| ids(&admin.get(&format!("{STAFF}?{query}")).await.is(200).json());
    assert_eq!(found("role=Commandant").await, [i64::from(one.id)]);
    assert_eq!(found("role=%25").await, Vec::<i64>::new());
    assert_eq!(found("role=").await.len(), 2);
    admin.delete(&format!("{STAFF}/{}", one.id)).await.is(200);
    assert_eq!(found("").await, [i64::from(other.id)]);
    assert_eq!(found("include_archived=true").await.len(), 2);
    assert_eq!(ids(&admin.get(&format!("{STAFF}/archived")).await.is(200).json()), [i64::from(one.id)]);
    let archived = admin.get("/api/admin/staff/archived").await;
    archived.is(200).has(json!([{ "id": one.id, "is_archived": true }]));
    let colleagues = app.as_user(other.user_id).get(&format!("{STAFF}/list")).await;
    colleagues.is(200).has(json!([{ "id": other.id, "email": other.email }]));
    assert_eq!(colleagues.json()[0].as_object().map(serde_json::Map::len), Some(7), "{colleagues}");
}

/// A member without an account is shown as well.
#[tokio::test]
async fn a_member_sees_themselves_and_admins_see_everybody() {
    let app = TestApp::rotc().await;
    let (one, other) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let me = app.as_user(one.user_id);

    let shown = me.get(&format!("{STAFF}/{}", one.id)).await;

    shown.is(200).has(json!({ "id": one.id, "email": one.email, "user": { "username": one.username } }));
    me.get(&format!("{STAFF}/me")).await.is(200).has(json!({ "id": one.id, "username": one.username }));
    for id in [other.id.to_string(), "99999".to_owned(), "abc".to_owned()] {
        me.get(&format!("{STAFF}/{id}")).await.is(403).message("Access denied.");
    }
    app.execute("DELETE FROM users WHERE id = $1", &[&other.user_id]).await;
    let alone = app.as_admin().get(&format!("{STAFF}/{}", other.id)).await;
    alone.is(200).has(json!({ "id": other.id, "user": null }));
    app.as_admin().get(&format!("{STAFF}/99999")).await.is(404).message("Staff not found");
    app.as_admin().get(&format!("{STAFF}/me")).await.is(404).message("Not logged in as staff");
    app.execute("UPDATE users SET staff_id = NULL WHERE id = $1", &[&one.user_id]).await;
    // What is known of a session is used for a second after another program has written.
    app.clock.advance(TimeDelta::seconds(1));
    me.get(&format!("{STAFF}/me")).await.is(200).has(json!({ "id": null, "role": "training_staff" }));
    me.get(&format!("{STAFF}/{}", one.id)).await.is(403);
}

/// What each person gets from each route: a cadet, a member of the staff, an account of the staff without a
/// member, an admin who is not on the staff. The routes name a colleague, and bodies are empty.
#[tokio::test]
async fn every_route_is_for_its_people_only() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let (member, orphan) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let colleague = app.add(a_staff_member()).await;
    app.execute("UPDATE users SET staff_id = NULL WHERE id = $1", &[&orphan.user_id]).await;
    let message: i32 = app
        .value(
            "INSERT INTO staff_messages (sender_staff_id, content) VALUES ($1, 'Hi') RETURNING id",
            &[&colleague.id],
        )
        .await;
    let table = [
        ("GET /api/staff", [403, 403, 403, 200]),
        ("GET /api/staff/archived", [403, 403, 403, 200]),
        ("GET /api/admin/staff/archived", [403, 403, 403, 200]),
        ("GET /api/staff/list", [403, 200, 200, 200]),
        ("GET /api/staff/me", [404, 200, 200, 404]),
        ("GET /api/staff/{id}", [403, 403, 403, 200]),
        ("GET /api/staff/analytics/overview", [403, 200, 200, 200]),
        ("GET /api/staff/chat/messages", [403, 200, 200, 200]),
        ("GET /api/staff/chat/latest", [403, 200, 200, 200]),
        ("GET /api/staff/notifications", [200, 200, 200, 200]),
        ("POST /api/staff", [403, 403, 403, 400]),
        ("PUT /api/staff/{id}", [403, 403, 403, 200]),
        ("POST /api/staff/{id}/restore", [403, 403, 403, 404]),
        ("POST /api/admin/staff/archive", [403, 403, 403, 400]),
        ("POST /api/admin/staff/restore", [403, 403, 403, 400]),
        ("PUT /api/staff/profile", [403, 403, 403, 403]),
        ("POST /api/staff/profile/photo", [403, 400, 403, 403]),
        ("POST /api/staff/qr-code", [403, 400, 403, 403]),
        ("POST /api/staff/acknowledge-guide", [403, 200, 403, 403]),
        ("POST /api/staff/access", [403, 200, 403, 403]),
        ("POST /api/staff/chat/messages", [403, 400, 403, 403]),
        ("PUT /api/staff/chat/messages/{message}", [403, 400, 400, 400]),
        ("DELETE /api/staff/chat/messages/{message}", [403, 403, 403, 200]),
        ("DELETE /api/staff/{id}", [403, 403, 403, 200]),
    ];
    let people = [cadet.user_id, member.user_id, orphan.user_id, app.admin_id().await];

    for (route, expected) in table {
        let (method, path) = route.split_once(' ').expect("a method");
        let path = path.replace("{id}", &colleague.id.to_string()).replace("{message}", &message.to_string());
        let mut answered = Vec::new();
        for person in people {
            let method: Method = method.parse().expect("a method");
            answered.push(app.as_user(person).json(method, &path, &json!({})).await.status());
        }
        assert_eq!(answered, expected, "{route}");
    }
    let words = app.as_user(member.user_id).post(STAFF, json!({})).await;
    assert_eq!(words.json()["message"], Value::from("Forbidden"));
}
