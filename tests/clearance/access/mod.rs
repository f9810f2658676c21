//! Who may call what: every operation of the description, called as ten people, compared with `matrix.txt`.

pub mod fixture;

use clearance::SYSTEM;
use http::Method;
use serde_json::json;
use tests::{
    Answer, TestApp,
    matrix::{self, Row},
};

use crate::recorded;

fn rows() -> Vec<Row> {
    Row::all(include_str!("matrix.txt"), fixture::CALLERS.len())
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    matrix::is_complete(&SYSTEM, &rows());
}

#[tokio::test]
async fn everybody_may_do_what_the_matrix_says_and_nothing_else() {
    holds(&recorded::recorded().await, &fixture::CALLERS).await;
}

/// The matrix holds for these callers.
pub async fn holds(app: &TestApp, callers: &[&str]) {
    fixture::restore(app).await;
    let mut problems = Vec::new();
    for row in rows() {
        // Whoever is refused comes first: they leave everything as it is.
        let cells = row.cells.iter().zip(fixture::CALLERS).rev();
        for (cell, caller) in cells.filter(|(_, caller)| callers.contains(caller)) {
            let before = writes(app).await;
            let answer = call(app, &row, caller).await;
            let wrote = writes(app).await != before;
            if let Some(problem) = problem(&row, cell, caller, &answer, wrote) {
                let shown: String = answer.to_string().chars().take(300).collect();
                problems
                    .push(format!("{} {} as {caller}: {cell}, but {problem}: {shown}", row.method, row.path));
            }
            if !row.method.is_safe() && answer.status() < 400 {
                fixture::restore(app).await;
            }
        }
    }
    assert!(problems.is_empty(), "matrix.txt and the answers differ:\n{}", problems.join("\n"));
}

async fn call(app: &TestApp, row: &Row, caller: &str) -> Answer {
    let body = row.body.clone().unwrap_or_else(|| json!({}));
    let client = fixture::client(app, caller);
    if row.path.ends_with("/stream") {
        // It has no end.
        return client.header("accept", "text/event-stream").head_of(&row.url(fixture::id)).await;
    }
    client.json(row.method.clone(), &row.url(fixture::id), &body).await
}

/// The audit log grows with every write.
async fn writes(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM audit_logs", &[]).await
}

/// What is wrong with an answer to somebody for whom the matrix says `cell`.
fn problem(row: &Row, cell: &str, caller: &str, answer: &Answer, wrote: bool) -> Option<String> {
    let status = answer.status();
    let refused = status == 401 || status == 403;
    let done = (200..400).contains(&status);
    let sent = row.body.is_none() && [Method::POST, Method::PUT, Method::PATCH].contains(&row.method);
    let fits = match cell {
        // The body is empty, so what takes one may complain about it.
        "yes" => done || (sent && status < 500 && !refused),
        "own" => status == 200 && fixture::shows_own_only(caller, &answer.text()),
        "none" => status == 200 && fixture::is_empty(&answer.json()),
        "400" | "401" | "403" | "404" => status.to_string() == cell && !wrote,
        other => return Some(format!("{other:?} is no cell")),
    };
    (!fits).then(|| match (wrote, cell) {
        (true, "400" | "401" | "403" | "404") => "something was written".to_owned(),
        (_, "own") if done => "it shows nothing of theirs, or something of others".to_owned(),
        (_, "none") if done => "there is something in it".to_owned(),
        _ => format!("it is {status}"),
    })
}
