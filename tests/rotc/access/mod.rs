//! Who may call what: every operation of the description, called as five people, compared with `matrix.txt`.

pub mod fixture;
mod queries;

use serde_json::json;
use tests::{
    Answer, TestApp,
    matrix::{self, Row},
};

use fixture::Caller;

const MATRIX: &str = include_str!("matrix.txt");

fn rows() -> Vec<Row> {
    Row::all(MATRIX, Caller::ALL.len())
}

fn url(row: &Row) -> String {
    row.url(|name| fixture::id(name).map(str::to_owned))
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    matrix::is_complete(&rotc::SYSTEM, &rows());
}

#[tokio::test]
async fn everybody_may_do_what_the_matrix_says_and_nothing_else() {
    let app = fixture::world().await;
    let mut problems = Vec::new();
    for row in rows() {
        // Whoever is refused comes first: they leave everything as it is.
        for (cell, caller) in row.cells.iter().zip(Caller::ALL).rev() {
            let before = newest_write(&app).await;
            let (method, url) = (row.method.clone(), url(&row));
            let body = row.body.clone().unwrap_or_else(|| json!({}));
            let answer = caller.client(&app).json(method, &url, &body).await;
            let wrote = newest_write(&app).await != before;
            if let Some(problem) = problem(&row, cell, caller, &answer, wrote) {
                let shown: String = answer.to_string().chars().take(300).collect();
                problems.push(format!("{} as {caller:?}: {cell}, but {problem}: {shown}", row.path));
            }
            if !row.method.is_safe() && answer.status() < 400 {
                fixture::restore(&app).await;
            }
        }
    }
    assert!(problems.is_empty(), "matrix.txt and the answers differ:\n{}", problems.join("\n"));
}

/// As installed by the template nothing is there but what a function finds for itself.
#[tokio::test]
async fn every_operation_works_through_functions_as_the_template_installs_them() {
    let app = TestApp::with(|config| {
        config.signing_key = None;
        config.database.pool_size = 2;
    });
    let app = app.await.as_functions(&[]).await;
    let mut problems = Vec::new();
    let mut changed = true;
    for row in rows() {
        if std::mem::take(&mut changed) {
            fixture::restore(&app).await;
            // What the function of the clock does each minute.
            shared::jobs::put_in_order(&app.app, &rotc::SYSTEM).await.expect("the jobs are put in order");
        }
        let may = |(cell, _): &(&String, Caller)| ["yes", "own"].contains(&cell.as_str());
        let Some((cell, caller)) = row.cells.iter().zip(Caller::ALL).find(may) else { continue };
        // A minute's limit of requests is not what is tested.
        app.execute("TRUNCATE muster.rate_limits", &[]).await;
        let body = row.body.clone().unwrap_or_else(|| json!({}));
        let answer = caller.client(&app).json(row.method.clone(), &url(&row), &body).await;
        if let Some(problem) = problem(&row, cell, caller, &answer, false) {
            let shown: String = answer.to_string().chars().take(300).collect();
            problems.push(format!("{} {} as {caller:?}: {problem}: {shown}", row.method, row.path));
        }
        changed = !row.method.is_safe() && answer.status() < 400;
    }
    assert!(problems.is_empty(), "these fail as functions:\n{}", problems.join("\n"));
}

/// The audit log grows with every write.
async fn newest_write(app: &TestApp) -> i32 {
    app.value("SELECT coalesce(max(id), 0) FROM audit_logs", &[]).await
}

/// What is wrong with an answer to somebody for whom the matrix says `cell`.
fn problem(row: &Row, cell: &str, caller: Caller, answer: &Answer, wrote: bool) -> Option<String> {
    let status = answer.status();
    let refused = status == 401 || status == 403;
    let done = (200..400).contains(&status);
    let sent = row.body.is_none() && ["POST", "PUT", "PATCH"].contains(&row.method.as_str());
    let fits = match cell {
        // The body is empty, so what takes one may complain about it.
        "yes" => done || (sent && status < 500 && !refused),
        "own" => status == 200 && caller.sees_own_only(&answer.text()),
        "idle" => done && !wrote,
        "placeholder" => status == 200 && answer.header("content-type").starts_with("image/svg+xml"),
        "400" | "401" | "403" | "404" => status.to_string() == cell && !wrote,
        other => return Some(format!("{other:?} is no cell")),
    };
    (!fits).then(|| match (wrote, cell) {
        (true, "idle" | "400" | "401" | "403" | "404") => "something was written".to_owned(),
        (_, "own") if done => "it shows nothing of theirs, or something of others".to_owned(),
        _ => format!("it is {status}"),
    })
}
