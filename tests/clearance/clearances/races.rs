//! Many at the same moment: one request, one decision, one completion.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use tests::TestApp;

use crate::people::{OFFICES, agree, approval, asked, client, crowded, id, seen, titles};

/// How often a race is run: `MUSTER_RACES=100` for more.
fn rounds() -> usize {
    std::env::var_os("MUSTER_RACES").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(10)
}

async fn approvals(app: &TestApp, request: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for office in OFFICES {
        ids.push(approval(app, request, office).await);
    }
    ids
}

async fn count(app: &TestApp, sql: &str) -> i64 {
    app.value(sql, &[]).await
}

#[tokio::test]
async fn eight_offices_at_once_complete_a_request_once() {
    let app = crowded().await;
    // With a session of each, so that nothing but the decisions is left.
    for office in OFFICES {
        client(&app, &format!("staff:{office}")).get("/api/auth/profile/").await.is(200);
    }
    for round in 1..=rounds() {
        let request = asked(&app, "S01").await;
        let ids = approvals(&app, &request).await;
        let decisions = OFFICES.iter().zip(&ids).map(|(office, id)| {
            let client = client(&app, &format!("staff:{office}"));
            async move { client.post(&format!("/api/approvals/{id}/approve/"), json!({})).await }
        });
        let answers = join_all(decisions).await;
        let messages: Vec<Value> =
            answers.iter().map(|answer| answer.is(200).json()["message"].clone()).collect();
        let last = messages
            .iter()
            .filter(|message| *message == "Approved! All departments have cleared this student.");
        assert_eq!(last.count(), 1, "{messages:?}");
        let detail = seen(&app, &request).await;
        assert_eq!(detail["status"], "completed");
        assert_eq!(detail["certificate"]["serial"], format!("MKSU-CLR-2026-{round:05}"), "no gaps");
        // The student asks again next time.
        let path = format!("/api/clearances/{request}/revoke/");
        client(&app, "admin").post(&path, json!({ "reason": "Once more" })).await.is(200);
    }
    let completed = titles(&app, "student:S01").await;
    let completed = completed.iter().filter(|title| *title == "Clearance Request Approved").count();
    assert_eq!(completed, rounds());
}

#[tokio::test]
async fn approving_and_rejecting_one_row_at_once_decides_once() {
    let app = crowded().await;
    for _ in 0..rounds() {
        let request = asked(&app, "S01").await;
        let id = approval(&app, &request, "LIBRARY").await;
        let staff = client(&app, "staff:LIBRARY");
        let (approve, reject) =
            (format!("/api/approvals/{id}/approve/"), format!("/api/approvals/{id}/reject/"));
        let (approved, rejected) =
            join(staff.post(&approve, json!({})), staff.post(&reject, json!({ "reason": "No" }))).await;
        let mut statuses = [approved.status(), rejected.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400], "{approved} {rejected}");
        client(&app, "admin").delete(&format!("/api/clearances/{request}/")).await.is(204);
    }
}

#[tokio::test]
async fn last_approval_and_a_rejection_at_once_close_a_request_once() {
    let app = crowded().await;
    for _ in 0..rounds().min(10) {
        let request = asked(&app, "S01").await;
        agree(&app, &request, &OFFICES[..6]).await;
        let sports = approval(&app, &request, "SPORTS").await;
        let services = approval(&app, &request, "STUDENT_SERVICES").await;
        let (approve, reject) =
            (format!("/api/approvals/{sports}/approve/"), format!("/api/approvals/{services}/reject/"));
        let (staff, other) = (client(&app, "staff:SPORTS"), client(&app, "staff:STUDENT_SERVICES"));
        let (_, rejected) =
            join(staff.post(&approve, json!({})), other.post(&reject, json!({ "reason": "No" }))).await;
        rejected.is(200);
        assert_eq!(seen(&app, &request).await["status"], "rejected");
        client(&app, "admin").delete(&format!("/api/clearances/{request}/")).await.is(204);
    }
    assert_eq!(count(&app, "SELECT count(*) FROM clearance_certificates").await, 0);
}

#[tokio::test]
async fn two_requests_of_a_student_at_once_make_one() {
    let app = crowded().await;
    let student = client(&app, "student:S01");
    for _ in 0..rounds() {
        let body = json!({ "student_id": id("student.S01") });
        let answers = join_all((0..2).map(|_| student.post("/api/clearances/", body.clone()))).await;
        let mut statuses: Vec<u16> = answers.iter().map(tests::Answer::status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 400], "{answers:?}");
        let made = answers.iter().find(|answer| answer.status() == 201).expect("one was made").json();
        let path = format!("/api/clearances/{}/cancel/", made["id"].as_str().unwrap_or_default());
        student.post(&path, json!({})).await.is(200);
    }
}

#[tokio::test]
async fn cancelling_and_the_last_approval_at_once_leave_one_state() {
    let app = crowded().await;
    for _ in 0..rounds().min(10) {
        let request = asked(&app, "S01").await;
        agree(&app, &request, &OFFICES[..7]).await;
        let last = approval(&app, &request, "STUDENT_SERVICES").await;
        let (approve, cancel) =
            (format!("/api/approvals/{last}/approve/"), format!("/api/clearances/{request}/cancel/"));
        let (staff, student) = (client(&app, "staff:STUDENT_SERVICES"), client(&app, "student:S01"));
        let (approved, cancelled) =
            join(staff.post(&approve, json!({})), student.post(&cancel, json!({}))).await;
        let mut statuses = [approved.status(), cancelled.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400], "{approved} {cancelled}");
        let certificates =
            format!("SELECT count(*) FROM clearance_certificates WHERE clearance_request_id = '{request}'");
        assert_eq!(count(&app, &certificates).await, i64::from(approved.status() == 200));
        let path = format!("/api/clearances/{request}/revoke/");
        if approved.status() == 200 {
            client(&app, "admin").post(&path, json!({ "reason": "Once more" })).await.is(200);
        }
    }
}
