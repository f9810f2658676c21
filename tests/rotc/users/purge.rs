//! Deleting for good who was archived long ago.

use serde_json::{Value, json};
use tests::{Cadet, TestApp, a_cadet, a_staff_member};

const PURGE: &str = "/api/admin/purge/archived";

/// An archived cadet who was made so many days ago.
async fn archived(app: &TestApp, days: i32) -> Cadet {
    let cadet = app.add(a_cadet().archived()).await;
    let now = app.clock.now().naive_utc();
    for age in [
        "UPDATE cadets SET created_at = $2::timestamp - make_interval(days => $3) WHERE id = $1",
        "UPDATE users SET created_at = $2::timestamp - make_interval(days => $3) WHERE cadet_id = $1",
    ] {
        app.execute(age, &[&cadet.id, &now, &days]).await;
    }
    cadet
}

async fn cadets(app: &TestApp) -> Vec<i32> {
    app.query("SELECT id FROM cadets ORDER BY id", &[]).await.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_dry_run_tells_who_would_go_and_changes_nothing() {
    let app = TestApp::rotc().await;
    let (old, young) = (archived(&app, 91).await, archived(&app, 89).await);

    let answer = app.as_admin().post(PURGE, json!({ "dry_run": true })).await;

    assert_eq!(
        answer.is(200).json(),
        json!({
            "cutoff": "2025-11-04T08:00:00.000Z",
            "to_purge": { "cadets": [old.id], "users": [old.user_id] },
        })
    );
    assert_eq!(cadets(&app).await, [old.id, young.id]);
}

#[tokio::test]
async fn the_old_go_with_everything_but_the_audit_log() {
    let app = TestApp::rotc().await;
    let (old, young, active) = (archived(&app, 91).await, archived(&app, 89).await, app.add(a_cadet()).await);
    let notice = "INSERT INTO notifications (user_id, message, type) VALUES ($1, 'Private', 'grade')";
    app.execute(notice, &[&old.user_id]).await;
    let log = "SELECT count(*) FROM audit_logs WHERE table_name IN ('cadets', 'users', 'grades')";
    let logged: i64 = app.value(log, &[]).await;

    let answer = app.as_admin().post(PURGE, json!({})).await;

    answer.is(200).has(json!({ "purged": { "cadets": [old.id], "users": [old.user_id] }, "total": 1 }));
    assert_eq!(cadets(&app).await, [young.id, active.id]);
    for (table, left) in [("users", 3), ("grades", 2), ("notifications", 0)] {
        let count: i64 = app.value(&format!("SELECT count(*) FROM {table}"), &[]).await;
        assert_eq!(count, left, "rows of {table}");
    }
    assert!(app.value::<i64>(log, &[]).await > logged, "the log grows");
    app.audited("cadets", "DELETE", old.id).await;
    let event = "SELECT payload FROM sync_events WHERE event_type = 'cadet_deleted'";
    assert_eq!(app.value::<Value>(event, &[]).await, json!({ "cadetIds": [old.id] }));
    app.as_admin().post(PURGE, json!({})).await.is(200).has(json!({ "total": 0 }));
}

#[tokio::test]
async fn who_was_archived_only_now_stays_however_old_the_cadet_is() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.execute("UPDATE cadets SET created_at = '2020-01-01'", &[]).await;
    app.as_admin().post("/api/admin/cadets/archive", json!({ "ids": [cadet.id] })).await.is(200);

    app.as_admin().post(PURGE, json!({ "days": 1 })).await.is(200).has(json!({ "total": 0 }));

    assert_eq!(cadets(&app).await, [cadet.id]);
}

#[tokio::test]
async fn one_day_is_the_least() {
    let app = TestApp::rotc().await;
    let (today, yesterday) = (archived(&app, 0).await, archived(&app, 2).await);

    let answer = app.as_admin().post(PURGE, json!({ "days": 0 })).await;

    answer
        .is(200)
        .has(json!({ "cutoff": "2026-02-01T08:00:00.000Z", "purged": { "cadets": [yesterday.id] } }));
    assert_eq!(cadets(&app).await, [today.id]);
}

#[tokio::test]
async fn accounts_of_nobody_go_and_accounts_of_staff_and_their_cadets_stay() {
    let app = TestApp::rotc().await;
    let (nobody, both) = (archived(&app, 100).await, archived(&app, 100).await);
    let staff = app.add(a_staff_member()).await;
    app.execute("UPDATE users SET cadet_id = NULL WHERE id = $1", &[&nobody.user_id]).await;
    app.execute("DELETE FROM cadets WHERE id = $1", &[&nobody.id]).await;
    let promote =
        "UPDATE users SET cadet_id = $2, is_archived = TRUE, created_at = '2020-01-01' WHERE id = $1";
    app.execute(promote, &[&staff.user_id, &both.id]).await;

    // The log says that both were archived just now; without it their age counts.
    app.execute("DELETE FROM audit_logs", &[]).await;
    let answer = app.as_admin().post(PURGE, json!({ "days": "90" })).await;

    answer.is(200).has(json!({ "purged": { "cadets": [], "users": [nobody.user_id] }, "total": 1 }));
    assert_eq!(cadets(&app).await, [both.id]);
    let left = "SELECT count(*) FROM users WHERE id = ANY($1)";
    assert_eq!(app.value::<i64>(left, &[&vec![staff.user_id, both.user_id]]).await, 2);
}

#[tokio::test]
async fn days_that_make_no_sense_delete_nothing_and_only_administrators_purge() {
    let app = TestApp::rotc().await;
    let old = archived(&app, 400).await;

    for body in [
        json!({ "days": "abc" }),
        json!({ "days": -1 }),
        json!({ "days": 1.5 }),
        json!({ "days": true }),
        json!({ "days": 100_001 }),
        json!({ "dry_run": "yes" }),
    ] {
        app.as_admin().post(PURGE, body).await.is(400);
    }
    app.as_staff().post(PURGE, json!({})).await.is(403);
    app.as_cadet(&app.add(a_cadet()).await).post(PURGE, json!({})).await.is(403);
    app.as_admin().post(PURGE, json!({ "days": 100_000 })).await.is(200).has(json!({ "total": 0 }));
    assert!(cadets(&app).await.contains(&old.id));
}
