//! Lists of books, as any system imports lists.

use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Client, TestApp, field};

use super::{client, flow::list, library, text};

const LIBRARIAN: &str = "librarian@central.example";

async fn send(librarian: &Client<'_>, books: &str, flags: &[&str]) -> Answer {
    let flags = flags.iter().map(|flag| field(flag, "true"));
    let parts: Vec<_> = [list(books)].into_iter().chain(flags).collect();
    librarian.form(Method::POST, "/api/books/import", &parts).await
}

/// What became of a job.
async fn job(librarian: &Client<'_>, answer: &Answer) -> Value {
    librarian.get(&format!("/api/tasks/{}", text(answer, "id"))).await.is(200).json()
}

/// The books of both branches, as the owner of the tables sees them.
async fn books(app: &TestApp) -> String {
    let read = "SELECT string_agg(concat_ws('/', slug, isbn, title, price), ' ' ORDER BY slug, isbn)
                FROM books JOIN branches ON branches.id = branch_id";
    app.value(read, &[]).await
}

async fn titles(app: &TestApp, isbn: &str) -> String {
    let read = "SELECT coalesce(string_agg(title, ' ' ORDER BY title), '') FROM books WHERE isbn = $1";
    app.value(read, &[&isbn]).await
}

#[tokio::test]
async fn headings_below_a_title_are_found_and_rows_keep_their_numbers() {
    let app = library().await;
    let librarian = client(&app, LIBRARIAN).await;
    let sent = "Books of the year\n\nCentral;;\nISBN;Title;Price\nA;First;1.50\nB;;2\n";

    let answer = send(&librarian, sent, &[]).await;

    answer.is(200).has(json!({ "errors": ["Row 6: the title is missing."], "warnings": [] }));
    assert_eq!(titles(&app, "A").await, "First");
    let report = job(&librarian, &answer).await["result"].clone();
    assert_eq!((&report["created"], &report["failed"], &report["total"]), (&json!(1), &json!(1), &json!(2)));
}

#[tokio::test]
async fn unread_and_repeated_columns_are_reported() {
    let app = library().await;
    let librarian = client(&app, LIBRARIAN).await;

    let answer = send(&librarian, "ISBN,Title,Shelf,Price,Deposit\nA,First,7,1,2\n", &[]).await;

    let warnings = [
        "These columns were not read, their headings are not known: \"Shelf\".",
        "\"Price\" and \"Deposit\" are all read as price. Where several are filled, \"Price\" counts.",
    ];
    answer.is(200).has(json!({ "warnings": warnings }));
    let report = job(&librarian, &answer).await["result"].clone();
    assert_eq!(report["notes"], json!(warnings));
    assert_eq!(report["columns"][2], json!({ "heading": "Shelf", "field": null }));
    assert_eq!(report["columns"][4], json!({ "heading": "Deposit", "field": "price" }));
    let none = send(&librarian, "Shelf,Room\n1,2\n", &["preview"]).await.is(200).json();
    assert_eq!(none["preview"]["notes"][0], "No column is known. Known headings are ISBN, Title and Price.");
}

#[tokio::test]
async fn wrong_rows_are_left_out_and_reported() {
    let app = library().await;
    let librarian = client(&app, LIBRARIAN).await;

    let answer = send(&librarian, "ISBN,Title,Price\nA,First,1\nB,Second,cheap\nC,Third,3\n", &[]).await;

    answer.is(200).has(json!({
        "message": "Imported: 2 new, 0 changed, 0 unchanged, 0 left out, 1 wrong.",
        "errors": ["Row 3: the price is no amount."],
    }));
    assert_eq!((titles(&app, "A").await, titles(&app, "B").await), ("First".to_owned(), String::new()));
}

#[tokio::test]
async fn all_or_nothing_refuses_a_file_with_a_wrong_row() {
    let app = library().await;
    let librarian = client(&app, LIBRARIAN).await;
    let before = books(&app).await;
    let sent = "ISBN,Title,Price\nA,First,1\nB,Second,cheap\n";
    let why = "Nothing is imported: 1 of 2 rows are wrong. Row 3: the price is no amount.";

    let refused = send(&librarian, sent, &["all_or_nothing"]).await;
    assert!(refused.is(400).text().contains(why), "{refused}");
    let preview = send(&librarian, sent, &["all_or_nothing", "preview"]).await;
    preview.is(200).has(json!({ "preview": { "created": 1, "failed": 1, "notes": [why] } }));
    let queued = send(&librarian, sent, &["all_or_nothing", "background"]).await;
    queued.is(202);
    app.work().await;

    let job = job(&librarian, &queued).await;
    assert_eq!((&job["status"], &job["result"]["refused"]), (&json!("failed"), &json!(why)));
    assert_eq!(job["result"]["errors"], json!([{ "row": 3, "message": "Row 3: the price is no amount." }]));
    assert_eq!(books(&app).await, before);
    assert!(app.stored_files().is_empty());
    send(&librarian, "ISBN,Title,Price\nA,First,1\n", &["all_or_nothing"]).await.is(200);
}

#[tokio::test]
async fn preview_tells_what_would_be_done_and_writes_nothing() {
    let app = library().await;
    let librarian = client(&app, LIBRARIAN).await;
    let before = books(&app).await;

    let answer = send(&librarian, "ISBN,Title,Price\nA,First,1\ncentral-1,Changed,2\n", &["preview"]).await;

    answer.is(200).has(json!({ "id": null, "preview": {
        "created": 1, "updated": 1,
        "rows": [{ "row": 2, "who": "A", "effect": "created" }, { "row": 3, "effect": "updated" }],
    } }));
    assert_eq!(books(&app).await, before);
    let jobs = "SELECT count(*) FROM muster.jobs WHERE kind = 'import_books'";
    assert_eq!(app.value::<i64>(jobs, &[]).await, 0);
}

#[tokio::test]
async fn import_writes_into_the_branch_of_whoever_sends_it_only() {
    let app = library().await;
    let harbour = client(&app, "librarian@harbour.example").await;
    let central = "SELECT string_agg(books::text, ' ' ORDER BY books.id) FROM books
                   JOIN branches ON branches.id = branch_id WHERE slug = 'central'";
    let before: String = app.value(central, &[]).await;
    let sent = |title: &str| format!("ISBN,Title,Price\ncentral-1,{title},1\nharbour-1,{title},1\n");

    let answer = send(&harbour, &sent("At once"), &[]).await;
    answer.is(200).has(json!({ "message": "Imported: 1 new, 1 changed, 0 unchanged, 0 left out, 0 wrong." }));
    let queued = send(&harbour, &sent("Later"), &["background"]).await;
    queued.is(202);
    app.work().await;

    assert_eq!(job(&harbour, &queued).await["result"]["updated"], 2);
    assert_eq!(app.value::<String>(central, &[]).await, before);
    assert_eq!(titles(&app, "harbour-1").await, "Later");
    let other = client(&app, LIBRARIAN).await;
    other.get(&format!("/api/tasks/{}", text(&answer, "id"))).await.is(404);
}

#[tokio::test]
async fn same_file_again_changes_nothing() {
    let app = library().await;
    let librarian = client(&app, LIBRARIAN).await;
    let sent = "ISBN,Title,Price\nA,First,1\nA,First,1\n";
    send(&librarian, sent, &[]).await.is(200);
    let (before, audited) = (books(&app).await, "SELECT count(*) FROM audit_entries");
    let entries: i64 = app.value(audited, &[]).await;

    let again = send(&librarian, sent, &[]).await;

    again.is(200).has(json!({ "message": "Imported: 0 new, 0 changed, 2 unchanged, 0 left out, 0 wrong." }));
    assert_eq!((books(&app).await, app.value::<i64>(audited, &[]).await), (before, entries));
}

#[tokio::test]
async fn librarian_who_has_left_imports_nothing_in_the_background() {
    let app = library().await;
    let librarian = client(&app, LIBRARIAN).await;
    let before = books(&app).await;
    send(&librarian, "ISBN,Title,Price\nA,First,1\n", &["background"]).await.is(202);
    app.execute("UPDATE memberships SET role = 'reader'", &[]).await;
    app.work().await;

    assert_eq!(books(&app).await, before);
    let problem = "SELECT problem FROM muster.jobs WHERE kind = 'import_books'";
    assert_eq!(app.value::<String>(problem, &[]).await, "You are no librarian of this branch any more.");
    assert!(app.stored_files().is_empty());
}
