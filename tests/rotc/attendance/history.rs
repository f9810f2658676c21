//! One's own history.

use serde_json::json;
use tests::{Cadet, TestApp, a_cadet, a_staff_member, a_training_day, an_admin};

const PATH: &str = "/api/attendance/my-history";

/// Four days of the cadet: one of each status, a month apart.
async fn recorded(app: &TestApp, cadet: &Cadet) {
    for (date, status) in [
        ("2025-09-06", "present"),
        ("2025-10-04", "late"),
        ("2025-11-08", "excused"),
        ("2025-12-06", "absent"),
    ] {
        let day = app.add(a_training_day().on(date)).await;
        let mark = json!({ "dayId": day.id, "cadetId": cadet.id, "status": status, "time_in": "7:30" });
        app.as_admin().post("/api/attendance/mark", mark).await.is(200);
    }
}

#[tokio::test]
async fn a_cadet_sees_their_own_history_only() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    recorded(&app, &cadet).await;
    app.as_cadet(&cadet).get(PATH).await.is(200).has(
        json!({ "total": 4, "page": 1, "pageSize": 100, "items": [
        { "date": "2025-12-06", "status": "absent", "title": "Drill", "remarks": null, "time_in": "7:30" },
        { "date": "2025-11-08", "status": "excused" },
        { "date": "2025-10-04", "status": "late" },
        { "date": "2025-09-06", "status": "present" },
    ] }),
    );
    let none = app.as_cadet(&other).get(PATH).await;
    none.is(200).has(json!({ "total": 0 }));
    let items = none.json()["items"].as_array().expect("a list").clone();
    assert_eq!(items.len(), 4, "every day as absent");
    assert!(items.iter().all(|item| item["id"].is_null() && item["status"] == "absent"), "{items:?}");
}

#[tokio::test]
async fn the_history_can_be_filtered_turned_and_paged() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    recorded(&app, &cadet).await;
    let get = async |query: &str| app.as_cadet(&cadet).get(&format!("{PATH}?{query}")).await;
    get("status=LATE").await.is(200).has(json!({ "total": 1, "items": [{ "date": "2025-10-04" }] }));
    get("start=2025-10-04&end=2025-11-08")
        .await
        .has(json!({ "total": 2, "items": [{ "date": "2025-11-08" }, { "date": "2025-10-04" }] }));
    get("order=asc&pageSize=2&page=2").await.has(json!({
        "total": 4, "page": 2, "pageSize": 2, "items": [{ "date": "2025-11-08" }, { "date": "2025-12-06" }],
    }));
    get("page=0&pageSize=1000").await.has(json!({ "page": 1, "pageSize": 100, "total": 4 }));
    get("page=x&pageSize=-1&status=&start=").await.has(json!({ "page": 1, "pageSize": 1, "total": 4 }));
    for beyond in ["page=99", "page=3&pageSize=2", "status=LATE&page=2"] {
        assert_eq!(get(beyond).await.is(200).json()["items"], json!([]), "{beyond}");
    }
    get("start=2030-01-01").await.has(json!({ "total": 0, "items": [] }));
}

#[tokio::test]
async fn who_is_no_cadet_has_no_history_of_one() {
    let app = TestApp::rotc().await;
    app.as_admin().get(PATH).await.is(403).message("Not a cadet");
    app.as_staff().get(PATH).await.is(403).message("Not a cadet");
    let orphan = app.add(a_cadet()).await;
    app.execute(
        "UPDATE users SET cadet_id = NULL, username = 'x', email = NULL WHERE id = $1",
        &[&orphan.user_id],
    )
    .await;
    app.as_cadet(&orphan).get(PATH).await.is(403).message("Not a cadet");
}

#[tokio::test]
async fn the_staff_see_every_day_and_an_account_of_nobody_sees_none() {
    let app = TestApp::rotc().await;
    let (staff, nobody) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    app.execute("UPDATE users SET staff_id = NULL WHERE id = $1", &[&nobody.user_id]).await;
    let (first, last) =
        (app.add(a_training_day().on("2026-01-03")).await, app.add(a_training_day().on("2026-01-10")).await);
    let mark = json!({ "dayId": first.id, "staffId": staff.id, "status": "late", "time_in": "8:00" });
    app.as_admin().post("/api/attendance/mark/staff", mark).await.is(200);
    let path = format!("{PATH}/staff");
    app.as_user(staff.user_id).get(&path).await.is(200).has(json!([
        { "date": last.date, "title": "Drill", "status": null, "remarks": null, "time_in": null, "time_out": null },
        { "date": first.date, "status": "late", "time_in": "8:00" },
    ]));
    app.as_user(nobody.user_id).get(&path).await.is(200).has(json!([]));
    let cadet = app.add(a_cadet()).await;
    app.as_cadet(&cadet).get(&path).await.is(403).message("Not a staff member");
    let admin = app.add(an_admin()).await;
    app.as_user(admin.user_id).get(&path).await.is(403).message("Not a staff member");
}
