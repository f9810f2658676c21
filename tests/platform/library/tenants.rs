//! Two branches in one database: everything that one has, asked for by people of the other and by people of none.

use http::Method;
use serde_json::json;
use shared::{db::Scope, error::Kind};
use tests::{Answer, Client, TestApp};
use uuid::Uuid;

use super::{client, flow, id, library, library_with, text, token};

/// What the branch Central has that nobody else may see or change.
struct Central {
    book: Uuid,
    loan: Uuid,
    task: Uuid,
    reader: Uuid,
    /// The number before its first event.
    position: i64,
}

/// Central with a cover, a loan, a finished import and a cached summary.
async fn central(app: &TestApp) -> Central {
    let librarian = client(app, "librarian@central.example").await;
    let book = id(app, "SELECT id FROM books WHERE isbn = 'central-1'").await;
    let reader = id(app, "SELECT id FROM people WHERE email = 'reader@central.example'").await;
    librarian.form(Method::PUT, &format!("/api/books/{book}/cover"), &[flow::cover()]).await.is(204);
    let lend = json!({ "book": book, "person": reader });
    let loan = librarian.clone().header("Idempotency-Key", "central").post("/api/loans", lend).await;
    let task = flow::import(&librarian, "isbn,title,price\ncentral-2,Central 2,5\n").await;
    app.work().await;
    librarian.get("/api/books/summary").await.is(200);
    let added = json!({ "isbn": "central-x", "title": "Central, extra", "price": "1" });
    librarian.post("/api/books", added).await.is(201);
    librarian.get("/api/events").await.is(200);
    let position = app.value("SELECT min(seq) - 1 FROM muster.events", &[]).await;
    let parse = |text: String| text.parse().expect("a UUID");
    Central { book, loan: parse(text(loan.is(201), "id")), task: parse(task), reader, position }
}

/// Everything that Central has, as the owner of the tables sees it.
async fn state(app: &TestApp) -> String {
    app.value(
        "SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
             SELECT books::text AS line FROM books JOIN branches ON branches.id = branch_id WHERE slug = 'central'
             UNION ALL
             SELECT loans::text FROM loans JOIN branches ON branches.id = branch_id WHERE slug = 'central'
             UNION ALL
             SELECT memberships::text FROM memberships JOIN branches ON branches.id = branch_id WHERE slug = 'central'
         ) AS lines",
        &[],
    )
    .await
}

/// Calls an operation with the ids of Central wherever it takes one.
async fn call(client: &Client<'_>, operation: &str, central: &Central) -> Answer {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let id = match path {
        _ if path.starts_with("/api/loans") => central.loan,
        _ if path.starts_with("/api/tasks") => central.task,
        _ => central.book,
    };
    let url = path.replace("{id}", &id.to_string());
    match operation {
        "put /api/books/{id}/cover" => client.form(Method::PUT, &url, &[flow::cover()]).await,
        "post /api/books/import" => {
            let list = flow::list("isbn,title,price\ncentral-1,taken over,1\n");
            client.form(Method::POST, &url, &[list]).await
        }
        "post /api/loans" => {
            let lend = json!({ "book": central.book, "person": central.reader });
            client.clone().header("Idempotency-Key", "central").post(&url, lend).await
        }
        "get /api/events" => {
            client.clone().header("Last-Event-ID", &central.position.to_string()).get(&url).await
        }
        _ => {
            let body = json!({ "isbn": "central-1", "title": "taken over", "price": "1" });
            client.json(method.to_uppercase().parse().expect("a method"), &url, &body).await
        }
    }
}

/// Operations on what a branch has. Signing in is about oneself; the list of branches is the platform's; sockets have a test
/// of their own.
fn operations() -> impl Iterator<Item = String> {
    let elsewhere = ["/api/auth/", "/api/webhooks/", "/api/branches", "/api/events/socket"];
    flow::operations().into_iter().filter(move |one| !elsewhere.iter().any(|path| one.contains(path)))
}

/// What an answer says of Central, if anything.
fn trace(answer: &Answer, central: &Central) -> Option<String> {
    let text = answer.text();
    let ids = [central.book, central.loan, central.task, central.reader].map(|id| id.to_string());
    let words = ids.into_iter().chain(["Central".to_owned()]);
    words.into_iter().find(|word| text.contains(word))
}

/// What follows would find nothing to be wrong if it could see nothing.
#[tokio::test]
async fn librarian_sees_what_the_branch_has() {
    let app = library().await;
    let central = central(&app).await;
    let own = client(&app, "librarian@central.example").await;
    for operation in operations().filter(|operation| operation.starts_with("get ")) {
        let answer = call(&own, &operation, &central).await;
        answer.is(200);
        let shows_nothing_by_name = ["/cover", "/summary", "/own"].iter().any(|end| operation.ends_with(end));
        assert!(shows_nothing_by_name || trace(&answer, &central).is_some(), "{operation}: {answer}");
    }
}

#[tokio::test]
async fn nobody_of_another_branch_sees_or_changes_anything() {
    other_branch(&library().await).await;
}

/// As the user of an installation whose host hands out a role with few rights: it owns nothing and is no superuser.
#[tokio::test]
async fn nobody_of_another_branch_sees_or_changes_anything_as_a_login_without_rights_of_its_own() {
    let owner = library().await;
    owner
        .database()
        .await
        .batch_execute(
            "DO $$ BEGIN CREATE ROLE muster_library_login LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
             GRANT muster_library TO muster_library_login",
        )
        .await
        .expect("a role is made");
    let mut url: url::Url = owner.database_url().parse().expect("an address");
    url.set_username("muster_library_login").expect("a user");
    let app = owner.twin(|config| config.database.url = Some(url.to_string().into())).await;
    other_branch(&app).await;
}

async fn other_branch(app: &TestApp) {
    let central = central(app).await;
    let before = state(app).await;
    let mut problems = Vec::new();
    for email in ["librarian@harbour.example", "reader@harbour.example"] {
        let foreign = client(app, email).await;
        for operation in operations() {
            let answer = call(&foreign, &operation, &central).await;
            let is_refused = [403, 404].contains(&answer.status());
            let takes_id = operation.contains("{id}");
            if takes_id && !is_refused || trace(&answer, &central).is_some() || answer.status() >= 500 {
                problems.push(format!("{operation} as {email}: {answer}"));
            }
            app.work().await;
            if state(app).await != before {
                problems.push(format!("{operation} as {email} changed something"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn without_a_branch_every_operation_on_its_things_is_403() {
    let app = library().await;
    let central = central(&app).await;
    let operator = client(&app, "operator@library.example").await;
    let left = client(&app, "reader@harbour.example").await;
    left.get("/api/books").await.is(200);
    let leave = "DELETE FROM memberships USING people WHERE people.id = person_id AND email = 'reader@harbour.example'";
    app.execute(leave, &[]).await;
    app.clock.advance(chrono::TimeDelta::seconds(1));

    let before = state(&app).await;
    for operation in operations() {
        for client in [&operator, &left] {
            let answer = call(client, &operation, &central).await;
            assert_eq!((answer.status(), trace(&answer, &central)), (403, None), "{operation}: {answer}");
        }
        assert_eq!(call(&app.anonymous(), &operation, &central).await.status(), 401, "{operation}");
    }
    assert_eq!(state(&app).await, before);
}

#[tokio::test]
async fn cached_summary_is_of_ones_own_branch() {
    let app = library().await;
    let central = client(&app, "librarian@central.example").await;
    let harbour = client(&app, "librarian@harbour.example").await;
    let summary = async |client: &Client<'_>| {
        let answer = client.get("/api/books/summary").await;
        (answer.is(200).json()["books"].as_i64().expect("a number"), answer.header("x-cache").to_owned())
    };
    let (hit, miss) = ("HIT".to_owned(), "MISS".to_owned());
    assert_eq!(summary(&central).await, (25, miss.clone()));
    assert_eq!(
        summary(&client(&app, "reader@central.example").await).await,
        (25, hit.clone()),
        "shared in the branch"
    );
    assert_eq!(summary(&harbour).await, (25, miss.clone()));

    let book = json!({ "isbn": "new", "title": "New", "price": "1" });
    central.post("/api/books", book).await.is(201);
    assert_eq!(summary(&central).await, (26, miss.clone()));
    assert_eq!(summary(&harbour).await, (25, miss));
    assert_eq!(summary(&harbour).await, (25, hit));
}

#[tokio::test]
async fn member_of_two_branches_sees_the_one_of_the_token_and_own_loans_of_both() {
    let app = library().await;
    let reader = id(&app, "SELECT id FROM people WHERE email = 'reader@central.example'").await;
    let join = "INSERT INTO memberships SELECT id, $1, 'librarian' FROM branches WHERE slug = 'harbour'";
    app.execute(join, &[&reader]).await;
    for slug in ["central", "harbour"] {
        let lend = "INSERT INTO loans (branch_id, book_id, person_id, deposit)
                    SELECT branch_id, id, $1, price FROM books WHERE isbn = $2";
        app.execute(lend, &[&reader, &format!("{slug}-1")]).await;
    }
    let login = async |branch: &str| {
        let body =
            json!({ "email": "reader@central.example", "password": super::PASSWORD, "branch": branch });
        text(app.anonymous().post("/api/auth/login", body).await.is(200), "access")
    };
    let (central, harbour) = (login("central").await, login("harbour").await);
    let count = async |token: &str, path: &str| {
        let answer = app.with_token(token).get(path).await.is(200).json();
        answer["count"].as_u64().or_else(|| answer.as_array().map(|list| list.len() as u64))
    };

    assert_eq!(count(&central, "/api/loans").await, Some(1));
    assert_eq!(count(&harbour, "/api/loans").await, Some(1), "a librarian there: those of the branch");
    assert_eq!(count(&harbour, "/api/loans/own").await, Some(2));
    let own = Scope::Own(reader.into());
    let mut change = app.app.db.change_for_system_in(&own, "a test").await.unwrap();
    let raise = shared::sql!("UPDATE memberships SET role = 'librarian'");
    assert_eq!(
        change.execute(raise, &[]).await.unwrap(),
        0,
        "the scope of a person shows, and takes nothing"
    );
    drop(change);
    let add = json!({ "isbn": "new", "title": "New", "price": "1" });
    app.with_token(central).post("/api/books", add.clone()).await.is(403);
    app.with_token(harbour).post("/api/books", add).await.is(201);
}

#[tokio::test]
async fn payment_for_a_loan_of_another_branch_is_refused() {
    let app = library().await;
    let central = central(&app).await;
    let harbour = id(&app, "SELECT id FROM branches WHERE slug = 'harbour'").await;
    flow::pay(&app, harbour, central.loan).await.is(204);
    app.work().await;

    let paid: bool = app.value("SELECT paid_at IS NOT NULL FROM loans", &[]).await;
    let problem: String = app.value("SELECT problem FROM muster.jobs WHERE kind = 'note_payment'", &[]).await;
    assert!(!paid);
    assert_eq!(problem, "The payment is for a loan that the branch does not have.");
}

#[tokio::test]
async fn query_that_forgets_its_branch_is_403_and_shows_no_row() {
    let app = library().await;
    let count = shared::sql!("SELECT count(*) FROM books");
    let refused = app.app.db.read().await.unwrap().only::<i64>(count, &[]).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Forbidden, "tenant_required"));
    let platform = Scope::Platform("a test".to_owned());
    assert_eq!(app.app.db.read_in(&platform).await.unwrap().only::<i64>(count, &[]).await.unwrap(), 50);
}

#[tokio::test]
async fn socket_hears_of_its_own_branch_only_and_without_a_branch_it_is_closed() {
    let app = library_with(|config| (config.realtime.held, config.database.pool_size) = (true, 4)).await;
    let server = app.serve().await;
    let mut sockets = Vec::new();
    for email in ["reader@central.example", "reader@harbour.example"] {
        let mut socket =
            server.socket(&format!("/api/events/socket?token={}", token(&app, email).await)).await;
        assert_eq!(socket.message().await["type"], "connection_established");
        sockets.push(socket);
    }
    let operator = token(&app, "operator@library.example").await;
    let mut stranger = server.socket(&format!("/api/events/socket?token={operator}")).await;
    assert_eq!(stranger.next().await, Err(4001));

    for branch in ["central", "harbour"] {
        let librarian = client(&app, &format!("librarian@{branch}.example")).await;
        let book = json!({ "isbn": "new", "title": branch, "price": "1" });
        librarian.post("/api/books", book).await.is(201);
    }
    for (socket, branch) in sockets.iter_mut().zip(["central", "harbour"]) {
        let message = socket.message().await;
        assert_eq!((&message["type"], &message["data"]["title"]), (&json!("book.added"), &json!(branch)));
    }
}

#[tokio::test]
async fn librarians_hear_of_a_failed_import_of_their_branch_only() {
    let app = library_with(|config| (config.realtime.held, config.database.pool_size) = (true, 4)).await;
    let server = app.serve().await;
    let mut sockets = Vec::new();
    for email in ["librarian@central.example", "librarian@harbour.example"] {
        let mut socket =
            server.socket(&format!("/api/events/socket?token={}", token(&app, email).await)).await;
        assert_eq!(socket.message().await["type"], "connection_established");
        sockets.push(socket);
    }
    let librarian = client(&app, "librarian@central.example").await;
    let task = flow::import(&librarian, "isbn,title,price\nA,A,1\n").await;
    let change = "UPDATE muster.jobs SET tries = 2, payload = payload - 'plan'";
    app.execute(change, &[]).await;
    assert_eq!(app.work().await.failed, 1);
    client(&app, "librarian@harbour.example")
        .await
        .post("/api/books", json!({ "isbn": "new", "title": "New", "price": "1" }))
        .await
        .is(201);

    let failed = sockets[0].message().await;
    assert_eq!((&failed["type"], &failed["data"]["task"]), (&json!("import.failed"), &json!(task)));
    assert_eq!(sockets[1].message().await["type"], "book.added", "nothing of the other branch before");
}

/// What is known of a session for a second is known of a token: each is for a branch.
#[tokio::test]
async fn tokens_of_one_session_for_two_branches_are_kept_apart() {
    let app = library().await;
    let reader = id(&app, "SELECT id FROM people WHERE email = 'reader@central.example'").await;
    let join = "INSERT INTO memberships SELECT id, $1, 'librarian' FROM branches WHERE slug = 'harbour'";
    app.execute(join, &[&reader]).await;
    let body = json!({ "email": "reader@central.example", "password": super::PASSWORD, "branch": "central" });
    let pair = app.anonymous().post("/api/auth/login", body).await;
    let refresh = async |pair: &Answer, branch: Option<&str>| {
        let mut body = json!({ "refresh": text(pair.is(200), "refresh") });
        if let Some(branch) = branch {
            body["branch"] = branch.into();
        }
        app.anonymous().post("/api/auth/refresh", body).await
    };
    let harbour = refresh(&pair, Some("harbour")).await;
    let again = refresh(&harbour, None).await;

    for _ in 0..2 {
        for (pair, role) in [(&pair, "reader"), (&harbour, "librarian"), (&again, "librarian")] {
            let me = app.with_token(text(pair.is(200), "access")).get("/api/auth/me").await;
            assert_eq!(me.is(200).json()["role"], role);
        }
    }
}

/// A member whose role is taken away, or who leaves the branch, while their session goes on elsewhere.
#[tokio::test]
async fn socket_of_a_former_member_is_closed_while_their_session_lives() {
    let app = library_with(|config| {
        (config.realtime.held, config.database.pool_size) = (true, 4);
        config.realtime.heartbeat = std::time::Duration::from_secs(1);
    })
    .await;
    let server = app.serve().await;
    let open = async |email: &str| {
        let token = token(&app, email).await;
        let mut socket = server.socket(&format!("/api/events/socket?token={token}")).await;
        assert_eq!(socket.message().await["type"], "connection_established");
        (socket, token)
    };
    let (mut demoted, _) = open("librarian@central.example").await;
    let (mut removed, token) = open("reader@central.example").await;
    let (mut stays, _) = open("librarian@harbour.example").await;

    app.execute(
        "UPDATE memberships SET role = 'reader' FROM people
         WHERE people.id = person_id AND email = 'librarian@central.example'",
        &[],
    )
    .await;
    app.execute(
        "DELETE FROM memberships USING people WHERE people.id = person_id AND email = 'reader@central.example'",
        &[],
    )
    .await;

    assert_eq!(demoted.next().await, Err(4001));
    assert_eq!(removed.next().await, Err(4001));
    app.with_token(&token).get("/api/auth/me").await.is(200);
    let harbour = client(&app, "librarian@harbour.example").await;
    harbour.post("/api/books", json!({ "isbn": "H", "title": "H", "price": "1" })).await.is(201);
    assert_eq!(stays.message().await["type"], "book.added");
}
