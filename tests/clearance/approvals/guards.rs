//! What stands between an office and its decision.

use serde_json::json;

use crate::people::{approval, asked, client, id, university, university_with};

#[tokio::test]
async fn nobody_decides_on_a_request_of_their_own() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    let library = approval(&app, &request, "LIBRARY").await;
    let user = id("user.student.S01");
    let own = json!({ "detail": "You cannot decide on your own clearance request.", "code": "own_request" });
    for role in ["admin", "library_staff"] {
        client(&app, "admin").patch(&format!("/api/users/{user}/"), json!({ "role": role })).await.is(200);
        for action in ["approve", "reject"] {
            let path = format!("/api/approvals/{library}/{action}/");
            client(&app, "student:S01").post(&path, json!({ "reason": "x" })).await.is(403).has(own.clone());
        }
        let bulk = json!({ "approval_ids": [library], "action": "approve" });
        let answer = client(&app, "student:S01").post("/api/approvals/bulk_approve/", bulk).await;
        answer.is(200).has(json!({ "success_count": 0, "failed_count": 1 }));
    }
    let refused: i64 = app
        .value(
            "SELECT count(*) FROM audit_logs WHERE action = 'other' AND entity = 'ClearanceApproval'
               AND entity_id = $1 AND actor_id = $2::text::uuid",
            &[&library, &user],
        )
        .await;
    assert_eq!(refused, 6);
    client(&app, "admin").patch(&format!("/api/users/{user}/"), json!({ "role": "admin" })).await.is(200);
    client(&app, "student:S01").delete(&format!("/api/approvals/{library}/")).await.is(403);
}

#[tokio::test]
async fn finance_clears_nobody_who_owes_the_fee_or_tuition() {
    let app = university().await;
    let request = asked(&app, "S02").await;
    let finance = approval(&app, &request, "FINANCE").await;
    let path = format!("/api/approvals/{finance}/approve/");
    let staff = client(&app, "staff:FINANCE");
    let due = "The graduation fee is not fully paid: KES 10,000.00 is due.";
    staff.post(&path, json!({})).await.is(400).has(json!({ "error": due, "detail": due }));
    client(&app, "admin").post(&path, json!({})).await.is(400).has(json!({ "error": due }));
    app.execute("UPDATE finance_records SET graduation_fee = 0, tuition_balance = 12000", &[]).await;
    let owed = json!({ "error": "A tuition balance of KES 12,000.00 is outstanding." });
    staff.post(&path, json!({})).await.is(400).has(owed);
    app.execute("UPDATE finance_records SET tuition_balance = 0", &[]).await;
    staff.post(&path, json!({})).await.is(200);
}

#[tokio::test]
async fn finance_rejects_whatever_is_due_and_other_gates_leave_it_alone() {
    let app = university_with(&[("FEE_GATE", "off")]).await;
    let finance = approval(&app, &asked(&app, "S02").await, "FINANCE").await;
    client(&app, "staff:FINANCE")
        .post(&format!("/api/approvals/{finance}/approve/"), json!({}))
        .await
        .is(200);

    let app = university().await;
    let finance = approval(&app, &asked(&app, "S02").await, "FINANCE").await;
    let body = json!({ "rejection_reason": "Unpaid" });
    client(&app, "staff:FINANCE").post(&format!("/api/approvals/{finance}/reject/"), body).await.is(200);
}

#[tokio::test]
async fn with_four_eyes_administrators_leave_staffed_offices_alone() {
    let app = university_with(&[("FOUR_EYES", "on")]).await;
    let request = asked(&app, "S01").await;
    let library = approval(&app, &request, "LIBRARY").await;
    let path = format!("/api/approvals/{library}/approve/");
    let refused = json!({ "detail": "Somebody else must do this." });
    client(&app, "admin").post(&path, json!({})).await.is(403).has(refused);
    client(&app, "staff:LIBRARY").post(&path, json!({})).await.is(200);
    app.execute("UPDATE users SET is_active = FALSE WHERE role <> 'admin'", &[]).await;
    let mess = approval(&app, &request, "MESS").await;
    client(&app, "admin").post(&format!("/api/approvals/{mess}/approve/"), json!({})).await.is(200);
}

#[tokio::test]
async fn decisions_say_what_they_are() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    let id = approval(&app, &request, "LIBRARY").await;
    let staff = client(&app, "staff:LIBRARY");
    let post = async |action: &str, body| staff.post(&format!("/api/approvals/{id}/{action}/"), body).await;
    let reason = json!({ "rejection_reason": ["Rejection reason is required when rejecting"] });
    post("reject", json!({})).await.is(400).has(reason.clone());
    post("reject", json!({ "reason": "  " })).await.is(400).has(reason);
    let long = "x".repeat(2001);
    post("reject", json!({ "reason": long, "notes": long })).await.is(400).has(json!({
        "reason": ["Ensure this field has no more than 2000 characters."],
        "notes": ["Ensure this field has no more than 2000 characters."],
    }));
    let wrong = json!({ "status": ["Use the reject action to reject."] });
    post("approve", json!({ "status": "rejected" })).await.is(400).has(wrong);
    post("process", json!({})).await.is(400).has(json!({ "action": ["This field is required."] }));
    post("process", json!({ "action": "approve", "notes": "Fine" }))
        .await
        .is(200)
        .has(json!({ "notes": "Fine" }));
    let send = "notes=By+form";
    let kind = Some("application/x-www-form-urlencoded");
    let mess = approval(&app, &request, "MESS").await;
    let path = format!("/api/approvals/{mess}/approve/");
    client(&app, "staff:MESS")
        .send(http::Method::POST, &path, kind, send)
        .await
        .is(200)
        .has(json!({ "notes": "By form" }));
    for who in ["student:S01", "student:S02"] {
        client(&app, who).post(&path, json!({})).await.is(403);
    }
    for who in ["staff:FINANCE", "staff:NONE", "staff:gown_issuance_staff"] {
        client(&app, who).post(&path, json!({})).await.is(404);
    }
}

#[tokio::test]
async fn decision_names_its_maker_after_they_are_gone() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    let library = approval(&app, &request, "LIBRARY").await;
    client(&app, "staff:LIBRARY")
        .post(&format!("/api/approvals/{library}/approve/"), json!({}))
        .await
        .is(200);
    let audited: String = app
        .value("SELECT actor_name FROM audit_logs WHERE action = 'approve' AND entity_id = $1", &[&library])
        .await;
    assert_eq!(audited, "Staff Library");
    let user = id("user.staff.LIBRARY");
    client(&app, "admin").delete(&format!("/api/users/{user}/")).await.is(204);
    let detail = client(&app, "admin").get(&format!("/api/approvals/{library}/")).await.is(200).json();
    assert_eq!(detail["approved_by_name"], "Staff Library");
    client(&app, "staff:LIBRARY").get("/api/approvals/").await.is(401);
}
