//! The examples of the library's description are requests that work.

use serde_json::json;
use shared::http::openapi::{Example, examples};
use tests::{TestApp, description::Description, examples::put, library::SYSTEM};

use super::{client, library, sign_in, text};

/// The book and the reader of the examples.
const ROWS: &str = "
    INSERT INTO books (id, branch_id, isbn, title, price)
        SELECT '0b6f3a52-7a0e-4b6d-9a52-1f6d1a8c0001', id, '9780140449136', 'Rivers', 10 FROM branches WHERE slug = 'central';
    INSERT INTO people (id, email, name, password)
        VALUES ('0b6f3a52-7a0e-4b6d-9a52-1f6d1a8c0002', 'ana@central.example', 'Ana', 'x');
    INSERT INTO memberships (branch_id, person_id, role)
        SELECT id, '0b6f3a52-7a0e-4b6d-9a52-1f6d1a8c0002', 'reader' FROM branches WHERE slug = 'central'";

/// The example with the token and the code that only exist while the test runs.
async fn live(app: &TestApp, operation: &str, example: &Example) -> Example {
    let mut live = example.clone();
    match operation {
        "refresh" => {
            let pair = sign_in::login(app, "reader@central.example", super::PASSWORD, None).await;
            put(&mut live, "refresh", text(pair.is(200), "refresh"));
        }
        "confirm_second_factor" => {
            let librarian = client(app, "librarian@central.example").await;
            let setup = librarian.post("/api/auth/second-factor", json!({})).await;
            put(&mut live, "code", sign_in::code(app, &text(setup.is(200), "secret")));
        }
        _ => {}
    }
    live
}

#[tokio::test]
async fn every_example_is_answered_with_the_status_it_names() {
    let app = library().await;
    app.database().await.batch_execute(ROWS).await.expect("the rows are there");
    let description = Description::of(&SYSTEM);
    let mut problems = Vec::new();
    for (operation, example) in examples(&SYSTEM).expect("the examples are JSON") {
        let live = live(&app, &operation, &example).await;
        let sender = match &example.account {
            Some(role) => client(&app, &format!("{role}@central.example")).await,
            None => app.anonymous(),
        };
        let described = description.operation(&operation).unwrap_or_else(|| panic!("no {operation}"));
        let answer = sender.example(described, &live).await;
        if answer.status() != example.status {
            problems.push(format!("{operation}: {}, not {answer}", example.status));
        }
        // A second factor would be asked for from now on.
        app.execute("DELETE FROM muster.second_factors", &[]).await;
    }
    assert!(problems.is_empty(), "mend tests/src/library/examples.json:\n{}", problems.join("\n"));
}
