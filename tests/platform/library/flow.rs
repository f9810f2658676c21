//! Every operation once, by whoever may call it: in process and through functions as the template installs them.

use std::collections::BTreeSet;

use hmac::{Hmac, Mac};
use http::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use shared::http::openapi::document;
use tests::{
    Answer, Client, Part, TestApp,
    library::{Notice, SYSTEM, WEBHOOK_KEY},
};
use uuid::Uuid;

use super::{client, id, library, library_with, text};

/// A picture of one pixel.
const PNG: &[u8] = include_bytes!("pixel.png");

#[tokio::test]
async fn every_operation_does_its_work() {
    let app = library().await;
    walk(&app).await;
}

#[tokio::test]
async fn every_operation_does_its_work_through_functions_as_the_template_installs_them() {
    let app = library_with(|config| config.signing_key = None).await;
    walk(&app.as_functions(&[]).await).await;
}

/// Calls everything, and compares what was called with the description.
async fn walk(app: &TestApp) {
    let mut walk = Walk { app, called: BTreeSet::new() };
    let librarian = client(app, "librarian@central.example").await;
    let book = walk.books(&librarian).await;
    walk.files(&librarian, &book).await;
    walk.loans(&librarian, &book).await;
    walk.events(&librarian).await;
    walk.platform(&librarian).await;
    walk.accounts(&librarian).await;
    let described: BTreeSet<String> = operations().into_iter().collect();
    assert_eq!(walk.called, described, "every operation is called here");
}

struct Walk<'a> {
    app: &'a TestApp,
    called: BTreeSet<String>,
}

impl Walk<'_> {
    fn note(&mut self, operations: &[&str]) {
        self.called.extend(operations.iter().map(|operation| (*operation).to_owned()));
    }

    /// Lists and records; tells the id of a new book.
    async fn books(&mut self, librarian: &Client<'_>) -> String {
        let page = librarian.get("/api/books/?page=2").await.is(200).json();
        assert_eq!((page["count"].as_i64(), page["results"].as_array().map(Vec::len)), (Some(25), Some(5)));
        let moby = json!({ "isbn": "X", "title": "Moby-Dick", "price": "12.5" });
        let added = librarian.post("/api/books", moby).await;
        added.is(201).has(json!({ "price": "12.50" }));
        let again = json!({ "isbn": "X", "title": "Again", "price": 1 });
        let twice = librarian.post("/api/books", again).await;
        assert_eq!(twice.is(400).json()["isbn"][0], "A book with this ISBN is there already.");
        let path = format!("/api/books/{}", text(&added, "id"));
        librarian.get(&path).await.is(200);
        let form = "title=Moby-Dick%3B+or%2C+The+Whale";
        let changed =
            librarian.send(Method::PATCH, &path, Some("application/x-www-form-urlencoded"), form).await;
        changed.is(200).has(json!({ "title": "Moby-Dick; or, The Whale", "price": "12.50" }));
        let summary = librarian.get("/api/books/summary").await;
        summary.is(200).has(json!({ "books": 26, "price": "337.50" }));
        let spare = librarian.post("/api/books", json!({ "isbn": "Z", "title": "Z", "price": "0" })).await;
        librarian.delete(&format!("/api/books/{}", text(spare.is(201), "id"))).await.is(204);
        self.note(&["get /api/books", "post /api/books", "get /api/books/summary"]);
        self.note(&["get /api/books/{id}", "patch /api/books/{id}", "delete /api/books/{id}"]);
        text(&added, "id")
    }

    /// A stored file, an export, an import with its job.
    async fn files(&mut self, librarian: &Client<'_>, book: &str) {
        let path = format!("/api/books/{book}/cover");
        librarian.get(&path).await.is(404);
        librarian.form(Method::PUT, &path, &[cover()]).await.is(204);
        assert_eq!(librarian.get(&path).await.is(200).bytes(), PNG);
        let export = librarian.get("/api/books/export").await;
        assert!(export.is(200).text().contains("X,\"Moby-Dick; or, The Whale\",12.50"), "{export}");
        let task = import(librarian, "isbn,title,price\nY,New,3\nX,Moby-Dick,9.00\n,Nothing,1\n").await;
        self.app.work().await;
        let error = json!({ "row": 4, "message": "Row 4: the ISBN is missing." });
        let report = json!({ "created": 1, "updated": 1, "failed": 1, "errors": [error] });
        let done = librarian.get(&format!("/api/tasks/{task}")).await;
        done.is(200).has(json!({ "status": "done", "result": report }));
        self.note(&["get /api/books/{id}/cover", "put /api/books/{id}/cover", "get /api/books/export"]);
        self.note(&["post /api/books/import", "get /api/tasks/{id}"]);
    }

    /// A loan with its key, its payment, and what the reader sees of it.
    async fn loans(&mut self, librarian: &Client<'_>, book: &str) {
        let reader = id(self.app, "SELECT id FROM people WHERE email = 'reader@central.example'").await;
        let lend = json!({ "book": book, "person": reader });
        let lending = librarian.clone().header("Idempotency-Key", "one");
        let loan = text(lending.post("/api/loans", lend.clone()).await.is(201), "id");
        let again = lending.post("/api/loans", lend).await;
        assert_eq!((text(again.is(201), "id"), again.header("idempotent-replayed")), (loan.clone(), "true"));
        let path = format!("/api/loans/{loan}");
        librarian.get(&path).await.is(200).has(json!({ "deposit": "9.00", "paid_at": null }));
        let branch = id(self.app, "SELECT id FROM branches WHERE slug = 'central'").await;
        for _ in 0..2 {
            pay(self.app, branch, loan.parse().expect("a UUID")).await.is(204);
        }
        self.app.work().await;
        let paid = librarian.get(&path).await;
        assert!(paid.is(200).json()["paid_at"].is_string(), "{paid}");
        let reader = client(self.app, "reader@central.example").await;
        assert_eq!(reader.get("/api/loans").await.is(200).json()["count"], 1);
        assert_eq!(reader.get("/api/loans/own").await.is(200).json()[0]["id"], loan);
        reader.get(&path).await.is(403);
        self.note(&["get /api/loans", "post /api/loans", "get /api/loans/own", "get /api/loans/{id}"]);
        self.note(&["post /api/webhooks/payments"]);
    }

    /// A stream says what is new and ends, as a function must; a socket is another thing than a request.
    async fn events(&mut self, librarian: &Client<'_>) {
        let first = librarian.get("/api/events").await;
        assert!(first.is(200).text().contains("connected"), "{first}");
        let added = json!({ "isbn": "E", "title": "Event", "price": "0" });
        let book = text(librarian.post("/api/books", added).await.is(201), "id");
        let told = librarian.get("/api/events").await;
        assert!(told.is(200).text().contains(&format!("\"id\":\"{book}\"")), "{told}");
        librarian.get("/api/events/socket").await.is(400);
        librarian.delete(&format!("/api/books/{book}")).await.is(204);
        self.note(&["get /api/events", "get /api/events/socket"]);
    }

    async fn platform(&mut self, librarian: &Client<'_>) {
        let operator = client(self.app, "operator@library.example").await;
        let branches = operator.get("/api/branches").await.is(200).json();
        assert_eq!((&branches[0]["books"], &branches[1]["books"]), (&json!(27), &json!(25)));
        librarian.get("/api/branches").await.is(403);
        self.note(&["get /api/branches"]);
    }

    /// What ends sessions comes last.
    async fn accounts(&mut self, librarian: &Client<'_>) {
        librarian.get("/api/auth/me").await.is(200).has(json!({ "role": "librarian" }));
        let email = "reader@harbour.example";
        let reader = client(self.app, email).await;
        let setup = reader.post("/api/auth/second-factor", json!({})).await;
        assert!(text(setup.is(200), "url").starts_with("otpauth://totp/Library"), "{setup}");
        reader.post("/api/auth/second-factor/confirm", json!({ "code": "1" })).await.is(400);
        let credentials = json!({ "email": email, "password": super::PASSWORD });
        let pair = self.app.anonymous().post("/api/auth/login", credentials).await;
        let refresh = json!({ "refresh": text(pair.is(200), "refresh") });
        self.app.anonymous().post("/api/auth/refresh", refresh).await.is(200);
        reader.post("/api/auth/logout", json!({})).await.is(204);
        reader.get("/api/auth/me").await.is(401);
        self.note(&["post /api/auth/login", "post /api/auth/refresh", "post /api/auth/logout"]);
        self.note(&["get /api/auth/me", "post /api/auth/second-factor"]);
        self.note(&["post /api/auth/second-factor/confirm"]);
    }
}

#[tokio::test]
async fn audit_names_branch_and_person_and_hides_what_is_personal_or_secret() {
    let app = library().await;
    let librarian = client(&app, "librarian@central.example").await;
    let book = json!({ "isbn": "A", "title": "Audited", "price": "1" });
    let book = text(librarian.post("/api/books", book).await.is(201), "id");
    librarian.patch(&format!("/api/books/{book}"), json!({ "price": "2" })).await.is(200);
    app.execute("UPDATE people SET password = 'x', name = 'Ana' WHERE email = 'reader@central.example'", &[])
        .await;
    app.execute("UPDATE people SET name = 'Ana' WHERE email = 'reader@central.example'", &[]).await;

    let rows = app
        .query(
            "SELECT operation, slug, email, payload - 'request' FROM audit_entries AS entries
             LEFT JOIN branches ON branches.id = branch_id LEFT JOIN people ON people.id = entries.person_id
             WHERE record_id = $1::text::uuid OR (table_name = 'people' AND operation = 'UPDATE') ORDER BY entries.id",
            &[&book],
        )
        .await;
    type Entry = (String, Option<String>, Option<String>, Value);
    let entries: Vec<Entry> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
    let [added, changed, renamed] = &entries[..] else { panic!("{entries:?}") };
    let (branch, person) = (Some("central".to_owned()), Some("librarian@central.example".to_owned()));
    assert_eq!((&added.0[..], &added.1, &added.2), ("INSERT", &branch, &person));
    assert_eq!(added.3["after"]["title"], "Audited");
    assert_eq!(changed.3, json!({ "before": { "price": 1.0 }, "after": { "price": 2.0 } }));
    assert_eq!(renamed.3, json!({ "before": { "name": "[personal]" }, "after": { "name": "[personal]" } }));
}

/// `get /api/books/{id}`, and so on.
pub fn operations() -> Vec<String> {
    let document = serde_json::to_value(document(&SYSTEM)).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let of = |(path, item): (&String, &Value)| {
        let methods = item.as_object().expect("operations").keys();
        methods.map(|method| format!("{method} {path}")).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

/// A cover to send.
pub fn cover() -> Part {
    Part::File("cover".to_owned(), "a.png".to_owned(), "image/png".to_owned(), PNG.to_vec())
}

/// A list of books to send.
pub fn list(text: &str) -> Part {
    Part::File("file".to_owned(), "list.csv".to_owned(), "text/csv".to_owned(), text.into())
}

/// Starts an import and tells its task.
pub async fn import(librarian: &Client<'_>, books: &str) -> String {
    let parts = [list(books), tests::field("background", "true")];
    text(librarian.form(Method::POST, "/api/books/import", &parts).await.is(202), "id")
}

/// What the provider sends when a deposit was paid.
pub async fn pay(app: &TestApp, branch: Uuid, loan: Uuid) -> Answer {
    let sent_at = app.clock.now().timestamp();
    let notice = Notice { id: format!("paid-{loan}"), sent_at, branch, loan };
    let body = serde_json::to_vec(&notice).expect("JSON");
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_KEY).expect("a key");
    mac.update(&body);
    let signature = hex::encode(mac.finalize().into_bytes());
    let provider = app.anonymous().header("X-Signature", &signature);
    provider.send(Method::POST, "/api/webhooks/payments", Some("application/json"), body).await
}
