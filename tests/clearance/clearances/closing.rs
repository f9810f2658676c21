//! How requests end.

use serde_json::json;

use crate::people::{
    OFFICES, agree, approval, asked, cleared, client, decide, id, seen, text, titles, university,
};

#[tokio::test]
async fn first_approval_starts_and_the_last_completes_a_request() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    let first = decide(&app, &request, "SPORTS", "approve").await;
    first.is(200).has(json!({
        "message": "Approved! 7 department(s) remaining.", "status": "approved", "notes": "Approved",
        "clearance_request_id": request, "department": { "code": "SPORTS", "name": "Sports & Games" },
        "approved_by": { "full_name": "Staff Sports", "email": "staff.sports@mksu.test" },
        "approval": { "clearance_status": "in_progress", "department_code": "SPORTS" },
    }));
    agree(&app, &request, &["FINANCE", "LIBRARY", "MESS", "HOSTEL", "ACADEMIC", "WORKSHOP"]).await;
    let last = decide(&app, &request, "STUDENT_SERVICES", "approve").await;
    last.is(200).has(json!({ "message": "Approved! All departments have cleared this student." }));
    let detail = seen(&app, &request).await;
    assert_eq!((&detail["status"], &detail["current_department"]), (&json!("completed"), &json!(null)));
    assert_eq!(detail["completion_date"], "2026-11-21T11:00:00+03:00");
    assert_eq!(detail["certificate"]["serial"], "MKSU-CLR-2026-00001");
    let told = titles(&app, "student:S01").await;
    let approved = told.iter().filter(|title| *title == "Department Approval: Approved").count();
    assert_eq!(
        (approved, told.iter().filter(|title| *title == "Clearance Request Approved").count()),
        (8, 1)
    );
    let mail = app.mailed("s01@students.mksu.test", "Clearance Request Approved").await;
    assert!(mail.contains("Certificate MKSU-CLR-2026-00001: "), "{mail}");
}

#[tokio::test]
async fn rejection_closes_the_request_for_everybody() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    agree(&app, &request, &["MESS"]).await;
    let answer = decide(&app, &request, "LIBRARY", "reject").await;
    answer.is(200).has(json!({
        "message": "Rejected. Clearance request has been rejected.", "rejection_reason": "Two books are missing",
        "notes": "", "approval": { "clearance_status": "rejected" },
    }));
    let detail = seen(&app, &request).await;
    assert_eq!(detail["rejection_reason"], "Library Services: Two books are missing");
    assert_eq!(detail["blocking_reason"], "Library Services: Two books are missing");
    assert_eq!(detail["completion_date"], "2026-11-21T11:00:00+03:00");
    let closed = json!({ "error": "This clearance request is already closed (rejected)" });
    decide(&app, &request, "HOSTEL", "approve").await.is(400).has(closed.clone());
    decide(&app, &request, "LIBRARY", "approve")
        .await
        .is(400)
        .has(json!({ "error": "This approval is already rejected" }));
    assert_eq!(seen(&app, &request).await["status"], "rejected");
    let hostel = approval(&app, &request, "HOSTEL").await;
    let notes = json!({ "notes": "Seen" });
    client(&app, "staff:HOSTEL").patch(&format!("/api/approvals/{hostel}/"), notes).await.is(400).has(closed);
    let mail = app.mailed("s01@students.mksu.test", "Clearance Request Rejected").await;
    assert!(mail.contains("Reason: Two books are missing. Settle it there, then send a new request; approvals of the last 90 days stay valid."), "{mail}");
}

#[tokio::test]
async fn undecided_approvals_of_closed_requests_wait_for_nobody() {
    let app = university().await;
    let waiting = async || {
        let queue = client(&app, "staff:HOSTEL").get("/api/approvals/pending/").await.is(200).json();
        let requests =
            client(&app, "staff:HOSTEL").get("/api/clearances/pending_approvals/").await.is(200).json();
        assert_eq!(queue["count"], requests["pending_count"]);
        assert_eq!(requests["department"], "Hostel Office");
        queue["count"].as_i64().expect("a number")
    };
    let before = waiting().await;
    let request = asked(&app, "S01").await;
    assert_eq!(waiting().await, before + 1);
    decide(&app, &request, "LIBRARY", "reject").await.is(200);
    assert_eq!(waiting().await, before);
}

#[tokio::test]
async fn owners_and_administrators_cancel_open_requests() {
    let app = university().await;
    let cancel = async |who: &str, request: &str| {
        let path = format!("/api/clearances/{request}/cancel/");
        client(&app, who).post(&path, json!({ "reason": "Later" })).await
    };
    let request = asked(&app, "S01").await;
    cancel("staff:LIBRARY", &request).await.is(403).has(json!({ "code": "permission_denied" }));
    cancel("student:S02", &request).await.is(404);
    let answer = cancel("student:S01", &request).await;
    answer
        .is(200)
        .has(json!({ "status": "cancelled", "rejection_reason": "Later", "student_id": id("student.S01") }));
    let refused = json!({ "error": "Only an open request can be cancelled" });
    cancel("student:S01", &request).await.is(400).has(refused.clone());
    cancel("admin", &id("req.S08")).await.is(400).has(refused);
    decide(&app, &request, "LIBRARY", "approve").await.is(400);
    cancel("admin", &asked(&app, "S01").await).await.is(200);
    cancel("student:S10", &id("req.S10")).await.is(200).has(json!({ "status": "cancelled" }));
    assert!(titles(&app, "student:S01").await.contains(&"Clearance Request Cancelled".to_owned()));
}

#[tokio::test]
async fn revoked_clearance_takes_its_certificate_along() {
    let app = university().await;
    let request = cleared(&app, "S01").await;
    let code = text(&seen(&app, &request).await["certificate"]["code"]);
    let path = format!("/api/clearances/{request}/revoke/");
    client(&app, "staff:LIBRARY").post(&path, json!({ "reason": "x" })).await.is(403);
    client(&app, "admin")
        .post(&path, json!({}))
        .await
        .is(400)
        .has(json!({ "reason": ["This field is required."] }));
    let answer = client(&app, "admin").post(&path, json!({ "reason": "Forged receipt" })).await;
    answer.is(200).has(json!({ "status": "rejected", "rejection_reason": "Forged receipt" }));
    assert_eq!(answer.json()["certificate"]["revoked_at"], "2026-11-21T11:00:00+03:00");
    let verdict = app.anonymous().get(&format!("/api/certificates/verify/{code}/")).await;
    verdict.is(200).has(json!({ "valid": false, "status": "revoked" }));
    let again = json!({ "error": "Only a completed clearance can be revoked" });
    client(&app, "admin").post(&path, json!({ "reason": "x" })).await.is(400).has(again);
    let mail = app.mailed("s01@students.mksu.test", "Clearance Revoked").await;
    assert!(mail.contains("Your clearance was revoked. Reason: Forged receipt"), "{mail}");
}

#[tokio::test]
async fn completed_request_is_not_deleted_and_others_are_hidden() {
    let app = university().await;
    let admin = client(&app, "admin");
    let path = format!("/api/clearances/{}/", id("req.S08"));
    admin.delete(&path).await.is(409).has(json!({ "detail": "A completed clearance cannot be deleted." }));
    client(&app, "staff:LIBRARY").delete(&path).await.is(403);
    let request = asked(&app, "S01").await;
    let library = approval(&app, &request, "LIBRARY").await;
    let path = format!("/api/clearances/{request}/");
    admin.delete(&path).await.is(204);
    admin.get(&path).await.is(404);
    client(&app, "staff:LIBRARY").get(&format!("/api/approvals/{library}/")).await.is(404);
    asked(&app, "S01").await;
}

#[tokio::test]
async fn approval_that_does_not_concern_a_student_is_removed() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    let remove = async |office: &str| {
        let id = approval(&app, &request, office).await;
        client(&app, "admin").delete(&format!("/api/approvals/{id}/")).await
    };
    agree(&app, &request, &OFFICES[..6]).await;
    remove("LIBRARY").await.is(409).has(json!({ "detail": "A decided approval cannot be deleted." }));
    remove("SPORTS").await.is(204);
    assert_eq!(seen(&app, &request).await["completion_percentage"], 85, "six of seven");
    let last = approval(&app, &request, "STUDENT_SERVICES").await;
    client(&app, "staff:LIBRARY").delete(&format!("/api/approvals/{last}/")).await.is(403);
    remove("STUDENT_SERVICES").await.is(204);
    let detail = seen(&app, &request).await;
    assert_eq!((&detail["status"], &detail["completion_percentage"]), (&json!("completed"), &json!(100)));
    remove("MESS").await.is(409);
}
