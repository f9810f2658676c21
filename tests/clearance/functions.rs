//! The system as it is installed: as functions with one connection and the variables of the template, behind a transaction
//! pooler, and as the program on a laptop.

use std::time::Duration;

use serde_json::json;
use tests::{Pooler, Server, TestApp, own_settings};
use tokio::time::{sleep, timeout};

use crate::{
    access,
    coverage::examples,
    money::{SECRET, world_with},
    recorded::{SWITCHES, recorded, recorded_with},
};

/// The switches of the recordings as parameters of the template.
fn parameters() -> Vec<(&'static str, &'static str)> {
    SWITCHES.iter().copied().chain([("MPESA_CALLBACK_SECRET", SECRET)]).collect()
}

async fn installed() -> TestApp {
    recorded_with(&SWITCHES, |config| config.signing_key = None).await.as_functions(&parameters()).await
}

#[tokio::test]
async fn functions_grant_what_the_matrix_says_and_nothing_else() {
    // Strangers have a limit here, and are refused everywhere by another test.
    let callers = ["admin", "staff:finance_staff", "staff:SPORTS", "student:S05"];
    access::holds(&installed().await, &callers).await;
}

#[tokio::test]
async fn functions_answer_every_example_with_the_status_it_names() {
    examples::hold(&installed().await).await;
}

#[tokio::test]
async fn functions_push_a_payment_and_book_its_callback_once() {
    let world = world_with(&[], |config| config.signing_key = None).await;
    let payer = world.payer(1).await;
    let world = world.into_functions().await;
    world.push(payer, "06").await.is(200).has(json!({ "status": "pending" }));
    world.wait(3);
    world.hear().await;
    assert_eq!(world.attempt(payer).await, "succeeded");
    assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 stk"]);
    let paid = world.app.as_user(payer.user).get("/api/finance/my_payment/").await;
    paid.is(200).has(json!({ "state": "paid", "amount": "5500.00" }));
    assert_eq!(world.notices(payer.user, "Payment Verified").await, 1);
}

#[tokio::test]
async fn matrix_holds_behind_a_transaction_pooler() {
    let direct = recorded().await;
    let pooler = Pooler::start(direct.database_url()).await;
    let app = direct.twin(|config| {
        config.database.url = Some(pooler.url().into());
        config.database.pooler = true;
        config.database.unnamed_statements = true;
        config.own = own_settings(&clearance::SYSTEM, &SWITCHES);
        config.rate_limits = false;
    });
    access::holds(&app.await, &["admin", "staff:LIBRARY", "student:S05"]).await;
}

#[tokio::test]
async fn laptop_without_any_setting_takes_a_payment_whose_callback_overtakes_the_answer() {
    let data = tempfile::tempdir().expect("a folder");
    let variables = vec![
        ("MUSTER_DATA", data.path().display().to_string()),
        ("DEMO_PASSWORD", "Pass phrase 1".to_owned()),
    ];
    let server = Server::start_system("muster", "clearance", variables).await;
    let fault = json!({ "path": "stkpush", "fault": "early" });
    server.tell("/_dev/daraja/_faults", &fault).await;
    let credentials = json!({ "email": "student@mksu.ac.ke", "password": "Pass phrase 1" });
    let pair = server.post("/api/auth/token/", None, &credentials).await;
    let token = pair["access"].as_str().expect("a token");

    let body = json!({ "phone_number": "0712345601", "amount": "5500.00" });
    let pushed = server.post("/api/finance/payments/mpesa_stk_push/", Some(token), &body).await;
    assert_eq!(pushed["status"], "pending");
    let paid = timeout(Duration::from_secs(60), async {
        while server.get("/api/finance/my_payment/", Some(token)).await["state"] != "paid" {
            sleep(Duration::from_millis(100)).await;
        }
    });
    paid.await.expect("the payment is booked");
    let receipts = server.get("/api/finance/receipts/", Some(token)).await;
    assert_eq!((&receipts["count"], &receipts["results"][0]["amount"]), (&json!(1), &json!("5500.00")));
}
