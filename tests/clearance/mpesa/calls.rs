//! Who may call, and how often.

use futures_util::future::join_all;
use serde_json::json;

use crate::money::{SECRET, callback, world, world_with};

#[tokio::test]
async fn two_hundred_callbacks_of_one_payment_at_once_are_one_payment() {
    let world = world_with(&[], |config| config.database.pool_size = 8).await;
    let payer = world.payer(1).await;
    world.push(payer, "01").await.is(200);
    let call = world.outside.take().remove(0);
    world.wait(3);
    let answers = join_all((0..200).map(|_| world.deliver(&call))).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    world.app.work().await;
    let times: i32 = world.app.value("SELECT times FROM mpesa_messages", &[]).await;
    assert_eq!((times, world.receipts(payer).await.len()), (200, 1));
    assert_eq!(world.notices(payer.user, "Payment Verified").await, 1);
    assert_eq!(world.notices(world.desk, "Payment Received").await, 1);
    let payment = world.app.as_user(payer.user).get("/api/finance/my_payment/").await;
    payment.has(
        json!({ "is_verified": true, "amount": "5500.00", "verified_by": null, "overpaid_amount": "0.00" }),
    );
}

#[tokio::test]
async fn different_callbacks_of_one_payment_at_once_are_one_payment() {
    let world = world_with(&[], |config| config.database.pool_size = 8).await;
    let payer = world.payer(1).await;
    let sent = world.push(payer, "01").await.json();
    let call = world.outside.take().remove(0);
    world.wait(3);
    let bodies = (0..20).map(|index| {
        let mut call = call.clone();
        call.body["Body"]["stkCallback"]["ResultDesc"] = format!("told {index}").into();
        call
    });
    for call in bodies {
        world.deliver(&call).await.is(200);
    }
    world
        .as_desk()
        .get(&format!("/api/finance/mpesa_attempts/{}/", sent["attempt_id"].as_str().expect("an id")))
        .await
        .is(200);
    join_all((0..4).map(|_| world.app.work())).await;
    assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 stk"]);
}

#[tokio::test]
async fn wrong_secrets_and_addresses_are_not_found() {
    let world = world_with(&[("MPESA_ALLOWED_IPS", "196.201.212.0/22")], |_| ()).await;
    let id = uuid::Uuid::nil();
    let path = format!("/api/finance/mpesa_callback/{SECRET}/{id}/");
    let safaricom = || world.app.anonymous().from([196, 201, 212, 7]);
    for path in
        [path.as_str(), "/api/finance/mpesa_callback/", &format!("/api/finance/c2b/{SECRET}/validation/")]
    {
        world.app.anonymous().post(path, json!({})).await.is(404);
        safaricom().post(path, json!({})).await.is(200);
    }
    let wrong = format!("/api/finance/mpesa_callback/dev-callback-secreT/{id}/");
    safaricom().post(&wrong, json!({})).await.is(404);
    safaricom().post("/api/finance/c2b/short/confirmation/", json!({})).await.is(404);
    safaricom().send(http::Method::POST, &path, Some("application/json"), "{").await.is(400);
    safaricom().get("/api/finance/mpesa_callback/").await.is(405);
    let long = "x".repeat(70_000);
    safaricom().post(&path, json!({ "a": long })).await.is(413);
}

#[tokio::test]
async fn six_hundred_calls_a_minute_are_the_limit() {
    let world = world().await;
    let call = async || world.app.anonymous().post("/api/finance/mpesa_callback/", json!({})).await.status();
    for _ in 0..600 {
        assert_eq!(call().await, 200);
    }
    assert_eq!(call().await, 429);
}

#[tokio::test]
async fn open_path_only_asks_about_what_is_known() {
    let world = world().await;
    let payer = world.payer(1).await;
    let sent = world.push(payer, "01").await.json();
    world.outside.take();
    world.wait(3);
    let hint = callback(sent["checkout_request_id"].as_str().expect("an id"), "FORGED0001", 1);
    world.app.anonymous().post("/api/finance/mpesa_callback/", callback("ws_CO_1", "X", 1)).await.is(200);
    world.app.anonymous().post("/api/finance/mpesa_callback/", hint).await.is(200);
    world.app.work().await;
    let stored: i64 = world.app.value("SELECT count(*) FROM mpesa_messages", &[]).await;
    assert_eq!((stored, world.attempt(payer).await), (0, "succeeded".to_owned()));
    let number: String = world.app.value("SELECT transaction_id FROM receipts", &[]).await;
    assert!(number.starts_with("STK-"), "{number} was told by nobody who is believed");
}
