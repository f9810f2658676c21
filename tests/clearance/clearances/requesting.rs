//! Who may ask for clearance, and what counts again.

use serde_json::json;
use tests::TestApp;

use crate::people::{
    OFFICES, agree, ask, asked, client, decide, id, seen, titles, university, university_with,
};

#[tokio::test]
async fn new_request_goes_to_every_active_office_and_tells_them() {
    let app = university().await;
    let answer = ask(&app, "S01").await;
    answer.is(201).has(json!({
        "student_id": id("student.S01"), "status": "pending", "completion_percentage": 0, "rejection_reason": "",
        "approval_summary": { "total": 8, "approved": 0, "rejected": 0, "pending": 8 }, "certificate": null,
    }));
    let request = seen(&app, answer.json()["id"].as_str().expect("an id")).await;
    assert_eq!(request["approvals"][2]["notes"], "Awaiting approval from Mess/Cafeteria");
    assert_eq!(request["current_department"]["code"], "FINANCE");
    assert!(
        request["blocking_reason"]
            .as_str()
            .is_some_and(|text| text.starts_with("Waiting for Finance Department, "))
    );
    assert_eq!(titles(&app, "student:S01").await, ["Clearance Request Submitted"]);
    assert_eq!(titles(&app, "admin").await, ["New Clearance Request"]);
    for office in OFFICES {
        assert_eq!(
            titles(&app, &format!("staff:{office}")).await,
            ["Clearance Awaiting Approval"],
            "{office}"
        );
    }
    let mail = app.mailed("s01@students.mksu.test", "Clearance Request Submitted").await;
    assert!(mail.contains("is with 8 offices."), "{mail}");
}

#[tokio::test]
async fn second_request_is_refused_while_one_is_open_and_after_the_clearance() {
    let app = university().await;
    let open = "You already have an open clearance request.";
    let request = asked(&app, "S01").await;
    ask(&app, "S01")
        .await
        .is(400)
        .has(json!({ "student_id": [open], "detail": format!("student_id: {open}") }));
    agree(&app, &request, &OFFICES).await;
    ask(&app, "S01").await.is(400).has(json!({ "student_id": ["You have already been cleared."] }));
    ask(&app, "S10").await.is(400).has(json!({ "student_id": [open] }));
}

#[tokio::test]
async fn only_eligible_students_ask_and_only_for_themselves() {
    let app = university().await;
    let body = |student: &str| json!({ "student_id": id(student) });
    let refusals = [
        ("student:S03", "student.S03", 400),
        ("student:S01", "student.S02", 403),
        ("student:S01", "student.S03", 403),
        ("admin", "student.S01", 400),
        ("staff:LIBRARY", "student.S01", 400),
        ("student:student_noprofile", "student.S01", 400),
    ];
    for (who, student, status) in refusals {
        client(&app, who).post("/api/clearances/", body(student)).await.is(status);
    }
    app.anonymous().post("/api/clearances/", body("student.S01")).await.is(401);
}

#[tokio::test]
async fn fee_gate_of_submission_names_what_is_due() {
    let app = university_with(&[("FEE_GATE", "submit")]).await;
    let refused = ["Pay the graduation fee of KES 10,000.00 first."];
    ask(&app, "S02").await.is(400).has(json!({ "student_id": refused }));
    ask(&app, "S01").await.is(201);
}

#[tokio::test]
async fn request_without_any_active_office_is_refused_and_leaves_nothing() {
    let app = university().await;
    app.execute("UPDATE departments SET is_active = FALSE", &[]).await;
    ask(&app, "S01").await.is(400).has(json!({ "student_id": ["No department is set up for clearance."] }));
    app.execute("UPDATE departments SET is_active = TRUE", &[]).await;
    ask(&app, "S01").await.is(201);
}

async fn rejected_by_mess(app: &TestApp, student: &str) -> String {
    let request = asked(app, student).await;
    agree(app, &request, &["LIBRARY", "FINANCE"]).await;
    decide(app, &request, "MESS", "reject").await.is(200);
    request
}

#[tokio::test]
async fn approvals_of_a_rejected_request_are_carried_over() {
    let app = university().await;
    rejected_by_mess(&app, "S01").await;
    let request = asked(&app, "S01").await;
    let detail = seen(&app, &request).await;
    assert_eq!((&detail["status"], &detail["completion_percentage"]), (&json!("in_progress"), &json!(25)));
    let library = &detail["approvals"][1];
    assert_eq!(library["notes"], "Carried over from 2026-11-21");
    assert_eq!((&library["status"], &library["approved_by"]), (&json!("approved"), &json!("Staff Library")));
    assert_eq!(detail["approvals"][2]["status"], "pending", "the office that refused decides again");
    assert_eq!(titles(&app, "staff:LIBRARY").await.len(), 1, "asked once only");
    let again = decide(&app, &request, "LIBRARY", "approve").await;
    again.is(400).has(json!({ "error": "This approval is already approved" }));
    agree(&app, &request, &["MESS", "HOSTEL", "ACADEMIC", "WORKSHOP", "SPORTS", "STUDENT_SERVICES"]).await;
    assert_eq!(seen(&app, &request).await["status"], "completed");
}

#[tokio::test]
async fn old_approvals_and_those_of_revoked_requests_are_not_carried_over() {
    let app = university().await;
    rejected_by_mess(&app, "S01").await;
    app.execute("UPDATE clearance_approvals SET approval_date = approval_date - interval '91 days'", &[])
        .await;
    let request = asked(&app, "S01").await;
    assert_eq!(seen(&app, &request).await["status"], "pending");

    agree(&app, &request, &OFFICES).await;
    let path = format!("/api/clearances/{request}/revoke/");
    client(&app, "admin").post(&path, json!({ "reason": "A mistake" })).await.is(200);
    assert_eq!(seen(&app, &asked(&app, "S01").await).await["status"], "pending");
}

#[tokio::test]
async fn finance_is_carried_over_only_while_nothing_is_due() {
    let app = university().await;
    rejected_by_mess(&app, "S01").await;
    app.execute("UPDATE finance_records SET graduation_fee = 20000", &[]).await;
    let detail = seen(&app, &asked(&app, "S01").await).await;
    assert_eq!(detail["approvals"][0]["status"], "pending");
    assert_eq!(detail["approvals"][1]["status"], "approved");
}

#[tokio::test]
async fn request_completes_at_once_when_the_office_that_refused_is_closed() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    agree(&app, &request, &OFFICES[..7]).await;
    decide(&app, &request, "STUDENT_SERVICES", "reject").await.is(200);
    app.execute("UPDATE departments SET is_active = FALSE WHERE code = 'STUDENT_SERVICES'", &[]).await;
    let answer = ask(&app, "S01").await;
    answer.is(201).has(json!({ "status": "completed", "completion_percentage": 100 }));
    assert_eq!(answer.json()["certificate"]["serial"], "MKSU-CLR-2026-00001");
}

#[tokio::test]
async fn draft_is_submitted_once_it_is_confirmed_and_paid() {
    let app = university().await;
    let submit = async |student: &str, body| {
        let path = format!("/api/clearances/{}/submit/", id(&format!("req.{student}")));
        client(&app, &format!("student:{student}")).post(&path, body).await
    };
    submit("S10", json!({})).await.is(400).has(json!({ "confirm": ["This field is required."] }));
    submit("S10", json!({ "confirm": false })).await.is(400);
    submit("S11", json!({ "confirm": true }))
        .await
        .is(400)
        .has(json!({ "non_field_errors": ["No payment record found"] }));
    app.execute("DELETE FROM clearance_approvals WHERE id = $1::text::uuid", &[&id("appr.S10.MESS")]).await;
    let answer = submit("S10", json!({ "confirm": true })).await;
    answer.is(200).has(json!({ "message": "Clearance request submitted successfully" }));
    assert_eq!(answer.json()["clearance"]["status"], "pending");
    assert_eq!(answer.json()["clearance"]["approval_summary"]["total"], 8, "the missing one was made");
    let again = ["Cannot submit clearance request with status: pending"];
    submit("S10", json!({ "confirm": true })).await.is(400).has(json!({ "non_field_errors": again }));
}
