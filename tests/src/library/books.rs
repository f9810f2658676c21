//! The books of a branch.

use std::time::Duration;

use axum::{
    extract::{DefaultBodyLimit, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use documents::{Cell, Column};
use http::{StatusCode, header};
use serde::Serialize;
use shared::{
    App, Error, Result,
    auth::principal::Principal,
    drf::{Data, Need as Field, PageNumber, Paginated},
    error::{invalid_field, not_found},
    files::{Accepts, Audience, Intake, kept_if},
    http::{
        Created, Json, Money, Path,
        cached::cached_json,
        table_file::{self, Kind, Layout},
        written,
    },
    row, sql,
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    access::{Librarian, Member, Person},
    events::MEMBERS,
    import,
};

pub const GROUP: Group = Group {
    name: "books",
    about: "The books of a branch, with their covers, lists and imports.",
    prefixes: &["/api/books"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 128,
    routes: router,
};

/// Bytes of a form with a file.
const FORM_LIMIT_BYTES: usize = 2 * 1024 * 1024;

fn router() -> OpenApiRouter<App> {
    let files = OpenApiRouter::new()
        .routes(routes!(store_cover))
        .routes(routes!(import::import_books))
        .layer(DefaultBodyLimit::max(FORM_LIMIT_BYTES));
    OpenApiRouter::new()
        .routes(routes!(list_books, add_book))
        .routes(routes!(summarize_books))
        .routes(routes!(export_books))
        .routes(routes!(show_book, change_book, delete_book))
        .routes(routes!(show_cover))
        .merge(files)
}

row! {
    /// A book.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Book {
        pub id: Uuid,
        pub isbn: String,
        pub title: String,
        /// What a lost copy costs.
        pub price: Money,
        pub created_at: DateTime<Utc>,
    }
}

row! {
    /// What a branch has.
    #[derive(Debug, Serialize, ToSchema)]
    pub struct Summary {
        books: i64,
        /// Of all books together.
        price: Money,
    }
}

/// Pictures of books.
pub static COVER: Intake = Intake {
    prefix: "cover",
    accepts: Accepts::Pictures,
    limit_bytes: 1024 * 1024,
    audience: Audience::Checked,
};

/// How long a summary is cached.
const LIFE: Duration = Duration::from_mins(5);

const LAYOUT: Layout = Layout {
    title: "Books",
    columns: &[
        Column { title: "isbn", width: 18 },
        Column { title: "title", width: 40 },
        Column { title: "price", width: 10 },
    ],
};

/// List the books of the branch
#[utoipa::path(get, path = "/api/books", tag = "books",
    params(("page" = Option<i64>, Query), ("search" = Option<String>, Query)),
    responses((status = 200, body = Paginated<Book>)))]
async fn list_books(
    Member(person): Member,
    State(app): State<App>,
    page: PageNumber<20, 100>,
) -> Result<Json<Paginated<Book>>> {
    let count = sql!("SELECT count(*) FROM books");
    let list =
        sql!("SELECT id, isbn, title, price, created_at FROM books ORDER BY title, id LIMIT $1 OFFSET $2");
    let mut read = app.db.read_in(&person.scope()).await?;
    let window = page.window(read.only(count, &[]).await?)?;
    let books = read.all(list, &[&window.limit, &window.offset]).await?;
    Ok(Json(page.paginated(window, books)))
}

/// Add a book to the branch
#[utoipa::path(post, path = "/api/books", tag = "books", request_body = Object,
    responses((status = 201, body = Book)))]
async fn add_book(Librarian(person): Librarian, State(app): State<App>, data: Data) -> Result<Created<Book>> {
    let mut fields = data.fields();
    let isbn = fields.text("isbn", Field::Required, 20);
    let title = fields.text("title", Field::Required, 200);
    let price = fields.money("price", Field::Required, 10, 2);
    fields.finish()?;
    let insert = sql!(
        "INSERT INTO books (branch_id, isbn, title, price) VALUES (muster.tenant()::uuid, $1, $2, $3)
         RETURNING id, isbn, title, price, created_at"
    );
    let mut change = app.db.change(&person.actor()).await?;
    let book: Book = change.only(insert, &[&isbn, &title, &price]).await.map_err(known)?;
    change.publish("book.added", &MEMBERS, &book).await?;
    change.commit().await?;
    Ok(Created(book))
}

fn known(cause: Error) -> Error {
    match cause.code() {
        "already_exists" => invalid_field("isbn", "A book with this ISBN is there already."),
        _ => cause,
    }
}

/// Show a book
#[utoipa::path(get, path = "/api/books/{id}", tag = "books", params(("id" = Uuid, Path)),
    responses((status = 200, body = Book)))]
async fn show_book(
    Member(person): Member,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Book>> {
    let find = sql!("SELECT id, isbn, title, price, created_at FROM books WHERE id = $1");
    let found = app.db.read_in(&person.scope()).await?.one(find, &[&id]).await?;
    found.map(Json).ok_or_else(unknown)
}

fn unknown() -> Error {
    not_found("Not found.")
}

/// Change title or price of a book
#[utoipa::path(patch, path = "/api/books/{id}", tag = "books", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Book)))]
async fn change_book(
    Librarian(person): Librarian,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Book>> {
    let mut fields = data.fields();
    let title = fields.text("title", Field::Optional, 200);
    let price = fields.money("price", Field::Optional, 10, 2);
    fields.finish()?;
    let update = sql!(
        "UPDATE books SET title = coalesce($2, title), price = coalesce($3, price) WHERE id = $1
         RETURNING id, isbn, title, price, created_at"
    );
    let mut change = app.db.change(&person.actor()).await?;
    let book = change.one(update, &[&id, &title, &price]).await?.ok_or_else(unknown)?;
    change.commit().await?;
    Ok(Json(book))
}

/// Remove a book
#[utoipa::path(delete, path = "/api/books/{id}", tag = "books", params(("id" = Uuid, Path)),
    responses((status = 204)))]
async fn delete_book(
    Librarian(person): Librarian,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let mut change = app.db.change(&person.actor()).await?;
    let deleted = change.execute(sql!("DELETE FROM books WHERE id = $1"), &[&id]).await?;
    change.commit().await?;
    if deleted == 1 { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

/// Count the books of the branch
#[utoipa::path(get, path = "/api/books/summary", tag = "books", responses((status = 200, body = Summary)))]
async fn summarize_books(Member(person): Member, State(app): State<App>) -> Result<Response> {
    let scope = person.scope().without_user();
    cached_json(&app, &scope, "books:summary", LIFE, &["books"], async || {
        let count = sql!("SELECT count(*) AS books, coalesce(sum(price), 0) AS price FROM books");
        app.db.read_in(&scope).await?.only::<Summary>(count, &[]).await
    })
    .await
}

/// Export the books of the branch
#[utoipa::path(get, path = "/api/books/export", tag = "books",
    responses((status = 200, content_type = "text/csv", body = str)))]
async fn export_books(Librarian(person): Librarian, State(app): State<App>) -> Result<Response> {
    let mut snapshot = app.db.snapshot_in(&person.scope()).await?;
    let file = written(|pieces| async move {
        let all = sql!("SELECT id, isbn, title, price, created_at FROM books ORDER BY title, id");
        let rows = snapshot.rows::<Book>(all, &[]).await?;
        table_file::write(Kind::Csv, LAYOUT, rows, cells, &pieces).await
    });
    table_file::answer(&app, "books", Kind::Csv, file).await
}

fn cells(book: Book) -> [Cell; 3] {
    [Cell::Text(book.isbn), Cell::Text(book.title), Cell::Text(book.price.to_string())]
}

/// Show the cover of a book
#[utoipa::path(get, path = "/api/books/{id}/cover", tag = "books", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "image/*", body = str)))]
async fn show_cover(
    Member(person): Member,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let find = sql!("SELECT cover FROM books WHERE id = $1 AND cover IS NOT NULL");
    let address: Option<String> = app.db.read_in(&person.scope()).await?.one(find, &[&id]).await?;
    let file = app.files.get(&address.ok_or_else(unknown)?).await?.ok_or_else(unknown)?;
    Ok((
        [(header::CONTENT_TYPE, file.content_type), (header::CACHE_CONTROL, "private".to_owned())],
        file.body,
    )
        .into_response())
}

/// Store the cover of a book
#[utoipa::path(put, path = "/api/books/{id}/cover", tag = "books", params(("id" = Uuid, Path)),
    request_body(content_type = "multipart/form-data", content = Object), responses((status = 204)))]
async fn store_cover(
    Librarian(person): Librarian,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<StatusCode> {
    let mut fields = data.fields();
    let file = fields.file("cover", Field::Required);
    fields.finish()?;
    let file = file.ok_or_else(|| invalid_field("cover", "This field is required."))?;
    let address = COVER.store(&app, &file).await?;
    let outcome = show_as_cover(&app, &person, id, &address).await;
    kept_if(&app, &[address], outcome).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn show_as_cover(app: &App, person: &Person, id: Uuid, address: &str) -> Result<()> {
    let mut change = app.db.change(&person.actor()).await?;
    let updated = change.execute(sql!("UPDATE books SET cover = $2 WHERE id = $1"), &[&id, &address]).await?;
    if updated == 0 {
        return Err(unknown());
    }
    change.commit().await
}
