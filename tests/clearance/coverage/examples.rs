//! The examples of the description are requests that work.

use clearance::SYSTEM;
use serde_json::json;
use shared::http::openapi::{Example, examples};
use tests::{TestApp, description::Description, examples::put};

use crate::{access::fixture, recorded};

#[tokio::test]
async fn every_example_is_answered_with_the_status_it_names() {
    hold(&recorded::recorded().await).await;
}

/// Every example is answered with its status.
pub async fn hold(app: &TestApp) {
    let description = Description::of(&SYSTEM);
    let mut problems = Vec::new();
    for (id, example) in examples(&SYSTEM).expect("the examples are JSON") {
        fixture::restore(app).await;
        let operation = description.operation(&id).unwrap_or_else(|| panic!("no operation is named {id}"));
        let live = live(app, &id, &example).await;
        let caller = example.account.as_deref().unwrap_or("anonymous");
        let answer = fixture::client(app, caller).example(operation, &live).await;
        if answer.status() != example.status {
            problems.push(format!("{id}: {}, not {answer}", example.status));
        }
    }
    assert!(problems.is_empty(), "mend functions/clearance/examples.json:\n{}", problems.join("\n"));
}

/// The example with the tokens that only exist while the test runs.
async fn live(app: &TestApp, id: &str, example: &Example) -> Example {
    let mut live = example.clone();
    match id {
        "refresh_tokens" => {
            let known = examples(&SYSTEM).expect("the examples are JSON");
            let pair = known["obtain_tokens"].body.clone().expect("a body");
            let pair = app.quiet().post("/api/auth/token", pair).await;
            put(&mut live, "refresh", pair.is(200).json()["refresh"].clone());
        }
        "confirm_reset" | "save_reset_page" => put(&mut live, "token", reset(app).await),
        _ => {}
    }
    live
}

/// The token of a mail that was asked for.
async fn reset(app: &TestApp) -> String {
    let email = "s01@students.mksu.test";
    app.quiet().post("/api/auth/password-reset", json!({ "email": email })).await.is(200);
    app.work().await;
    let mail = app.mailed(email, "Reset your password").await;
    let token = mail.split("token=").nth(1).expect("a link with a token");
    token.chars().take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter)).collect()
}
