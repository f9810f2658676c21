//! Notices on the admin pages.

use serde_json::json;
use tests::{Client, TestApp, a_cadet, an_admin};

const PATH: &str = "/api/admin/notifications";

async fn notice(app: &TestApp, user_id: Option<i32>, kind: &str) -> i32 {
    let insert = "INSERT INTO notifications (user_id, message, type) VALUES ($1, 'Hear', $2) RETURNING id";
    app.value(insert, &[&user_id, &kind]).await
}

/// The ids in a list, newest first, with whether they are read.
async fn seen(client: &Client<'_>) -> Vec<(i64, bool)> {
    let list = client.get(PATH).await;
    let list = list.is(200).json();
    let notices = list.as_array().expect("a list").iter();
    notices.map(|notice| (notice["id"].as_i64().unwrap_or_default(), notice["is_read"] == true)).collect()
}

#[tokio::test]
async fn an_administrator_reads_and_deletes_for_themselves() {
    let app = TestApp::rotc().await;
    let (other, cadet) = (app.add(an_admin()).await.user_id, app.add(a_cadet()).await);
    let private = notice(&app, Some(cadet.user_id), "grade").await;
    let (own, global) =
        (notice(&app, Some(app.admin_id().await), "ask_admin").await, notice(&app, None, "perf_alert").await);
    let (me, other) = (app.as_admin(), app.as_user(other));

    me.put(&format!("{PATH}/{global}/read"), json!({})).await.is(200).message("Marked as read");
    assert_eq!(seen(&me).await, [(global.into(), true), (own.into(), false)]);
    me.put(&format!("{PATH}/read-all"), json!({})).await.is(200).message("All marked as read");
    assert_eq!(seen(&me).await, [(global.into(), true), (own.into(), true)]);
    assert_eq!(seen(&other).await, [(global.into(), false)]);

    for id in [global, private, 1_999_999_999] {
        me.delete(&format!("{PATH}/{id}")).await.is(200).message("Notification deleted");
    }
    assert_eq!(seen(&me).await, [(own.into(), true)]);
    assert_eq!(seen(&other).await, [(global.into(), false)]);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM notifications", &[]).await, 3, "a cadet's stays");
    me.put(&format!("{PATH}/abc/read"), json!({})).await.is(400);
    me.delete(&format!("{PATH}/abc")).await.is(400);
}

#[tokio::test]
async fn clearing_empties_the_list_of_one_administrator() {
    let app = TestApp::rotc().await;
    let other = app.add(an_admin()).await.user_id;
    for (path, answer) in [
        (PATH, "Notifications cleared"),
        ("/api/admin/notifications/delete-all", "All notifications deleted"),
    ] {
        notice(&app, None, "activity").await;
        notice(&app, Some(app.admin_id().await), "ask_admin").await;

        app.as_admin().delete(path).await.is(200).message(answer);

        assert_eq!(seen(&app.as_admin()).await, []);
    }
    assert_eq!(seen(&app.as_user(other)).await.len(), 2, "both for everyone");
}

#[tokio::test]
async fn staff_mark_what_they_see_as_read_and_delete_nothing() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let global = notice(&app, None, "activity").await;

    app.as_staff().put(&format!("{PATH}/{global}/read"), json!({})).await.is(200);
    app.as_staff().put(&format!("{PATH}/read-all"), json!({})).await.is(200);
    for path in [PATH.to_owned(), format!("{PATH}/{global}"), format!("{PATH}/delete-all")] {
        app.as_staff().delete(&path).await.is(403).message("Forbidden");
        app.as_cadet(&cadet).delete(&path).await.is(403);
    }
    app.as_cadet(&cadet).put(&format!("{PATH}/read-all"), json!({})).await.is(403);
    app.as_cadet(&cadet).put(&format!("{PATH}/{global}/read"), json!({})).await.is(403);

    assert_eq!(seen(&app.as_admin()).await, [(global.into(), false)]);
}
