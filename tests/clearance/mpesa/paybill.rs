//! Payments to the paybill.

use serde_json::json;

use crate::money::{SECRET, paybill, world, world_with};

#[tokio::test]
async fn validation_accepts_what_is_due_and_says_why_not() {
    let world = world().await;
    let payer = world.payer(1).await;
    let path = format!("/api/finance/c2b/{SECRET}/validation/");
    let code = async |body: serde_json::Value| {
        let answer = world.app.anonymous().post(&path, body).await;
        answer.is(200).json()["ResultCode"].as_str().expect("a code").to_owned()
    };
    assert_eq!(code(paybill("A1", "5500.00", "sce cs 0001-2022")).await, "0");
    assert_eq!(code(paybill("A1", "5500.00", "nobody")).await, "C2B00012");
    assert_eq!(code(paybill("A1", "5400.00", &payer.registration())).await, "C2B00013");
    assert_eq!(code(paybill("A1", "x", &payer.registration())).await, "C2B00016");
    let mut foreign = paybill("A1", "5500.00", &payer.registration());
    foreign["BusinessShortCode"] = "600000".into();
    assert_eq!(code(foreign).await, "C2B00015");
    world.confirm("A1", "5500.00", &payer.registration()).await.is(200);
    assert_eq!(code(paybill("A2", "5500.00", &payer.registration())).await, "C2B00016");

    let lenient = world_with(&[("C2B_VALIDATE_AMOUNT", "off")], |_| ()).await;
    let payer = lenient.payer(1).await;
    let any = lenient.app.anonymous().post(&path, paybill("A1", "3000.00", &payer.registration())).await;
    any.is(200).has(json!({ "ResultCode": "0", "ResultDesc": "Accepted" }));
}

#[tokio::test]
async fn part_and_rest_and_excess_are_counted_exactly() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.confirm("QPART00001", "3000.00", &payer.registration()).await.is(200);
    let mine = async || world.app.as_user(payer.user).get("/api/finance/payments/my_payment/").await;
    mine().await.is(200).has(json!({
        "state": "partial", "amount": "3000.00", "amount_due": "2500.00", "is_verified": false,
    }));
    assert_eq!(world.notices(payer.user, "Payment Received").await, 1);
    let rest = json!({ "phone_number": "0712345601", "amount": "2500" });
    world.app.as_user(payer.user).post("/api/finance/payments/mpesa_stk_push/", rest).await.is(200);
    world.wait(3);
    world.hear().await;
    mine()
        .await
        .has(json!({ "state": "paid", "amount": "5500.00", "amount_due": "0.00", "is_verified": true }));

    world.confirm("QAGAIN0001", "6000.00", &payer.registration()).await.is(200);
    mine().await.has(json!({ "state": "paid", "amount": "5500.00", "overpaid_amount": "6000.00" }));
    let due = world.as_desk().get("/api/finance/receipts/?refund_due=true").await;
    due.is(200).has(
        json!({ "count": 1, "results": [{ "transaction_id": "QAGAIN0001", "excess_amount": "6000.00" }] }),
    );
    let mail = world.app.mailed("p1@students.mksu.test", "Payment Verified").await;
    assert!(mail.contains("KES 6,000.00 too much was received and will be refunded."), "{mail}");
}

#[tokio::test]
async fn the_same_transaction_in_any_case_is_booked_once() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.confirm("qsame00001", "5500.00", &payer.registration()).await.is(200);
    world.confirm("QSAME00001", "5500.00", &payer.registration()).await.is(200);
    assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 c2b"]);
}

#[tokio::test]
async fn callback_and_confirmation_of_one_payment_are_one_receipt_in_either_order() {
    let world = world().await;
    world
        .as_desk()
        .post("/api/finance/c2b/register/", json!({}))
        .await
        .is(200)
        .has(json!({ "response_code": "0" }));
    for (number, reversed) in [(1, false), (2, true)] {
        let payer = world.payer(number).await;
        world.push(payer, "11").await.is(200);
        world.wait(3);
        let mut calls = world.outside.take();
        assert_eq!(calls.len(), 2);
        if reversed {
            calls.reverse();
        }
        for call in &calls {
            world.deliver(call).await.is(200);
            world.app.work().await;
        }
        let receipts = world.receipts(payer).await;
        assert_eq!(receipts.len(), 1, "{receipts:?}");
        assert!(receipts[0].starts_with("applied 5500.00 5500.00"), "{receipts:?}");
        assert_eq!(world.attempt(payer).await, "succeeded");
        assert_eq!(world.notices(payer.user, "Payment Verified").await, 1);
    }
}

#[tokio::test]
async fn unknown_accounts_wait_until_somebody_matches_or_dismisses_them() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.confirm("QUNKNOWN01", "5500.00", "UNKNOWN1").await.is(200);
    world.confirm("QUNKNOWN02", "100.00", "").await.is(200);
    for (amount, number) in [("0", "Z1"), ("-5", "Z2"), ("x", "Z3"), ("5", "")] {
        world.confirm(number, amount, &payer.registration()).await.is(200);
    }
    let unusable: i64 =
        world.app.value("SELECT count(*) FROM mpesa_messages WHERE state = 'unusable'", &[]).await;
    assert_eq!(unusable, 4);
    let waiting = world.as_desk().get("/api/finance/receipts/?state=review&ordering=created_at").await.json();
    assert_eq!((&waiting["count"], &waiting["results"][0]["reason"]), (&json!(2), &json!("Unknown account")));
    assert_eq!(world.notices(world.desk, "Payment To Review").await, 2);
    let id = async |number: &str| -> uuid::Uuid {
        world.app.value("SELECT id FROM receipts WHERE transaction_id = $1", &[&number]).await
    };
    let act = async |number: &str, action: &str, body| {
        let path = format!("/api/finance/receipts/{}/{action}/", id(number).await);
        world.as_desk().post(&path, body).await
    };
    let nobody = json!({ "student_id": uuid::Uuid::nil() });
    act("QUNKNOWN01", "match", nobody).await.is(400).has(json!({ "student_id": ["Student not found"] }));
    let body = json!({ "student_id": payer.student });
    act("QUNKNOWN01", "match", body.clone())
        .await
        .is(200)
        .has(json!({ "state": "applied", "applied_amount": "5500.00" }));
    act("QUNKNOWN01", "match", body).await.is(400).has(json!({ "error": "This receipt is applied" }));
    act("QUNKNOWN02", "dismiss", json!({}))
        .await
        .is(400)
        .has(json!({ "reason": ["This field is required."] }));
    act("QUNKNOWN02", "dismiss", json!({ "reason": "a test" }))
        .await
        .is(200)
        .has(json!({ "state": "dismissed" }));
    act("QUNKNOWN02", "reverse", json!({ "reason": "x" }))
        .await
        .is(400)
        .has(json!({ "error": "This receipt is dismissed" }));
}

#[tokio::test]
async fn rest_of_a_partial_payment_is_verified_by_its_own_amount() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.confirm("RCB0000001", "2750", &payer.registration()).await.is(200);
    let own = world.as_desk().get(&format!("/api/finance/records/?search={}", payer.registration())).await;
    own.is(200).has(json!({ "results": [{ "graduation_fee_status": "pending", "amount_due": "2750.00" }] }));
    let payment: uuid::Uuid =
        world.app.value("SELECT id FROM payments WHERE student_id = $1", &[&payer.student]).await;
    let path = format!("/api/finance/payments/{payment}");
    let verify = async |body: serde_json::Value| world.as_desk().post(&format!("{path}/verify/"), body).await;
    verify(json!({ "verify": true, "transaction_id": "BNK-1" })).await.is(400).has(json!({
        "amount": ["Money was received already: name the amount of the rest."]
    }));
    let wrong = json!({ "verify": true, "transaction_id": "BNK-1", "amount": "2000.00" });
    verify(wrong).await.is(400).has(json!({
        "amount": ["Payment amount must be exactly KES 2,750.00 (amount due)"]
    }));
    world.as_desk().patch(&format!("{path}/"), json!({ "amount": "2000.00" })).await.is(400);
    verify(json!({ "verify": true, "transaction_id": "BNK-1", "amount": "2750.00" })).await.is(200);
    let mut receipts = world.receipts(payer).await;
    receipts.sort();
    assert_eq!(receipts, ["applied 2750.00 2750.00 c2b", "applied 2750.00 2750.00 manual"]);
}
