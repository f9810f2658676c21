//! Asking a phone, and asking what has become of it.

use muster::imitations::Fault;
use serde_json::json;

use crate::money::{account, world, world_with};

#[tokio::test]
async fn only_what_is_due_is_asked_for_and_once_at_a_time() {
    let world = world().await;
    let payer = world.payer(1).await;
    let push =
        async |body| world.app.as_user(payer.user).post("/api/finance/payments/mpesa_stk_push/", body).await;
    push(json!({ "phone_number": "0712345601", "amount": "100" })).await.is(400).has(json!({
        "amount": ["Amount must be exactly KES 5,500.00 (amount due)"],
    }));
    push(json!({ "phone_number": "0712345601", "amount": "150001" })).await.is(400).has(json!({
        "amount": ["Amount exceeds M-PESA transaction limit (150,000 KES)"],
    }));
    world.app.execute("UPDATE finance_records SET graduation_fee = 5500.50", &[]).await;
    push(json!({ "phone_number": "0712345601", "amount": "5500.50" })).await.is(400).has(json!({
        "amount": ["M-PESA takes whole shillings only"],
    }));
    world.app.execute("UPDATE finance_records SET graduation_fee = 5500", &[]).await;
    let sent =
        push(json!({ "phone_number": "0712345613", "amount": "5500", "account_reference": "mine" })).await;
    sent.is(200);
    push(json!({ "phone_number": "0712345601", "amount": "5500" })).await.is(409).has(json!({
        "error": "A payment request is already waiting on your phone.",
        "checkout_request_id": sent.json()["checkout_request_id"],
    }));
    let shown = world.app.as_user(payer.user).get("/api/finance/mpesa_attempts/?status=pending").await;
    shown.is(200).has(json!({ "count": 1 }));
    let reference = shown.json()["results"][0]["account_reference"].as_str().expect("a text").to_owned();
    assert!(reference.starts_with("CLR") && reference.len() == 11, "{reference}");
}

#[tokio::test]
async fn sixth_request_within_ten_minutes_is_throttled() {
    let world = world().await;
    let payer = world.payer(1).await;
    for _ in 0..5 {
        world.push(payer, "09").await.is(400);
        world.wait(10);
    }
    let refused = world.push(payer, "09").await;
    refused.is(429);
    assert_eq!(refused.header("retry-after"), "550");
    world.wait(551);
    world.push(payer, "09").await.is(400);
}

#[tokio::test]
async fn paid_student_is_told_so_with_the_payment() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.confirm("QPAID00001", "5500.00", &payer.registration()).await.is(200);
    world.push(payer, "01").await.is(400).has(json!({
        "error": "You have already paid clearance fees", "payment": { "state": "paid", "transaction_id": "QPAID00001" },
    }));
    let staff = account(&world.app, "x@mksu.test", "library_staff").await;
    let body = json!({ "phone_number": "0712345601", "amount": "5500" });
    world.app.as_user(staff).post("/api/finance/payments/mpesa_stk_push/", body).await.is(403).has(json!({
        "error": "Only students can initiate M-PESA payments",
    }));
}

#[tokio::test]
async fn five_failures_in_a_row_pause_for_a_minute() {
    let world = world().await;
    world.outside.faults.plan("stkpush/v1", Fault::Error, 5);
    for number in 1..=5 {
        world.push(world.payer(number).await, "01").await.is(503);
    }
    let payer = world.payer(6).await;
    let refused = json!({ "error": "M-PESA is not available. Please try again later." });
    world.push(payer, "01").await.is(503).has(refused);
    let made: i64 =
        world.app.value("SELECT count(*) FROM mpesa_attempts WHERE student_id = $1", &[&payer.student]).await;
    assert_eq!(made, 0, "nothing was sent");
    world.wait(61);
    world.push(payer, "01").await.is(200);
}

#[tokio::test]
async fn errors_with_status_200_and_pages_are_told_apart() {
    let world = world().await;
    world.outside.faults.plan("stkpush/v1", Fault::OkWithError, 1);
    let refused = world.payer(1).await;
    world.push(refused, "01").await.is(400).has(json!({ "details": "System is busy" }));
    world.outside.faults.plan("stkpush/v1", Fault::Page, 1);
    let lost = world.payer(2).await;
    world.push(lost, "01").await.is(503);
    world.outside.faults.plan("oauth", Fault::Error, 1);
    world.wait(3600);
    let unsent = world.payer(3).await;
    world
        .push(unsent, "01")
        .await
        .is(503)
        .has(json!({ "error": "M-PESA is not available. Please try again later." }));
    let [refused, lost, unsent] =
        [world.attempt(refused).await, world.attempt(lost).await, world.attempt(unsent).await];
    assert_eq!([refused, lost, unsent], ["failed", "sent", "failed"]);
}

#[tokio::test]
async fn hanging_server_is_left_after_twenty_seconds_and_the_payment_is_found() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.outside.faults.plan("stkpush/v1", Fault::Hang, 1);
    world.push(payer, "01").await.is(503);
    assert_eq!(world.attempt(payer).await, "sent");
    world.wait(3);
    world.hear().await;
    assert_eq!(world.attempt(payer).await, "succeeded");
}

#[tokio::test]
async fn slow_answer_is_waited_for_and_a_broken_one_is_found_by_the_callback() {
    let world = world().await;
    let (patient, cut) = (world.payer(1).await, world.payer(2).await);
    world.outside.faults.plan("stkpush/v1", Fault::Slow, 1);
    world.push(patient, "01").await.is(200).has(json!({ "status": "pending" }));
    world.outside.faults.plan("stkpush/v1", Fault::Break, 1);
    world.push(cut, "01").await.is(503).has(json!({
        "error": "M-PESA did not answer. Look at your phone before you try again.",
    }));
    assert_eq!(world.attempt(cut).await, "sent");
    world.wait(3);
    world.hear().await;
    for payer in [patient, cut] {
        assert_eq!(world.attempt(payer).await, "succeeded");
        assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 stk"]);
    }
}

#[tokio::test]
async fn forged_result_of_a_cancelled_request_books_nothing() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.outside.faults.plan("stkpush/v1", Fault::Forged, 1);
    world.push(payer, "02").await.is(200);
    world.wait(3);
    let calls = world.outside.take();
    assert_eq!(calls[0].body["Body"]["stkCallback"]["ResultCode"], 0, "it claims a success");
    world.deliver(&calls[0]).await.is(200);
    world.app.work().await;
    assert_eq!(world.receipts(payer).await, [""; 0]);
    assert_eq!(world.attempt(payer).await, "cancelled", "what M-PESA says when it is asked");
}

#[tokio::test]
async fn query_asks_once_in_ten_seconds_and_shows_own_requests_only() {
    let world = world().await;
    let (payer, other) = (world.payer(1).await, world.payer(2).await);
    let sent = world.push(payer, "05").await.json();
    let body = json!({ "checkout_request_id": sent["checkout_request_id"] });
    let query =
        async |user| world.app.as_user(user).post("/api/finance/payments/mpesa_query/", body.clone()).await;
    query(payer.user).await.is(200).has(json!({ "status": "pending", "result_code": null }));
    world.wait(4);
    query(payer.user).await.is(200).has(json!({ "status": "pending" }));
    query(other.user).await.is(404);
    world.wait(7);
    query(world.desk).await.is(200).has(json!({ "status": "succeeded", "result_code": "0" }));
    world.app.as_user(payer.user).post("/api/finance/payments/mpesa_query/", json!({})).await.is(400);
}

#[tokio::test]
async fn pending_request_times_out_and_is_asked_about_for_a_day() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.push(payer, "13").await.is(200);
    world.wait(599);
    world.round().await;
    assert_eq!(world.attempt(payer).await, "pending");
    world.wait(60);
    world.round().await;
    assert_eq!(world.attempt(payer).await, "timed_out");
    let asked = async || -> bool {
        world.app.value("SELECT asked_at > now() + interval '1 second' * 0 OR asked_at IS NOT NULL FROM mpesa_attempts", &[]).await
    };
    assert!(asked().await);
}

#[tokio::test]
async fn switched_off_mpesa_says_so() {
    let world = world_with(&[("MPESA_ENVIRONMENT", "off")], |_| ()).await;
    let payer = world.payer(1).await;
    world.push(payer, "01").await.is(400).has(json!({
        "error": "Failed to initiate M-PESA payment",
        "details": "M-PESA credentials not configured. Please contact administrator.",
    }));
}
