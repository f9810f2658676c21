//! Excuse letters: submitting them, deciding on them, and what the attendance says afterwards.

mod deciding;
mod files;
mod resource;
mod submitting;

use http::Method;
use tests::{Cadet, Part, TestApp};

use crate::storage::{PDF, field, file};

/// The path of the clients' pages.
const CLIENT: &str = "/api/excuse";

/// The path of the resource API.
const RESOURCE: &str = "/api/excuse-letters";

/// A letter for the training day of the tests, 1 February 2026.
fn letter(reason: &str) -> Vec<Part> {
    vec![field("date_absent", "2026-02-01"), field("reason", reason), file("file", "letter.pdf", PDF)]
}

/// Submits a letter; gives its id.
async fn submitted(app: &TestApp, cadet: &Cadet, reason: &str) -> i32 {
    let answer = app.as_cadet(cadet).form(Method::POST, CLIENT, &letter(reason)).await;
    let id = answer.is(200).message("Excuse letter submitted").json()["id"].as_i64();
    id.and_then(|id| i32::try_from(id).ok()).expect("an id")
}

/// Where a letter's file is.
async fn file_of(app: &TestApp, id: i32) -> String {
    app.value("SELECT file_url FROM excuse_letters WHERE id = $1", &[&id]).await
}

/// How many letters there are.
async fn count(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM excuse_letters", &[]).await
}
