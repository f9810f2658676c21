//! Finance records, and what is decided about receipts.

use serde_json::json;

use crate::money::{account, world};

#[tokio::test]
async fn changed_fee_is_dealt_out_anew_and_refunds_stay_refunded() {
    let world = world().await;
    let payer = world.payer(1).await;
    let record: uuid::Uuid = world.app.value("SELECT id FROM finance_records", &[]).await;
    let path = format!("/api/finance/records/{record}/");
    let patch = async |body| world.as_desk().patch(&path, body).await;
    world.confirm("QDEAL00001", "3000.00", &payer.registration()).await.is(200);
    world.wait(60);
    world.confirm("QDEAL00002", "3000.00", &payer.registration()).await.is(200);
    patch(json!({ "graduation_fee": "2000" })).await.is(200).has(json!({
        "graduation_fee_status": "verified", "amount_received": "2000.00", "amount_due": "0.00",
    }));
    assert_eq!(world.receipts(payer).await, ["applied 3000.00 2000.00 c2b", "applied 3000.00 0.00 c2b"]);
    let second: uuid::Uuid =
        world.app.value("SELECT id FROM receipts WHERE transaction_id = 'QDEAL00002'", &[]).await;
    let refund = async || {
        let path = format!("/api/finance/receipts/{second}/refund/");
        world.as_desk().post(&path, json!({ "reference": "BANK 7" })).await
    };
    refund()
        .await
        .is(200)
        .has(json!({ "refund_due": false, "excess_amount": "3000.00", "refund_reference": "BANK 7" }));
    refund().await.is(400).has(json!({ "error": "No refund is due" }));
    patch(json!({ "graduation_fee": "5500", "tuition_balance": "12000" })).await.is(200).has(json!({
        "amount_received": "3000.00", "amount_due": "2500.00", "tuition_balance": "12000.00", "graduation_fee_status": "pending",
    }));
    patch(json!({ "graduation_fee": "0" })).await.is(200).has(json!({ "graduation_fee_status": "verified" }));
    patch(json!({ "graduation_fee": "1000001" })).await.is(400);
    patch(json!({ "tuition_balance": "-1" })).await.is(400);
}

#[tokio::test]
async fn reversed_receipt_is_due_again_and_the_right_people_are_told() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.push(payer, "01").await.is(200);
    world.wait(3);
    world.hear().await;
    let receipt: uuid::Uuid = world.app.value("SELECT id FROM receipts", &[]).await;
    let path = format!("/api/finance/receipts/{receipt}/reverse/");
    let body = json!({ "reason": "taken back", "reference": "R1" });
    world.app.as_user(payer.user).post(&path, body.clone()).await.is(403);
    world.as_desk().post(&path, body.clone()).await.is(200).has(json!({
        "state": "reversed", "applied_amount": "0.00", "reason": "taken back (R1)",
    }));
    world.as_desk().post(&path, body).await.is(400).has(json!({ "error": "This receipt is reversed" }));
    assert_eq!(world.attempt(payer).await, "reversed");
    let mine = world.app.as_user(payer.user).get("/api/finance/payments/my_payment/").await;
    mine.is(200).has(
        json!({ "state": "claimed", "is_verified": false, "amount_due": "5500.00", "transaction_id": "" }),
    );
    assert_eq!(world.notices(world.admin, "Payment To Review").await, 1);
    world.push(payer, "01").await.is(200);
    world.wait(3);
    world.hear().await;
    let mine = world.app.as_user(payer.user).get("/api/finance/records/my_record/").await;
    mine.is(200).has(json!({ "graduation_fee_status": "verified", "amount_received": "5500.00" }));
}

#[tokio::test]
async fn lists_are_one_s_own_or_the_office_s() {
    let world = world().await;
    let (payer, other) = (world.payer(1).await, world.payer(2).await);
    world.confirm("QLIST00001", "5500.00", &payer.registration()).await.is(200);
    let librarian = account(&world.app, "lib@mksu.test", "library_staff").await;
    for (list, all) in
        [("records", 2), ("invoices", 2), ("receipts", 1), ("payments", 1), ("mpesa_attempts", 0)]
    {
        let count = async |user| {
            let answer = world.app.as_user(user).get(&format!("/api/finance/{list}/")).await;
            answer.is(200).json()["count"].as_i64().expect("a number")
        };
        assert_eq!(count(world.desk).await, all, "{list}");
        assert_eq!(count(librarian).await, 0, "{list}");
        assert_eq!(count(payer.user).await, all.min(1), "{list}");
        assert!(count(other.user).await <= 1, "{list}");
    }
    let statistics = world.as_desk().get("/api/finance/payments/statistics/").await;
    statistics
        .is(200)
        .has(json!({ "total_payments": 1, "verified_amount": 5500.0, "verification_rate": 100.0 }));
    world.as_desk().get("/api/finance/payments/unverified/").await.is(200).has(json!({ "count": 0 }));
    let root = world.app.as_user(payer.user).get("/api/finance/").await;
    assert_eq!(root.is(200).json().as_object().map(serde_json::Map::len), Some(6));
    let receipt: uuid::Uuid = world.app.value("SELECT id FROM receipts", &[]).await;
    let path = format!("/api/finance/receipts/{receipt}/");
    world.app.as_user(payer.user).get(&path).await.is(200).has(json!({ "student": payer.student }));
    world.app.as_user(other.user).get(&path).await.is(404);
    let record: uuid::Uuid =
        world.app.value("SELECT id FROM finance_records WHERE student_id = $1", &[&payer.student]).await;
    let path = format!("/api/finance/records/{record}/");
    world.app.as_user(payer.user).get(&path).await.is(200).has(json!({ "student": payer.student }));
    let filtered =
        world.as_desk().get("/api/finance/records/?graduation_fee_status=verified&search=p1").await;
    filtered
        .is(200)
        .has(json!({ "count": 1, "results": [{ "mpesa_code": "QLIST00001", "verified_by": "M-PESA" }] }));
    let staff = account(&world.app, "fin@mksu.test", "department_staff").await;
    world.app.execute("UPDATE users SET department_id = (SELECT id FROM departments WHERE code = 'FINANCE') WHERE id = $1", &[&staff]).await;
    let seen = world.app.as_user(staff).get("/api/finance/receipts/").await;
    seen.is(200).has(json!({ "count": 1, "results": [{ "phone_number": "2547*****126" }] }));
}
