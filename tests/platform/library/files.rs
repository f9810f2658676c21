//! Covers of books: stored with their record, gone with it, and out of reach of another branch.

use chrono::TimeDelta;
use http::Method;
use tests::{TestApp, library::SYSTEM};
use uuid::Uuid;

use super::{client, flow, id, library};

/// Gives a book of Central a cover and tells its address.
async fn give_cover(app: &TestApp, book: Uuid) -> String {
    let librarian = client(app, "librarian@central.example").await;
    librarian.form(Method::PUT, &format!("/api/books/{book}/cover"), &[flow::cover()]).await.is(204);
    app.value("SELECT cover FROM books WHERE id = $1", &[&book]).await
}

async fn is_stored(app: &TestApp, address: &str) -> bool {
    app.app.files.get(address).await.expect("the store answers").is_some()
}

#[tokio::test]
async fn cover_goes_when_it_is_replaced_and_with_its_book() {
    let app = library().await;
    let book = id(&app, "SELECT id FROM books WHERE isbn = 'central-1'").await;
    let first = give_cover(&app, book).await;
    let second = give_cover(&app, book).await;
    app.work().await;
    assert_eq!((is_stored(&app, &first).await, is_stored(&app, &second).await), (false, true));

    let librarian = client(&app, "librarian@central.example").await;
    librarian.delete(&format!("/api/books/{book}")).await.is(204);
    app.work().await;

    assert!(!is_stored(&app, &second).await);
}

#[tokio::test]
async fn cover_of_a_book_that_is_not_there_is_not_kept() {
    let app = library().await;
    let librarian = client(&app, "librarian@central.example").await;

    let path = format!("/api/books/{}/cover", Uuid::nil());
    librarian.form(Method::PUT, &path, &[flow::cover()]).await.is(404);

    let stored = app.app.files.stores().next().expect("a store").list(None).await.expect("the store answers");
    assert!(stored.files.is_empty(), "{stored:?}");
}

/// Whoever writes the address of another branch's file into a record of their own, and removes the record.
#[tokio::test]
async fn file_outlives_a_foreign_record_that_named_it() {
    let app = library().await;
    let book = id(&app, "SELECT id FROM books WHERE isbn = 'central-1'").await;
    let cover = give_cover(&app, book).await;
    app.work().await;

    let copy = "UPDATE books SET cover = $1 WHERE isbn = 'harbour-1'";
    app.execute(copy, &[&cover]).await;
    let foreign = id(&app, "SELECT id FROM books WHERE isbn = 'harbour-1'").await;
    let librarian = client(&app, "librarian@harbour.example").await;
    librarian.delete(&format!("/api/books/{foreign}")).await.is(204);
    app.work().await;

    let jobs = "SELECT count(*) FROM muster.jobs WHERE kind = 'delete_file' AND status = 'done'";
    assert_eq!(app.value::<i64>(jobs, &[]).await, 1);
    assert!(is_stored(&app, &cover).await);
}

#[tokio::test]
async fn sweep_reports_files_that_no_branch_refers_to() {
    let app = library().await;
    let book = id(&app, "SELECT id FROM books WHERE isbn = 'central-1'").await;
    let cover = give_cover(&app, book).await;
    app.work().await;
    let lost = cover.replace("cover-", "cover-0");
    let file = app.app.files.get(&cover).await.expect("the store answers").expect("a cover");
    app.app.files.replace(&lost, file).await.expect("the store answers");

    // The store has its own clock: the test's stands at the beginning of 2026.
    let today: chrono::DateTime<chrono::Utc> = app.value("SELECT now()", &[]).await;
    app.clock.advance(today - app.clock.now());
    for days in [2, 8] {
        app.clock.advance(TimeDelta::days(days));
        shared::jobs::plan(&app.app, SYSTEM.jobs).await.expect("the sweep is planned");
        app.work().await;
    }

    assert_eq!((is_stored(&app, &cover).await, is_stored(&app, &lost).await), (true, false));
}

#[tokio::test]
async fn nightly_clean_up_removes_ended_jobs_after_a_month() {
    let app = library().await;
    let librarian = client(&app, "librarian@central.example").await;
    let task: Uuid =
        flow::import(&librarian, "isbn,title,price\nA,A,1\n").await.parse().expect("the id of a job");
    app.work().await;

    app.clock.advance(TimeDelta::days(31));
    shared::jobs::plan(&app.app, SYSTEM.jobs).await.expect("the clean-up is planned");
    app.work().await;

    let kept = "SELECT count(*) FROM muster.jobs WHERE id = $1";
    assert_eq!(app.value::<i64>(kept, &[&task]).await, 0);
}
