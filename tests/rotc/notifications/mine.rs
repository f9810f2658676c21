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
