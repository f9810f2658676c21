//! The library: a system of UUIDs and tenants, in process, as functions, and as `cargo run` starts it.

mod examples;
mod files;
mod flow;
mod imports;
mod sign_in;
mod start;
mod tenants;

use muster::demo;
use serde_json::json;
use shared::config::Config;
use tests::{Answer, Client, TestApp, library::SYSTEM};
use uuid::Uuid;

/// The password of every account.
const PASSWORD: &str = "Pass phrase 1";

/// The library with its demo data: two branches, `central` and `harbour`, with 25 books, a librarian and a reader each.
async fn library() -> TestApp {
    library_with(|_| ()).await
}

async fn library_with(change: impl FnOnce(&mut Config)) -> TestApp {
    let app = TestApp::of(&SYSTEM, |config| {
        config.demo_password = Some(PASSWORD.into());
        config.public_url = "https://library.example.test".parse().ok();
        change(config);
    })
    .await;
    demo::seed(&app.app, &SYSTEM).await.expect("the demo data fits").expect("the database is empty");
    app
}

/// A token of an account, for its own branch.
async fn token(app: &TestApp, email: &str) -> String {
    let credentials = json!({ "email": email, "password": PASSWORD });
    let answer = app.anonymous().post("/api/auth/login", credentials).await;
    text(answer.is(200), "access")
}

/// Requests of an account.
async fn client<'a>(app: &'a TestApp, email: &str) -> Client<'a> {
    app.with_token(token(app, email).await)
}

fn text(answer: &Answer, member: &str) -> String {
    answer.json()[member].as_str().unwrap_or_else(|| panic!("no {member} in {answer}")).to_owned()
}

/// An id from the database, as the owner of its tables sees it.
async fn id(app: &TestApp, sql: &str) -> Uuid {
    app.value(sql, &[]).await
}
