//! The ledger on the client API.

use serde_json::{Value, json};
use tests::{Cadet, TestApp, a_cadet};

const PATH: &str = "/api/admin/merit-logs";

async fn totals(app: &TestApp, cadet: &Cadet) -> (i32, i32, i32) {
    let read = "SELECT merit_points, demerit_points, lifetime_merit_points FROM grades WHERE cadet_id = $1";
    let row = &app.query(read, &[&cadet.id]).await[0];
    (row.get(0), row.get(1), row.get(2))
}

fn entry(cadet: &Cadet, kind: &str, points: Value) -> Value {
    json!({ "cadetId": cadet.id, "type": kind, "points": points, "reason": "Drill" })
}

#[tokio::test]
async fn entries_add_up_and_a_removed_one_is_taken_back() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let admin = app.as_admin();
    let added = admin.post(PATH, entry(&cadet, "merit", json!(15))).await;
    added.is(200).message("Log added and points updated");
    admin.post(PATH, entry(&cadet, "demerit", json!("4"))).await.is(200);
    assert_eq!(totals(&app, &cadet).await, (15, 4, 15));

    let list = admin.get(&format!("{PATH}/{}", cadet.id)).await;
    list.is(200).has(json!([
        { "type": "demerit", "points": 4, "created_at": "2026-02-02T08:00:00.000Z" },
        { "type": "merit", "points": 15, "reason": "Drill", "issued_by_user_id": app.admin_id().await },
    ]));
    let own = app.as_cadet(&cadet).get("/api/cadet/my-merit-logs").await;
    own.is(200).has(json!([{ "points": 4 }, { "points": 15 }]));
    let merit = list.json()[1]["id"].clone();
    admin.delete(&format!("{PATH}/{merit}")).await.is(200).message("Log deleted and points reverted");
    admin.delete(&format!("{PATH}/{merit}")).await.is(404).message("Log not found");
    assert_eq!(totals(&app, &cadet).await, (0, 4, 15), "the lifetime merits stay");
    let mail = "SELECT subject FROM muster.mails ORDER BY id LIMIT 1";
    assert_eq!(app.value::<String>(mail, &[]).await, "ROTC System - New Merit Record");
}

#[tokio::test]
async fn entries_made_at_the_same_time_all_count() {
    let app = TestApp::crowded().await;
    let cadet = app.add(a_cadet().without_grades()).await;
    let admin = app.as_admin();
    admin.get("/api/attendance/days").await.is(200);
    let drill =
        |n: i32| json!({ "cadetId": cadet.id, "type": "merit", "points": 3, "reason": format!("Drill {n}") });
    let posts = (0..12).map(|n| admin.post(PATH, drill(n)));
    for answer in futures_util::future::join_all(posts).await {
        answer.is(200);
    }
    assert_eq!(totals(&app, &cadet).await, (36, 0, 36));
    let sum = "SELECT sum(points) FROM merit_demerit_logs WHERE cadet_id = $1";
    assert_eq!(app.value::<i64>(sum, &[&cadet.id]).await, 36);
}

#[tokio::test]
async fn a_request_that_arrives_twice_is_entered_once() {
    let app = TestApp::crowded().await;
    let cadet = app.add(a_cadet()).await;
    let admin = app.as_admin();
    let body = entry(&cadet, "merit", json!(3));
    for answer in futures_util::future::join_all((0..6).map(|_| admin.post(PATH, body.clone()))).await {
        answer.is(200).message("Log added and points updated");
    }
    assert_eq!(totals(&app, &cadet).await, (3, 0, 3));
    app.clock.advance(chrono::TimeDelta::seconds(4));
    admin.post(PATH, body).await.is(200);
    assert_eq!(totals(&app, &cadet).await, (6, 0, 6), "a later entry is another one");
}

#[tokio::test]
async fn entries_that_make_no_sense_are_refused() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let admin = app.as_admin();
    for points in [json!(0), json!(-5), json!(1.5), json!("abc"), json!(null), json!(3e9)] {
        let answer = admin.post(PATH, entry(&cadet, "merit", points)).await;
        answer.is(400).message("Points must be a positive integer.");
    }
    let bonus = admin.post(PATH, entry(&cadet, "bonus", json!(1))).await;
    bonus.is(400).message("Type must be either 'merit' or 'demerit'.");
    admin.post(PATH, json!({})).await.is(400);
    let nobody = json!({ "cadetId": 99999, "type": "merit", "points": 1 });
    admin.post(PATH, nobody).await.is(404).message("Cadet not found");
    let mut long = entry(&cadet, "merit", json!(1));
    long["reason"] = "x".repeat(10_001).into();
    admin.post(PATH, long).await.is(400);
    app.as_staff().post(PATH, entry(&cadet, "merit", json!(1))).await.is(403);
    assert_eq!(totals(&app, &cadet).await, (0, 0, 0));
}

#[tokio::test]
async fn a_member_of_the_staff_is_named_with_rank() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let staff = app.add(tests::a_staff_member()).await;
    app.execute("UPDATE users SET role = 'admin' WHERE id = $1", &[&staff.user_id]).await;
    app.as_user(staff.user_id).post(PATH, entry(&cadet, "merit", json!(1))).await.is(200);
    let name: String = app.value("SELECT issued_by_name FROM merit_demerit_logs", &[]).await;
    assert!(name.starts_with("Sgt ") && name.contains(", "), "{name}");
}

#[tokio::test]
async fn totals_without_entries_are_shown_and_backfilled_once() {
    let app = TestApp::rotc().await;
    let (cadet, fine) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    app.execute("UPDATE grades SET merit_points = 9, demerit_points = 2 WHERE cadet_id = $1", &[&cadet.id])
        .await;
    app.as_cadet(&cadet).get("/api/cadet/my-merit-logs").await.is(200).has(json!([
        { "id": null, "type": "demerit", "points": 2, "issued_by_name": "Admin" },
        { "id": null, "type": "merit", "points": 9, "reason": "Admin Grade Total (not yet ledgered)" },
    ]));

    let fill = app.as_admin().post("/api/admin/ledger/backfill", json!({})).await;
    fill.is(200).message("Backfill complete").has(json!({ "summary": [
        { "cadetId": cadet.id, "meritBackfilled": 9, "demeritBackfilled": 2 },
        { "cadetId": fine.id, "meritBackfilled": 0, "demeritBackfilled": 0 },
    ] }));
    let again = app.as_admin().post("/api/admin/ledger/backfill", json!({ "cadetId": cadet.id })).await;
    again.is(200).has(json!({ "summary": [{ "cadetId": cadet.id, "meritBackfilled": 0 }] }));
    // One for the totals set above, one for the backfill, none for the second one.
    let events = "SELECT count(*) FROM sync_events WHERE event_type = 'grade_updated' AND cadet_id = $1";
    assert_eq!(app.value::<i64>(events, &[&cadet.id]).await, 2);
    app.as_staff().post("/api/admin/ledger/backfill", json!({})).await.is(403);
}

#[tokio::test]
async fn lifetime_merits_follow_the_ledger() {
    let app = TestApp::rotc().await;
    let (cadet, _archived) = (app.add(a_cadet()).await, app.add(a_cadet().archived()).await);
    app.as_admin().post(PATH, entry(&cadet, "merit", json!(7))).await.is(200);
    app.execute("UPDATE grades SET lifetime_merit_points = 1 WHERE cadet_id = $1", &[&cadet.id]).await;
    let path = "/api/admin/sync-lifetime-merits";
    app.as_admin().post(path, json!({})).await.is(200).has(json!({
        "message": "Lifetime merit points synced successfully",
        "totalCadets": 1, "syncedCount": 1, "errorCount": 0,
        "updates": [
            { "cadetId": cadet.id, "name": format!("Juan {}", cadet.last_name), "before": 1, "after": 7 },
        ],
    }));
    app.as_admin().post(path, json!({})).await.is(200).has(json!({ "syncedCount": 0, "updates": [] }));
}
