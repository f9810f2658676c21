//! Many decisions in one request.

use serde_json::json;

use crate::people::{approval, asked, client, decide, id, seen, university};

#[tokio::test]
async fn each_approval_is_decided_by_the_same_rules_as_alone() {
    let app = university().await;
    let (first, second) = (asked(&app, "S01").await, asked(&app, "S02").await);
    let open = approval(&app, &first, "LIBRARY").await;
    let closed = approval(&app, &second, "LIBRARY").await;
    decide(&app, &second, "MESS", "reject").await.is(200);
    let body = json!({ "approval_ids": [open, closed, open], "action": "approve" });
    let staff = client(&app, "staff:LIBRARY");
    let refused =
        json!({ "approval_id": closed, "error": "This clearance request is already closed (rejected)" });
    let dry = json!({ "approval_ids": [open, closed], "action": "approve", "dry_run": true });
    let would = staff.post("/api/approvals/bulk_approve/", dry).await;
    would.is(200).has(json!({ "success_count": 1, "failed_count": 1, "errors": [refused], "dry_run": true }));
    assert_eq!(seen(&app, &first).await["status"], "pending", "nothing was changed");
    let answer = staff.post("/api/approvals/bulk_approve/", body).await;
    answer.is(200).has(json!({
        "message": "Bulk approve completed", "success_count": 1, "failed_count": 1, "errors": [refused],
    }));
    assert_eq!(seen(&app, &first).await["approvals"][1]["notes"], "Bulk approved");
}

#[tokio::test]
async fn strange_and_unreachable_ids_refuse_the_whole() {
    let app = university().await;
    let library = id("appr.S05.LIBRARY");
    let invalid = json!({ "approval_ids": ["Some approval IDs are invalid"] });
    let staff = client(&app, "staff:LIBRARY");
    for ids in [
        json!([1]),
        json!(["x"]),
        json!([library, id("appr.S05.MESS")]),
        json!([null]),
        json!([id("req.S05")]),
    ] {
        let body = json!({ "approval_ids": ids, "action": "approve" });
        staff.post("/api/approvals/bulk_approve/", body).await.is(400).has(invalid.clone());
    }
    let many: Vec<String> = (0..101).map(|_| library.clone()).collect();
    let too_many = json!({ "approval_ids": ["Ensure this field has no more than 100 elements."] });
    let body = json!({ "approval_ids": many, "action": "approve" });
    staff.post("/api/approvals/bulk_approve/", body).await.is(400).has(too_many);
    let body = json!({ "approval_ids": [library], "action": "reject", "rejection_reason": "Books" });
    let answer = staff.post("/api/approvals/bulk_approve/", body).await;
    answer.is(200).has(json!({ "message": "Bulk reject completed", "success_count": 1, "errors": [] }));
    assert_eq!(seen(&app, &id("req.S05")).await["rejection_reason"], "Library Services: Books");
}
