//! What comes of a request to pay, for every plot of the imitation, and in every order.

use serde_json::json;

use crate::money::{Payer, SECRET, callback, paybill, world};

/// What a plot must come to after two minutes: status, receipts, titles of notices.
const PLOTS: [(&str, &str, &[&str], &str); 11] = [
    ("01", "succeeded", &["applied 5500.00 5500.00 stk"], "Payment Verified"),
    ("02", "cancelled", &[], "Payment Failed"),
    ("03", "failed", &[], "Payment Failed"),
    ("04", "timed_out", &[], "Payment Failed"),
    ("05", "succeeded", &["applied 5500.00 5500.00 stk"], "Payment Verified"),
    ("06", "succeeded", &["applied 5500.00 5500.00 stk"], "Payment Verified"),
    ("07", "succeeded", &["applied 5500.00 5500.00 stk"], "Payment Verified"),
    ("08", "mismatch", &["review 5499.00 0.00 stk"], ""),
    ("11", "succeeded", &["applied 5500.00 5500.00 stk"], "Payment Verified"),
    ("13", "pending", &[], ""),
    ("99", "succeeded", &["applied 5500.00 5500.00 stk"], "Payment Verified"),
];

#[tokio::test]
async fn every_plot_ends_as_it_must() {
    let world = world().await;
    world.as_desk().post("/api/finance/c2b/register/", json!({})).await.is(200);
    for (index, (digits, status, receipts, title)) in PLOTS.iter().enumerate() {
        let payer = world.payer(index.try_into().expect("a small number")).await;
        let sent = world.push(payer, digits).await;
        sent.is(200).has(json!({ "status": "pending", "message": "Enter your M-PESA PIN on your phone." }));
        world.wait(61);
        world.hear().await;
        world.round().await;
        assert_eq!(world.attempt(payer).await, *status, "{digits}");
        assert_eq!(world.receipts(payer).await, *receipts, "{digits}");
        if !title.is_empty() {
            assert_eq!(world.notices(payer.user, title).await, 1, "{digits}");
        }
    }
    assert_eq!(world.notices(world.desk, "Payment To Review").await, 1, "of the amount that differs");
}

#[tokio::test]
async fn refused_and_silent_requests_are_told_apart() {
    let world = world().await;
    let [refused, poor, silent] = [world.payer(1).await, world.payer(2).await, world.payer(3).await];
    world.push(refused, "09").await.is(400).has(json!({
        "error": "Failed to initiate M-PESA payment", "details": "Bad Request - Invalid PhoneNumber",
    }));
    world.push(poor, "12").await.is(400).has(json!({ "error": "Failed to initiate M-PESA payment" }));
    assert_eq!((world.attempt(refused).await, world.attempt(poor).await), ("failed".into(), "failed".into()));

    world.push(silent, "10").await.is(503).has(json!({
        "error": "M-PESA did not answer. Look at your phone before you try again.",
    }));
    assert_eq!(world.attempt(silent).await, "sent");
    world.wait(3);
    world.hear().await;
    assert_eq!(world.attempt(silent).await, "succeeded", "the callback brings the ids");
    assert_eq!(world.receipts(silent).await, ["applied 5500.00 5500.00 stk"]);

    let forgotten = world.payer(4).await;
    world.push(forgotten, "10").await.is(503);
    let calls = world.outside.take();
    world.wait(121);
    world.round().await;
    assert_eq!(world.attempt(forgotten).await, "timed_out");
    world.deliver(&calls[0]).await.is(200);
    world.app.work().await;
    assert_eq!(world.attempt(forgotten).await, "succeeded", "however late");
}

#[tokio::test]
async fn callback_that_overtakes_the_answer_is_booked_once() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.push(payer, "01").await.is(200);
    let undo = "UPDATE mpesa_attempts SET status = 'created', checkout_request_id = NULL, merchant_request_id = NULL";
    world.app.execute(undo, &[]).await;
    world.wait(3);
    world.hear().await;
    assert_eq!(world.attempt(payer).await, "succeeded");
    assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 stk"]);
    assert!(world.app.value::<bool>("SELECT checkout_request_id IS NOT NULL FROM mpesa_attempts", &[]).await);
}

#[tokio::test]
async fn callback_after_the_end_is_booked_when_it_is_confirmed() {
    let world = world().await;
    for (number, status) in [(1, "timed_out"), (2, "cancelled"), (3, "failed")] {
        let payer = world.payer(number).await;
        world.push(payer, "01").await.is(200);
        world
            .app
            .execute(
                "UPDATE mpesa_attempts SET status = $2 WHERE student_id = $1",
                &[&payer.student, &status],
            )
            .await;
        world.wait(3600);
        world.hear().await;
        assert_eq!(world.attempt(payer).await, "succeeded", "{status}");
        assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 stk"], "{status}");
    }
}

#[tokio::test]
async fn money_for_a_removed_student_waits_in_review() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.push(payer, "01").await.is(200);
    world.app.execute("UPDATE students SET deleted_at = now()", &[]).await;
    world.wait(3);
    world.hear().await;
    assert_eq!(world.receipts(payer).await, ["review 5500.00 0.00 stk"]);
    let list = world.as_desk().get("/api/finance/receipts/?state=review").await;
    list.is(200).has(json!({ "count": 1, "results": [{ "reason": "The student record was removed" }] }));
}

#[tokio::test]
async fn success_known_by_query_gets_its_number_later() {
    let world = world().await;
    let payer = world.payer(1).await;
    let sent = world.push(payer, "05").await.json();
    world.wait(61);
    world.round().await;
    let number = async || -> String { world.app.value("SELECT transaction_id FROM receipts", &[]).await };
    let checkout = sent["checkout_request_id"].as_str().expect("an id");
    assert_eq!(number().await, format!("STK-{checkout}").to_uppercase());
    let reference: String = world.app.value("SELECT account_reference FROM mpesa_attempts", &[]).await;
    world.confirm("QLATE00001", "5500.00", &reference).await.is(200);
    assert_eq!(number().await, "QLATE00001");
    assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 stk"]);
    let payment = world.app.as_user(payer.user).get("/api/finance/my_payment/").await;
    payment
        .is(200)
        .has(json!({ "state": "paid", "transaction_id": "QLATE00001", "overpaid_amount": "0.00" }));
    world.confirm("QLATE00002", "5500.00", &reference).await.is(200);
    assert_eq!(world.receipts(payer).await.len(), 2, "paid once more with the same reference");
}

async fn open(number: u32) -> (crate::money::World, Payer, String, String) {
    let world = world().await;
    let payer = world.payer(number).await;
    let sent = world.push(payer, "13").await.json();
    world.outside.take();
    let text = |name: &str| sent[name].as_str().expect("an id").to_owned();
    (world, payer, text("attempt_id"), text("checkout_request_id"))
}

#[tokio::test]
async fn forged_success_books_nothing() {
    let (world, payer, attempt, checkout) = open(1).await;
    let path = format!("/api/finance/mpesa_callback/{}/{attempt}/", crate::money::SECRET);
    world.app.anonymous().post(&path, callback(&checkout, "FORGED0001", 5500)).await.is(200);
    for _ in 0..8 {
        world.app.work().await;
        world.wait(3600);
    }
    assert_eq!(world.receipts(payer).await, ["review 5500.00 0.00 stk"], "unconfirmed to the end");
    let payment = world.app.as_user(payer.user).get("/api/finance/payments/my_payment/").await;
    payment.has(json!({ "is_verified": false, "state": "claimed", "amount_received": "0.00" }));

    // M-PESA says that it was cancelled.
    let other = world.payer(2).await;
    let sent = world.push(other, "02").await.json();
    world.outside.take();
    world.wait(5);
    let path = format!(
        "/api/finance/mpesa_callback/{}/{}/",
        crate::money::SECRET,
        sent["attempt_id"].as_str().expect("an id")
    );
    let forged = callback(sent["checkout_request_id"].as_str().expect("an id"), "FORGED0002", 5500);
    world.app.anonymous().post(&path, forged).await.is(200);
    world.app.work().await;
    assert_eq!((world.receipts(other).await.len(), world.attempt(other).await), (0, "cancelled".to_owned()));
}

#[tokio::test]
async fn booking_that_fails_keeps_the_message_and_is_repeated() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.push(payer, "01").await.is(200);
    world.wait(3);
    world.app.execute(FAILING, &[]).await;
    world
        .app
        .execute("CREATE TRIGGER failing BEFORE INSERT ON receipts EXECUTE FUNCTION failing()", &[])
        .await;
    world.hear().await;
    assert_eq!(world.receipts(payer).await, [""; 0]);
    let state = "SELECT state || ' ' || (SELECT status FROM muster.jobs WHERE kind = 'book_mpesa') FROM mpesa_messages";
    assert_eq!(world.app.value::<String>(state, &[]).await, "new queued");

    world.app.execute("DROP TRIGGER failing ON receipts", &[]).await;
    world.wait(31);
    world.app.work().await;
    assert_eq!(world.attempt(payer).await, "succeeded");
    assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 stk"]);
}

#[tokio::test]
async fn payment_that_was_never_booked_waits_in_review_for_the_desk() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.push(payer, "01").await.is(200);
    world.wait(3);
    // Only what is booked as paid fails, not what somebody is to look at.
    world.app.execute(FAILING, &[]).await;
    let trigger = "CREATE TRIGGER failing BEFORE UPDATE ON receipts EXECUTE FUNCTION failing()";
    world.app.execute(trigger, &[]).await;
    let body = paybill("QNEVER0001", "300.00", &world.payer(2).await.registration());
    world.app.anonymous().post(&format!("/api/finance/c2b/{SECRET}/confirmation/"), body).await.is(200);
    world.app.work().await;
    world.wait(5);
    for call in world.outside.take() {
        world.deliver(&call).await.is(200);
    }
    for _ in 0..8 {
        world.app.work().await;
        world.wait(4 * 3600);
    }
    let why = "It could not be booked";
    let unknown = world.as_desk().get("/api/finance/receipts/?state=review&source=c2b").await;
    unknown.is(200).has(json!({ "count": 1, "results": [
        { "amount": "300.00", "transaction_id": "QNEVER0001", "reason": why },
    ] }));
    let list = world.as_desk().get("/api/finance/receipts/?state=review&source=stk").await;
    list.is(200).has(json!({ "count": 1, "results": [
        { "amount": "5500.00", "student": payer.student, "reason": why },
    ] }));
    assert_eq!(world.notices(world.desk, "Payment To Review").await, 2);
    assert_eq!(world.notices(world.admin, "Background Job Failed").await, 2);

    world.app.execute("DROP TRIGGER failing ON receipts", &[]).await;
    let id = list.json()["results"][0]["id"].as_str().expect("an id").to_owned();
    let matched = json!({ "student_id": payer.student });
    world.as_desk().post(&format!("/api/finance/receipts/{id}/match/"), matched).await.is(200);
    assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 stk"]);
}

const FAILING: &str = "CREATE FUNCTION failing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'The disk is full'; END $$";

#[tokio::test]
async fn foreign_ids_and_nonsense_are_kept_and_book_nothing() {
    let (world, payer, attempt, _) = open(1).await;
    let other = uuid::Uuid::from_u128(7);
    for (path, body) in [
        (attempt.as_str(), callback("ws_CO_foreign", "X1", 5500)),
        (other.to_string().as_str(), callback("ws_CO_foreign", "X2", 5500)),
        (attempt.as_str(), json!([])),
        (attempt.as_str(), json!({ "Body": "a\u{0}b" })),
    ] {
        let path = format!("/api/finance/mpesa_callback/{}/{path}/", crate::money::SECRET);
        world.app.anonymous().post(&path, body).await.is(200).has(json!({ "ResultCode": 0 }));
    }
    world.app.work().await;
    let unusable: i64 =
        world.app.value("SELECT count(*) FROM mpesa_messages WHERE state = 'unusable'", &[]).await;
    assert_eq!((unusable, world.receipts(payer).await.len()), (4, 0));
}

#[tokio::test]
async fn forged_failure_does_not_keep_the_payment_out() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.push(payer, "10").await.is(503);
    let calls = world.outside.take();
    let mut forged = calls[0].clone();
    forged.body = json!({ "Body": { "stkCallback": {
        "MerchantRequestID": "m", "CheckoutRequestID": "ws_CO_forged", "ResultCode": 1, "ResultDesc": "no",
    } } });
    world.deliver(&forged).await.is(200);
    world.app.work().await;
    assert_eq!(world.attempt(payer).await, "failed");

    world.wait(3);
    world.deliver(&calls[0]).await.is(200);
    world.app.work().await;
    assert_eq!(world.attempt(payer).await, "succeeded");
    assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 stk"]);
}
