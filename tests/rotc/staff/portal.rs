//! What a member of the staff leaves and finds on the portal's pages.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_staff_member, a_training_day};

use super::{AVATAR, STAFF, ids};

const QR: &str = "/api/staff/qr-code";
const NOTICES: &str = "/api/staff/notifications";

#[tokio::test]
async fn opening_the_portal_is_told_to_the_admins() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member()).await;

    let answer = app.as_user(member.user_id).post("/api/staff/access", json!({})).await;

    answer.is(200).message("access recorded");
    let notices = app.as_admin().get("/api/admin/notifications").await;
    notices.has(json!([{ "message": "Staff portal accessed", "type": "portal_access", "user_id": null }]));
    let payload: Value =
        app.value("SELECT payload FROM sync_events WHERE event_type = 'portal_access'", &[]).await;
    let expected = json!({ "role": "staff", "userId": member.user_id, "staffId": member.id,
        "at": "2026-02-02T08:00:00.000Z" });
    assert_eq!(payload, expected);
    app.as_admin().post("/api/staff/access", json!({})).await.is(403).message("Not a staff account");
}

#[tokio::test]
async fn a_qr_code_is_a_png_of_bounded_size() {
    let app = TestApp::rotc().await;
    let member = app.add(a_staff_member()).await;
    let me = app.as_user(member.user_id);
    let code = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(AVATAR));

    me.post(QR, json!({ "qr_data": code })).await.is(200).message("QR code saved successfully");

    let svg = BASE64_STANDARD.encode("<svg xmlns='http://www.w3.org/2000/svg'/>");
    for bad in [
        "{\"id\":3}".to_owned(),
        format!("data:image/svg+xml;base64,{svg}"),
        format!("data:image/png;base64,{svg}"),
        "data:image/png;base64,".to_owned(),
        "javascript:alert(1)".to_owned(),
    ] {
        me.post(QR, json!({ "qr_data": bad })).await.is(400).message("QR code data must be a PNG image");
    }
    for missing in [json!({}), json!({ "qr_data": "" }), json!({ "qr_data": 5 })] {
        me.post(QR, missing).await.is(400).message("QR code data is required");
    }
    let large = format!("data:image/png;base64,{}", "A".repeat(95_000));
    me.post(QR, json!({ "qr_data": large })).await.is(413);
    me.post(QR, json!({ "qr_data": "A".repeat(500_000) })).await.is(413);
    me.get(&format!("{STAFF}/me")).await.has(json!({ "qr_code_data": code }));
}

/// Archived members count too, as they always have.
#[tokio::test]
async fn the_overview_counts_ranks_and_attendance() {
    let app = TestApp::rotc().await;
    let (one, other) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let day = app.add(a_training_day()).await;
    app.execute(
        "INSERT INTO staff_attendance_records (training_day_id, staff_id, status) VALUES ($1, $2, 'present')",
        &[&day.id, &one.id],
    )
    .await;
    app.execute("UPDATE training_staff SET rank = ' sgt ' WHERE id = $1", &[&one.id]).await;
    let overview = async || app.as_user(other.user_id).get("/api/staff/analytics/overview").await;

    let first = overview().await;

    first.is(200).has(json!({ "totalStaff": 2, "staffByRank": [{ "rank": "SGT", "count": 2 }],
        "attendanceStats": [{ "status": "present", "count": 1 }] }));
    app.as_admin().post(STAFF, json!({ "first_name": "A", "last_name": "B" })).await.is(200);
    let ranks = json!([{ "rank": "SGT", "count": 2 }, { "rank": null, "count": 1 }]);
    overview().await.has(json!({ "totalStaff": 3, "staffByRank": ranks }));
    app.as_admin().delete(&format!("{STAFF}/{}", one.id)).await.is(200);
    overview().await.has(json!({ "totalStaff": 3 }));
    app.execute("DELETE FROM staff_attendance_records", &[]).await;
    overview().await.has(json!({ "attendanceStats": [{ "status": "present", "count": 1 }] }));
}

#[tokio::test]
async fn the_notices_of_the_staff_are_read_and_deleted_for_oneself() {
    let app = TestApp::rotc().await;
    let (member, colleague) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let cadet = app.add(a_cadet()).await;
    let notice = async |user_id: Option<i32>, kind: &str| -> i32 {
        let insert =
            "INSERT INTO notifications (user_id, message, type) VALUES ($1, 'Hear', $2) RETURNING id";
        app.value(insert, &[&user_id, &kind]).await
    };
    let own = i64::from(notice(Some(member.user_id), "attendance").await);
    let public = i64::from(notice(None, "activity").await);
    let broadcast = i64::from(notice(None, "admin_broadcast").await);
    notice(None, "perf_alert").await;
    notice(Some(colleague.user_id), "attendance").await;
    let seen = async |user_id: i32| {
        let mut seen = ids(&app.as_user(user_id).get(NOTICES).await.is(200).json());
        seen.sort_unstable();
        seen
    };
    let me = app.as_user(member.user_id);

    assert_eq!(seen(member.user_id).await, [own, public, broadcast]);
    assert_eq!(seen(app.admin_id().await).await, [public, broadcast], "also for admins");
    assert_eq!(seen(cadet.user_id).await, [public, broadcast]);
    me.put(&format!("{NOTICES}/{public}/read"), json!({})).await.is(200).message("Marked as read");
    me.put(&format!("{NOTICES}/read-all"), json!({})).await.is(200).message("All marked as read");
    let read = me.get(NOTICES).await.json();
    assert!(read.as_array().expect("a list").iter().all(|notice| notice["is_read"] == true), "{read}");
    me.delete(&format!("{NOTICES}/{public}")).await.is(200).message("Notification deleted");
    assert_eq!(seen(member.user_id).await, [own, broadcast]);
    me.delete(&format!("{NOTICES}/delete-all")).await.is(200).message("All notifications deleted");
    assert_eq!(seen(member.user_id).await, Vec::<i64>::new());
    assert_eq!(seen(colleague.user_id).await.len(), 3, "others keep theirs");
    assert_eq!(app.as_admin().get("/api/admin/notifications").await.json().as_array().map(Vec::len), Some(3));
    me.put(&format!("{NOTICES}/abc/read"), json!({})).await.is(400);
}
