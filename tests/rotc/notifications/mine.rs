//! Notices: private ones, and those for everyone.

use serde_json::{Value, json};
use tests::{Cadet, TestApp, a_cadet};

const PATH: &str = "/api/cadet/notifications";

async fn notice(app: &TestApp, user_id: Option<i32>, kind: &str) -> i32 {
    let insert = "INSERT INTO notifications (user_id, message, type) VALUES ($1, 'Hear', $2) RETURNING id";
    app.value(insert, &[&user_id, &kind]).await
}

/// The ids a cadet sees, oldest first, with whether they are read.
async fn seen(app: &TestApp, cadet: &Cadet) -> Vec<(i64, bool)> {
    let list = app.as_cadet(cadet).get(PATH).await;
    let mut seen: Vec<_> = list.is(200).json().as_array().expect("a list").iter().map(pair).collect();
    seen.sort_unstable();
    seen
}

fn pair(notice: &Value) -> (i64, bool) {
    (notice["id"].as_i64().unwrap_or_default(), notice["is_read"] == true)
}

#[tokio::test]
async fn cadets_get_their_own_and_the_public_ones_admins_all_global_ones() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let own = notice(&app, Some(cadet.user_id), "grade").await;
    let private = notice(&app, Some(other.user_id), "grade").await;
    let public = notice(&app, None, "activity").await;
    let system = notice(&app, None, "perf_alert").await;

    assert_eq!(seen(&app, &cadet).await, [(own.into(), false), (public.into(), false)]);
    let admins = app.as_admin().get("/api/admin/notifications").await;
    admins.is(200).has(json!([{ "id": system, "user_id": null }, { "id": public }]));
    app.as_staff().get("/api/admin/notifications").await.is(403);
    assert!(!admins.text().contains(&format!("\"id\":{private},")));
}

#[tokio::test]
async fn reading_and_deleting_touches_ones_own_view_only() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let own = notice(&app, Some(cadet.user_id), "grade").await;
    let private = notice(&app, Some(other.user_id), "grade").await;
    let public = notice(&app, None, "activity").await;
    let me = app.as_cadet(&cadet);
    for id in [own, private, public, 99999] {
        me.put(&format!("{PATH}/{id}/read"), json!({})).await.is(200).message("Marked as read");
    }
    assert_eq!(seen(&app, &cadet).await, [(own.into(), true), (public.into(), true)]);
    assert_eq!(seen(&app, &other).await, [(private.into(), false), (public.into(), false)]);

    for id in [own, private, public, 99999] {
        me.delete(&format!("{PATH}/{id}")).await.is(200).message("Notification deleted");
    }
    assert_eq!(seen(&app, &cadet).await, []);
    assert_eq!(seen(&app, &other).await, [(private.into(), false), (public.into(), false)]);
    me.put(&format!("{PATH}/abc/read"), json!({})).await.is(400);
    me.delete(&format!("{PATH}/abc")).await.is(400);
}

#[tokio::test]
async fn all_at_once_is_also_for_oneself() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let own = notice(&app, Some(cadet.user_id), "grade").await;
    let public = notice(&app, None, "announcement").await;
    let me = app.as_cadet(&cadet);
    me.put(&format!("{PATH}/read-all"), json!({})).await.is(200).message("All marked as read");
    assert_eq!(seen(&app, &cadet).await, [(own.into(), true), (public.into(), true)]);
    me.delete(&format!("{PATH}/delete-all")).await.is(200).message("All notifications deleted");
    assert_eq!(seen(&app, &cadet).await, []);
    let later = notice(&app, None, "activity").await;
    assert_eq!(seen(&app, &cadet).await, [(later.into(), false)]);
    assert_eq!(seen(&app, &other).await, [(public.into(), false), (later.into(), false)]);
}

const RESOURCE: &str = "/api/notifications";

#[tokio::test]
async fn the_resource_lists_counts_and_reads_what_one_sees() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let own = notice(&app, Some(cadet.user_id), "grade").await;
    let private = notice(&app, Some(other.user_id), "grade").await;
    let public = notice(&app, None, "activity").await;
    notice(&app, None, "perf_alert").await;
    let me = app.as_cadet(&cadet);

    let list = me.get(RESOURCE).await;
    list.is(200).has(json!({ "success": true, "page": 1, "limit": 50, "total": 2,
        "data": [{ "id": public, "user": null, "user_id": null }, { "id": own, "user": cadet.user_id, "is_read": false }] }));
    me.get(&format!("{RESOURCE}?limit=1&page=2")).await.has(json!({ "total": 2, "data": [{ "id": own }] }));
    for url in ["unread/count", "unread_count"] {
        let count = me.get(&format!("{RESOURCE}/{url}")).await;
        count.is(200).has(json!({ "success": true, "count": 2, "data": { "count": 2 } }));
    }
    me.put(&format!("{RESOURCE}/{own}/read"), json!({}))
        .await
        .is(200)
        .has(json!({ "data": { "is_read": true } }));
    me.get(&format!("{RESOURCE}?is_read=false")).await.has(json!({ "total": 1, "data": [{ "id": public }] }));
    me.put(&format!("{RESOURCE}/{public}/mark_read"), json!({}))
        .await
        .is(200)
        .has(json!({ "data": { "id": public } }));
    me.get(&format!("{RESOURCE}?is_read=true")).await.has(json!({ "total": 2 }));
    me.get(&format!("{RESOURCE}?is_read=perhaps")).await.is(400).has(json!({ "error": true }));
    me.put(&format!("{RESOURCE}/{private}/read"), json!({})).await.is(404);
    assert_eq!(seen(&app, &other).await, [(private.into(), false), (public.into(), false)]);
    let all = app.as_cadet(&other).post(&format!("{RESOURCE}/mark_all_read"), json!({})).await;
    all.is(200).has(json!({ "message": "2 notifications marked as read", "data": { "count": 2 } }));
    let none = app.as_cadet(&other).post(&format!("{RESOURCE}/mark_all_read"), json!({})).await;
    none.is(200).has(json!({ "data": { "count": 0 } }));
    app.as_admin().get(RESOURCE).await.has(json!({ "total": 2 }));
}

#[tokio::test]
async fn strangers_get_an_empty_list_and_nothing_else() {
    let app = TestApp::rotc().await;
    let id = notice(&app, None, "activity").await;
    assert_eq!(app.anonymous().get(RESOURCE).await.is(200).json(), json!([]));
    assert_eq!(app.with_token("wrong").get(RESOURCE).await.is(200).json(), json!([]));
    app.anonymous().get(&format!("{RESOURCE}/unread/count")).await.is(401);
    app.anonymous().delete(&format!("{RESOURCE}/{id}")).await.is(401);
    app.anonymous().post(RESOURCE, json!({})).await.is(401);
}

#[tokio::test]
async fn what_one_deletes_is_gone_for_oneself_and_admins_take_back() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let own = notice(&app, Some(cadet.user_id), "grade").await;
    let private = notice(&app, Some(other.user_id), "grade").await;
    let public = notice(&app, None, "activity").await;
    let url = |id: i32| format!("{RESOURCE}/{id}");
    let me = app.as_cadet(&cadet);

    me.delete(&url(own)).await.is(200).message("Notification deleted");
    me.delete(&url(public)).await.is(200);
    me.delete(&url(private)).await.is(404).has(json!({ "error": true, "code": "NOT_FOUND" }));
    me.delete(&format!("{}?everyone=true", url(public))).await.is(403);
    app.as_staff().delete(&url(public)).await.is(200);
    assert_eq!(seen(&app, &cadet).await, []);
    assert_eq!(seen(&app, &other).await, [(private.into(), false), (public.into(), false)]);

    app.as_admin().delete(&url(public)).await.is(200);
    app.as_admin().delete(&url(public)).await.is(404);
    assert_eq!(seen(&app, &other).await, [(private.into(), false), (public.into(), false)]);
    app.as_admin().delete(&format!("{}?everyone=true", url(public))).await.is(200);
    app.as_admin().delete(&url(private)).await.is(200);
    assert_eq!(seen(&app, &other).await, []);
}

#[tokio::test]
async fn admins_and_staff_send_notices() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let to_cadet = json!({ "user": cadet.user_id, "message": " Come ", "type": "general" });

    let sent = app.as_staff().post(RESOURCE, to_cadet.clone()).await;

    sent.is(201).has(json!({ "success": true, "data": {
        "user": cadet.user_id, "message": "Come", "type": "general", "is_read": false } }));
    app.as_admin()
        .post(RESOURCE, json!({ "user": null, "message": "All", "type": "announcement" }))
        .await
        .is(201);
    assert_eq!(seen(&app, &cadet).await.len(), 2);
    app.as_cadet(&cadet).post(RESOURCE, to_cadet).await.is(403);
    for wrong in [
        json!({}),
        json!({ "message": "x", "type": "general" }),
        json!({ "user": null, "message": "x", "type": "grade" }),
        json!({ "user": 999_999, "message": "x", "type": "general" }),
        json!({ "user": "x", "message": "x", "type": "a" }),
        json!({ "user": null, "message": "x", "type": "No Word" }),
        json!({ "user": null, "type": "activity" }),
        json!({ "user": null, "message": "x".repeat(2_001), "type": "activity" }),
    ] {
        app.as_admin().post(RESOURCE, wrong).await.is(400).has(json!({ "error": true }));
    }
    let broadcast = json!({ "user": null, "message": "x", "type": "admin_broadcast" });
    app.as_staff().post(RESOURCE, broadcast.clone()).await.is(403);
    app.as_admin().post(RESOURCE, broadcast).await.is(201);
    assert_eq!(seen(&app, &cadet).await.len(), 3);
}

#[tokio::test]
async fn who_wants_no_news_about_activities_sees_none() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    notice(&app, None, "activity").await;
    let broadcast = notice(&app, None, "admin_broadcast").await;
    let settings = json!({ "activity_updates": false, "push_notifications": false, "email_alerts": false });
    app.as_cadet(&cadet).put("/api/auth/settings", settings).await.is(200);
    assert_eq!(seen(&app, &cadet).await, [(broadcast.into(), false)]);
    let count = app.as_cadet(&cadet).get(&format!("{RESOURCE}/unread/count")).await;
    count.has(json!({ "count": 1 }));
}
