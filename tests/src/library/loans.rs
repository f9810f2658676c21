//! Loans: a librarian lends a book to a reader for a deposit.

use axum::{extract::State, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Principal,
    db::Scope,
    drf::{Data, Need as Field, PageNumber, Paginated},
    error::{Kind, invalid_field, not_found},
    http::{
        Json, Money, Path,
        idempotency::{Repetitions, Reply, RequestKey, idempotent},
        webhook::RawBody,
    },
    row, sql,
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::access::{Librarian, Member, Role};

pub const GROUP: Group = Group {
    name: "loans",
    about: "Who has borrowed which book.",
    prefixes: &["/api/loans"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: || {
        OpenApiRouter::new()
            .routes(routes!(list_loans, lend))
            .routes(routes!(list_own_loans))
            .routes(routes!(show_loan))
    },
};

row! {
    /// A book that somebody has.
    #[derive(Debug, Serialize, ToSchema)]
    pub struct Loan {
        id: Uuid,
        book_id: Uuid,
        person_id: Uuid,
        deposit: Money,
        paid_at: Option<DateTime<Utc>>,
    }
}

const REPEATED: Repetitions = Repetitions {
    keep: TimeDelta::hours(24),
    longest: 128,
    replayed: "idempotent-replayed",
    mismatch: (Kind::Conflict, "This idempotency key was used for another request."),
    running: (Kind::Conflict, "This request is still running."),
};

/// List the loans of the branch
///
/// Librarians see all, readers their own.
#[utoipa::path(get, path = "/api/loans", tag = "loans", params(("page" = Option<i64>, Query)),
    responses((status = 200, body = Paginated<Loan>)))]
async fn list_loans(
    Member(person): Member,
    State(app): State<App>,
    page: PageNumber<20>,
) -> Result<Json<Paginated<Loan>>> {
    let count = sql!("SELECT count(*) FROM loans WHERE $1::uuid IS NULL OR person_id = $1");
    let list = sql!(
        "SELECT id, book_id, person_id, deposit, paid_at FROM loans WHERE $1::uuid IS NULL OR person_id = $1
         ORDER BY created_at, id LIMIT $2 OFFSET $3"
    );
    let is_reader = person.membership.is_some_and(|(_, role)| role == Role::Reader);
    let only = is_reader.then_some(person.id);
    let mut read = app.db.read_in(&person.scope()).await?;
    let window = page.window(read.only(count, &[&only]).await?)?;
    let loans = read.all(list, &[&only, &window.limit, &window.offset]).await?;
    Ok(Json(page.paginated(window, loans)))
}

/// List one's own loans, in every branch
#[utoipa::path(get, path = "/api/loans/own", tag = "loans", responses((status = 200, body = Vec<Loan>)))]
async fn list_own_loans(Member(person): Member, State(app): State<App>) -> Result<Json<Vec<Loan>>> {
    let list = sql!("SELECT id, book_id, person_id, deposit, paid_at FROM loans ORDER BY created_at, id");
    let own = Scope::Own(person.id.into());
    Ok(Json(app.db.read_in(&own).await?.all(list, &[]).await?))
}

/// Show a loan
#[utoipa::path(get, path = "/api/loans/{id}", tag = "loans", params(("id" = Uuid, Path)),
    responses((status = 200, body = Loan)))]
async fn show_loan(
    Librarian(person): Librarian,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Loan>> {
    let find = sql!("SELECT id, book_id, person_id, deposit, paid_at FROM loans WHERE id = $1");
    let found = app.db.read_in(&person.scope()).await?.one(find, &[&id]).await?;
    found.map(Json).ok_or_else(|| not_found("Not found."))
}

/// Lend a book
///
/// With an `Idempotency-Key`, a request that is sent twice lends it once.
#[utoipa::path(post, path = "/api/loans", tag = "loans", request_body = Object,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = Loan)))]
async fn lend(Librarian(person): Librarian, State(app): State<App>, request: RawBody) -> Result<Response> {
    let actor = person.actor();
    let key = request.headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let key = RequestKey::new(&REPEATED, &actor, "/api/loans", key.unwrap_or_default(), &request.body)?;
    let mut fields = Data::of(&request)?.fields();
    let book = fields.uuid("book", Field::Required);
    let reader = fields.uuid("person", Field::Required);
    fields.finish()?;
    idempotent(&app, &REPEATED, &actor, &key, async |change| {
        let insert = sql!(
            "INSERT INTO loans (branch_id, book_id, person_id, deposit)
             SELECT muster.tenant()::uuid, books.id, memberships.person_id, price
             FROM books, memberships WHERE books.id = $1 AND memberships.person_id = $2
             RETURNING id, book_id, person_id, deposit, paid_at"
        );
        let loan: Option<Loan> = change.one(insert, &[&book, &reader]).await?;
        let loan = loan.ok_or_else(|| invalid_field("book", "There is no such book, or no such reader."))?;
        Reply::json(StatusCode::CREATED, &loan)
    })
    .await
}
