//! Gowns that are lent against a deposit.

use serde_json::{Value, json};
use tests::TestApp;
use uuid::Uuid;

use crate::recorded::{client, id, recorded, recorded_with};

const LIST: &str = "/api/gown-issuances/";

fn issue(student: &str, number: &str) -> Value {
    json!({ "student_id": id(student), "gown_number": number, "gown_size": "M", "deposit_paid": true,
            "expected_return_date": "2026-11-25" })
}

fn path(id: Uuid, action: &str) -> String {
    format!("{LIST}{id}/{action}")
}

/// Lends a gown and tells its id.
async fn lent(app: &TestApp, student: &str, number: &str) -> Uuid {
    let issued = client(app, "staff:gown_issuance_staff").post(LIST, issue(student, number)).await;
    issued.is(201).json()["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

/// To this moment.
fn advance(app: &TestApp, to: &str) {
    let to = to.parse::<chrono::DateTime<chrono::Utc>>().expect("a moment");
    app.clock.advance(to - app.clock.now());
}

#[tokio::test]
async fn automatic_numbers_skip_those_given_by_hand() {
    let app = recorded().await;
    let desk = client(&app, "staff:gown_issuance_staff");
    let number = async |student: &str, number: &str| {
        desk.post(LIST, issue(student, number)).await.is(201).json()["gown_code"].clone()
    };
    assert_eq!(number("student.S37", "GWN-0002").await, "GWN-0002");
    assert_eq!(number("student.S36", "auto").await, "GWN-0001");
    assert_eq!(number("student.S35", "auto").await, "GWN-0003");
    desk.post(LIST, issue("student.S35", "auto")).await.is(400).has(json!({
        "student_id": ["Gown already issued to this student"]
    }));
}

#[tokio::test]
async fn new_issue_is_out_and_comes_back_later() {
    let app = recorded().await;
    let desk = client(&app, "admin");
    let mut wrong = issue("student.S37", "GWN-0001");
    wrong["status"] = "returned".into();
    wrong["deposit_refunded"] = true.into();
    desk.post(LIST, wrong).await.is(400).has(json!({
        "status": ["A new gown issue must have status issued"],
        "deposit_refunded": ["A new gown issue cannot be refunded"]
    }));
    let mut early = issue("student.S37", "GWN-0001");
    early["expected_return_date"] = "2026-11-20".into();
    desk.post(LIST, early).await.is(400).has(json!({
        "expected_return_date": ["Return date cannot be before the issue date"]
    }));
    let unknown = json!({ "gown_code": "GWN-0001", "gown_size": "M", "expected_return_date": "2026-12-01" });
    desk.post(LIST, unknown).await.is(400).has(json!({ "student_id": ["This field is required."] }));
}

#[tokio::test]
async fn size_without_a_gown_left_is_refused_until_one_is_back() {
    let app = recorded().await;
    let desk = client(&app, "admin");
    let stock = format!("{LIST}stock/");
    desk.put(&stock, json!([{ "size": "M", "total": 2 }])).await.is(200);
    let out = desk.get(&stock).await.is(200).json();
    assert_eq!(out[2], json!({ "size": "M", "total": 2, "out": 2, "available": 0 }), "one is lent, one lost");
    assert_eq!(out[0]["total"], Value::Null);
    desk.post(LIST, issue("student.S37", "auto")).await.is(400).has(json!({
        "gown_size": ["No gown of size M is in stock"]
    }));
    desk.post(&path(id("gown.GWN-008"), "mark_returned/"), json!({})).await.is(200);
    desk.post(LIST, issue("student.S37", "auto")).await.is(201);
    desk.put(&stock, json!([{ "size": "Q", "total": 2 }])).await.is(400);
    desk.put(&stock, json!({ "size": "M" })).await.is(400);
}

#[tokio::test]
async fn day_in_nairobi_decides_what_is_overdue() {
    let app = recorded().await;
    let gown = lent(&app, "student.S37", "GWN-0001").await;
    let desk = client(&app, "admin");
    advance(&app, "2026-11-25T20:59:00Z");
    desk.get(&path(gown, "")).await.is(200).has(json!({ "is_overdue": false, "late_fee": "0.00" }));
    advance(&app, "2026-11-25T21:01:00Z");
    desk.get(&path(gown, "")).await.is(200).has(json!({
        "is_overdue": true, "days_overdue": 1, "late_fee": "50.00", "suggested_refund": "1950.00"
    }));
    desk.get(&format!("{LIST}overdue/")).await.is(200);
    app.execute("UPDATE gown_issuances SET expected_return_date = '2026-01-01' WHERE id = $1", &[&gown])
        .await;
    desk.get(&path(gown, "")).await.is(200).has(json!({ "late_fee": "2000.00", "suggested_refund": "0.00" }));
}

#[tokio::test]
async fn gown_is_returned_once_and_refunded_once_however_many_ask() {
    let app = recorded_with(&[], |config| config.database.pool_size = 8).await;
    let gown = lent(&app, "student.S37", "GWN-0001").await;
    let (first, second) = (client(&app, "admin"), client(&app, "staff:gown_issuance_staff"));
    let back = path(gown, "mark-returned/");
    let body = json!({ "condition_notes": "A stain", "damage_fee": "100.00" });
    let (one, two) = tokio::join!(first.post(&back, body.clone()), second.post(&back, body));
    let mut statuses = [one.status(), two.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    let refund = path(gown, "refund-deposit/");
    let body = json!({ "refund_amount": "1900.00" });
    let (one, two) = tokio::join!(first.post(&refund, body.clone()), second.post(&refund, body));
    let mut statuses = [one.status(), two.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    let shown = client(&app, "student:S37").get(&path(gown, "")).await;
    shown.is(200).has(json!({
        "deposit_status": "refunded", "refund_amount": "1900.00", "damage_fee": "100.00", "is_returned": true
    }));
    let told = "SELECT count(*) FROM notifications WHERE gown_id = $1 AND notification_type IN ('gown_returned', 'gown_refunded')";
    assert_eq!(app.value::<i64>(told, &[&gown]).await, 2);
}

#[tokio::test]
async fn refund_waits_for_the_return_and_the_deposit() {
    let app = recorded().await;
    let desk = client(&app, "admin");
    let refund = json!({ "refund_amount": "2500.00" });
    let ask = async |gown: &str| desk.post(&path(id(gown), "process_refund/"), refund.clone()).await;
    ask("gown.GWN-008")
        .await
        .is(400)
        .has(json!({ "error": "Gown must be returned before processing refund" }));
    ask("gown.GWN-016").await.is(400).has(json!({ "error": "Deposit already refunded" }));
    ask("gown.GWN-015")
        .await
        .is(400)
        .has(json!({ "error": "['Refund amount cannot exceed deposit amount']" }));
    desk.post(&path(id("gown.GWN-019"), "mark_returned/"), json!({})).await.is(200);
    ask("gown.GWN-019").await.is(400).has(json!({ "error": "Deposit was not paid" }));
    let damage = json!({ "damage_fee": "2000.01" });
    desk.post(&path(id("gown.GWN-018"), "mark_returned/"), damage).await.is(400);
}

#[tokio::test]
async fn what_may_be_corrected_shrinks_with_the_return_and_the_refund() {
    let app = recorded().await;
    let desk = client(&app, "admin");
    let patch = async |gown: &str, body: Value| desk.patch(&path(id(gown), ""), body).await;
    patch("gown.GWN-008", json!({ "status": "returned" })).await.is(400).has(json!({
        "status": ["Use the return action"]
    }));
    patch("gown.GWN-008", json!({ "status": "lost" })).await.is(200);
    patch("gown.GWN-008", json!({ "status": "issued" })).await.is(400);
    patch("gown.GWN-015", json!({ "gown_size": "L", "gown_number": "X" })).await.is(400).has(json!({
        "gown_size": ["This cannot be changed after the return."]
    }));
    patch("gown.GWN-015", json!({ "deposit_receipt": "RCT-1" })).await.is(200);
    patch("gown.GWN-016", json!({ "deposit_receipt": "RCT-1" })).await.is(400).has(json!({
        "error": "A refunded gown cannot be changed"
    }));
    patch("gown.GWN-016", json!({ "notes": "Paid in cash" })).await.is(200);
    patch("gown.GWN-014", json!({ "gown_number": "GWN-008" })).await.is(400).has(json!({
        "gown_number": ["gown issuance with this gown number already exists."]
    }));
}

#[tokio::test]
async fn gown_with_our_deposit_is_not_removed() {
    let app = recorded().await;
    let remove = async |who: &str, gown: &str| client(&app, who).delete(&path(id(gown), "")).await.status();
    assert_eq!(remove("staff:gown_issuance_staff", "gown.GWN-019").await, 403);
    assert_eq!(remove("admin", "gown.GWN-019").await, 204);
    assert_eq!(remove("admin", "gown.GWN-019").await, 404);
    assert_eq!(remove("admin", "gown.GWN-016").await, 204);
    assert_eq!(remove("admin", "gown.GWN-015").await, 409);
}

#[tokio::test]
async fn students_see_their_own_gown_and_other_staff_none() {
    let app = recorded().await;
    client(&app, "student:S08").get(LIST).await.is(200).has(json!({ "count": 1 }));
    client(&app, "student:S08").get(&path(id("gown.GWN-014"), "")).await.is(404);
    client(&app, "staff:LIBRARY").get(LIST).await.is(403);
    client(&app, "student:S08").get(&format!("{LIST}stock/")).await.is(403);
}

#[tokio::test]
async fn gown_may_need_the_clearance_or_the_deposit_first() {
    let app = recorded_with(&[("GOWN_REQUIRES", "clearance")], |_| ()).await;
    let desk = client(&app, "admin");
    desk.post(LIST, issue("student.S37", "auto")).await.is(400).has(json!({
        "student_id": ["The student is not cleared"]
    }));
    let app = recorded_with(&[("GOWN_REQUIRES", "deposit")], |_| ()).await;
    let mut unpaid = issue("student.S37", "auto");
    unpaid["deposit_paid"] = false.into();
    client(&app, "admin").post(LIST, unpaid).await.is(400).has(json!({
        "deposit_paid": ["The deposit is not paid"]
    }));
}

#[tokio::test]
async fn student_is_told_by_mail_and_the_notice_says_so() {
    let app = recorded().await;
    let gown = lent(&app, "student.S37", "GWN-0001").await;
    let mail = "SELECT text_body FROM muster.mails JOIN notifications ON notifications.id = mails.key WHERE gown_id = $1";
    let text: String = app.value(mail, &[&gown]).await;
    assert!(
        text.contains("Gown GWN-0001, size M. Return it by 25 November 2026. Deposit KES 2,000.00."),
        "{text}"
    );
    app.execute("UPDATE muster.mails SET sent_at = now()", &[]).await;
    let sent = "SELECT sent_via_email FROM notifications WHERE gown_id = $1";
    assert!(app.value::<bool>(sent, &[&gown]).await);
}
