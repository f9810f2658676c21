//! A system whose clients were written against Django REST Framework, over HTTP.

use axum::{
    extract::State,
    middleware::from_fn_with_state,
    response::Response,
    routing::{get, post},
};
use chrono::TimeDelta;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use shared::{
    App, Result,
    db::Actor,
    drf::{Accepts, Data, DrfEnvelope, Need, PageNumber, Paginated, negotiate},
    error::{Kind, unauthorized},
    http::{
        Cors, Created, HttpPolicy, Json, Path, Slash, Surface,
        idempotency::{Repetitions, Reply, RequestKey, idempotent},
        webhook::RawBody,
    },
    sql,
    system::{Group, Storage, System},
};
use tests::{Part, TestApp};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

static HTTP: HttpPolicy = HttpPolicy {
    surfaces: &[
        Surface {
            prefixes: &["/api/v1", "/api/v2"],
            canonical: "/api/v1",
            slash: Slash::Redirect,
            body_limit: 1024,
        },
        Surface { prefixes: &["/api"], canonical: "/api", slash: Slash::Both, body_limit: 100 },
        Surface { prefixes: &[""], canonical: "", slash: Slash::Both, body_limit: 1024 },
    ],
    any_case: false,
    any_separator: true,
    cors: Cors {
        credentials: true,
        development_origins: &["http://localhost:*"],
        methods: "DELETE, GET, OPTIONS, PATCH, POST, PUT",
        headers: Some("accept, authorization, content-type, idempotency-key"),
        exposed: "Content-Type",
        max_age: Some(86_400),
        preflight: StatusCode::OK,
    },
    csp: "default-src 'self'; frame-ancestors 'none'",
    bad_id: Kind::NotFound,
    challenge: "Bearer realm=\"api\"",
    layer: None,
};

static SYSTEM: System = System {
    name: "library",
    title: "Library",
    about: "A system of one test",
    envelope: &DrfEnvelope { code: true, message: false, request_id: false },
    http: &HTTP,
    groups: &[&GROUP],
    workers: &[],
    jobs: &shared::jobs::Jobs::NONE,
    alarm: None,
    clean_up: &[],
    sockets: None,
    events: None,
    migrations: &rotc::migrations::ROTC,
    sign_in: None,
    examples: "{}",
    storage: &Storage::DEFAULT,
    settings: None,
    admin: None,
    demo: None,
    legacy: None,
    imitations: &[],
};

const GROUP: Group =
    Group { name: "books", about: "Books.", prefixes: &["/api/v1"], needs: &[], memory_mb: 128, routes: all };

fn all() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/api/v1/books", get(list).post(add))
        .route("/api/v1/books/{id}", get(show))
        .routes(routes!(mark_as_read))
        .route("/api/v1/secret", get(secret))
        .route("/api/v1/loans", post(lend))
        .route("/api/books", get(list).post(add))
        .route_layer(from_fn_with_state(Accepts(&[]), negotiate))
}

async fn list(page: PageNumber<2>, State(_): State<App>) -> Result<Json<Paginated<i64>>> {
    let window = page.window(5)?;
    let rows = (window.offset..window.count).take(usize::try_from(window.limit)?).collect();
    Ok(Json(page.paginated(window, rows)))
}

async fn add(data: Data) -> Result<Created<Value>> {
    let mut fields = data.fields();
    let title = fields.text("title", Need::Required, 20);
    let price = fields.money("price", Need::Required, 10, 2);
    let cover = fields.file("cover", Need::Optional);
    fields.finish()?;
    Ok(Created(json!({ "title": title, "price": price, "cover": cover.map(|file| file.body.len()) })))
}

async fn show(Path(id): Path<Uuid>) -> Json<Uuid> {
    Json(id)
}

/// Mark a book as read
#[utoipa::path(get, path = "/api/v1/books/{id}/mark_as_read", params(("id" = Uuid, Path)),
    responses((status = 200, body = Uuid, content_type = "application/json")))]
async fn mark_as_read(Path(id): Path<Uuid>) -> Json<Uuid> {
    Json(id)
}

async fn secret() -> Result<()> {
    Err(unauthorized("unauthorized", "Authentication credentials were not provided."))
}

const REPEATED: Repetitions = Repetitions {
    keep: TimeDelta::hours(24),
    longest: 128,
    replayed: "idempotent-replayed",
    mismatch: (Kind::Conflict, "This idempotency key was used for another request."),
    running: (Kind::Conflict, "This request is still running."),
};

async fn lend(State(app): State<App>, request: RawBody) -> Result<Response> {
    let key = request.headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    let key = RequestKey::new(&REPEATED, &Actor::user(1), "/api/v1/loans", key, &request.body)?;
    idempotent(&app, &REPEATED, &Actor::default(), &key, async |change| {
        let id: i32 =
            change.only(sql!("INSERT INTO activities (title) VALUES ('Loan') RETURNING id"), &[]).await?;
        Reply::json(StatusCode::CREATED, &json!({ "id": id }))
    })
    .await
}

async fn library() -> TestApp {
    TestApp::with(|config| config.public_url = None).await.serving(&SYSTEM)
}

#[tokio::test]
async fn lists_are_pages_with_absolute_links_in_the_spelling_they_were_called_by() {
    let app = library().await;
    let client = app.anonymous().header("Host", "localhost:8000").quiet();
    let at = |path: &str| format!("http://localhost:8000{path}");

    let first = client.get("/api/v1/books/?x=1").await;
    first.is(200);
    assert_eq!(
        first.json(),
        json!({ "count": 5, "next": at("/api/v1/books/?page=2&x=1"), "previous": null, "results": [0, 1] })
    );
    let second = client.get("/api/v2/books/?page=2").await.is(200).json();
    assert_eq!(
        (&second["previous"], &second["next"]),
        (&json!(at("/api/v2/books/")), &json!(at("/api/v2/books/?page=3")))
    );
    assert_eq!(client.get("/api/v1/books/?page=last").await.is(200).json()["results"], json!([4]));
    let none = client.get("/api/v1/books/?page=4").await;
    assert_eq!(none.is(404).json(), json!({ "detail": "Invalid page.", "code": "not_found" }));
}

#[tokio::test]
async fn bodies_of_three_types_are_read_and_others_are_refused() {
    let app = library().await;
    let client = app.anonymous().quiet();
    let send = async |kind: &str, body: &str| {
        client.send(Method::POST, "/api/v1/books/", Some(kind), body.to_owned()).await
    };

    let expected = json!({ "title": "A", "price": "7.50", "cover": null });
    assert_eq!(send("application/json", r#"{"title": "A", "price": 7.5}"#).await.is(201).json(), expected);
    assert_eq!(
        send("application/x-www-form-urlencoded", "title=A&price=7.50").await.is(201).json(),
        expected
    );
    let parts = [
        Part::Field("title".to_owned(), "A".to_owned()),
        Part::Field("price".to_owned(), "7.5".to_owned()),
        Part::File("cover".to_owned(), "a.png".to_owned(), "image/png".to_owned(), vec![1, 2, 3]),
    ];
    assert_eq!(client.form(Method::POST, "/api/v1/books/", &parts).await.is(201).json()["cover"], 3);

    let refused = send("text/plain", "title=A").await;
    assert_eq!(refused.is(415).json()["detail"], "Unsupported media type \"text/plain\" in request.");
    let broken = send("application/json", "{\"title\":").await;
    assert_eq!(
        broken.is(400).json(),
        json!({ "detail": "JSON parse error - Expecting value: line 1 column 10 (char 9)", "code": "parse_error" })
    );
    let list = send("application/json", "[]").await.is(400).json();
    assert_eq!(list["non_field_errors"], json!(["Invalid data. Expected a dictionary, but got list."]));
    assert_eq!(
        client.send(Method::POST, "/api/v1/books/", None, "").await.is(400).json(),
        json!({
            "title": ["This field is required."], "price": ["This field is required."], "code": "invalid",
            "detail": "title: This field is required.",
            "field_errors": { "title": ["This field is required."], "price": ["This field is required."] },
        })
    );
}

#[tokio::test]
async fn surfaces_have_their_own_limit_of_a_body() {
    let app = library().await;
    let client = app.anonymous().quiet();
    let long = format!("title=A&price=1&note={}", "x".repeat(200));
    let send = async |path: &str| {
        client.send(Method::POST, path, Some("application/x-www-form-urlencoded"), long.clone()).await
    };
    assert_eq!((send("/api/v1/books/").await.status(), send("/api/books").await.status()), (201, 413));
}

#[tokio::test]
async fn unacceptable_responses_and_formats_are_refused() {
    let app = library().await;
    let ask = async |accept: &str, url: &str| app.anonymous().header("Accept", accept).quiet().get(url).await;

    let refused = ask("application/xml", "/api/v1/books/").await;
    assert_eq!(
        refused.is(406).json(),
        json!({ "detail": "Could not satisfy the request Accept header.", "code": "not_acceptable" })
    );
    ask("application/json, text/html", "/api/v1/books/?format=json").await.is(200);
    ask("*/*", "/api/v1/books/?format=xml").await.is(404).has(json!({ "detail": "Not found." }));
}

#[tokio::test]
async fn get_without_slash_is_redirected_where_the_surface_says_so() {
    let app = library().await;
    let client = app.anonymous().quiet();

    let moved = client.get("/api/v2/books?page=2").await;
    assert_eq!((moved.is(301).header("location")), "/api/v2/books/?page=2");
    client.send(Method::POST, "/api/v1/books", None, "").await.is(400);
    client.get("/api/books").await.is(200);
    client.get("/api/books/").await.is(200);
    client.get("/api/v1/unknown").await.is(404).has(json!({ "detail": "Not found.", "code": "not_found" }));
    client.delete("/api/v1/books/").await.is(405).has(json!({ "detail": "Method \"DELETE\" not allowed." }));
}

#[tokio::test]
async fn ids_that_cannot_be_ids_are_not_found_and_actions_may_have_hyphens() {
    let app = library().await;
    let client = app.anonymous().quiet();
    let id = Uuid::nil();

    assert_eq!(
        client.get("/api/v1/books/x/").await.is(404).json(),
        json!({ "detail": "Not found.", "code": "not_found" })
    );
    for action in ["mark_as_read", "mark-as-read"] {
        assert_eq!(client.get(&format!("/api/v1/books/{id}/{action}/")).await.is(200).json(), json!(id));
    }
}

#[tokio::test]
async fn repeated_post_is_answered_with_the_stored_response() {
    let app = library().await;
    let lend = async |key: &str, body: &str| {
        let client = app.anonymous().header("Idempotency-Key", key).quiet();
        client.send(Method::POST, "/api/v1/loans/", Some("application/json"), body.to_owned()).await
    };
    let (first, second) = (lend("a", "{}").await, lend("a", "{}").await);
    assert_eq!(first.is(201).json(), second.is(201).json());
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), ("", "true"));
    assert_eq!(
        lend("a", "[]").await.is(409).json(),
        json!({ "detail": "This idempotency key was used for another request.", "code": "conflict" })
    );
    lend("", "{}").await.is(400);
}

#[tokio::test]
async fn unauthorized_response_carries_the_challenge_of_the_system() {
    let app = library().await;
    let refused = app.anonymous().quiet().get("/api/v1/secret/").await;
    refused.is(401).has(json!({ "code": "not_authenticated" }));
    assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"api\"");
    assert_eq!(refused.header("content-security-policy"), "default-src 'self'; frame-ancestors 'none'");
}

#[tokio::test]
async fn credentials_are_allowed_to_listed_origins_only() {
    let app = TestApp::with(|config| config.cors_origins = vec!["https://app.example.test".to_owned()])
        .await
        .serving(&SYSTEM);
    let ask = async |origin: &str| {
        let client = app.anonymous().header("Origin", origin).quiet();
        client.send(Method::OPTIONS, "/api/v1/books/", None, "").await
    };
    for origin in ["https://app.example.test", "http://localhost:4200"] {
        let preflight = ask(origin).await;
        preflight.is(200);
        assert_eq!(preflight.header("access-control-allow-origin"), origin);
        assert_eq!(preflight.header("access-control-allow-credentials"), "true");
        assert_eq!(preflight.header("access-control-max-age"), "86400");
        assert_eq!(
            preflight.header("access-control-allow-headers"),
            "accept, authorization, content-type, idempotency-key"
        );
    }
    let foreign = ask("https://evil.example.test").await;
    assert_eq!(
        (foreign.header("access-control-allow-origin"), foreign.header("access-control-allow-credentials")),
        ("", "")
    );
}
