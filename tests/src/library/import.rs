//! Books from a list: ISBN, title and price.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    db::{Change, UserKey},
    drf::{Data, Need},
    http::Money,
    imports::{BadRows, Contents, Field, Import, Mode, Outcome, Report, run},
    realtime::Topic,
    sql,
};
use uuid::Uuid;

use super::access::{Librarian, Person};

static FIELDS: [Field; 3] = [
    Field::new("isbn", &["ISBN"]),
    Field::new("title", &["Title", "Name"]).words(),
    Field::new("price", &["Price", "Deposit"]),
];

static COLUMNS: &[&[Field]] = &[&FIELDS];

/// Adds the books of a list to the branch, and changes those that are there: doing it twice changes nothing more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportBooks {
    all_or_nothing: bool,
}

/// Import books from a list
#[utoipa::path(post, path = "/api/books/import", tag = "books",
    request_body(content_type = "multipart/form-data", content = Object),
    responses((status = 200, body = Outcome), (status = 202, body = Outcome)))]
pub async fn import_books(
    Librarian(person): Librarian,
    State(app): State<App>,
    data: Data,
) -> Result<Outcome> {
    let mut fields = data.fields();
    let file = fields.file("file", Need::Required);
    let mut flag = |name| fields.boolean(name, Need::Optional).unwrap_or_default();
    let import = ImportBooks { all_or_nothing: flag("all_or_nothing") };
    let mode = Mode { preview: flag("preview"), background: flag("background"), again: false };
    fields.finish()?;
    Ok(run(&app, &person, &import, file.as_slice(), mode).await?.into())
}

impl Import for ImportBooks {
    const KIND: &'static str = "import_books";
    type Person = Person;
    type Id = Uuid;

    fn fields(&self) -> &'static [&'static [Field]] {
        COLUMNS
    }

    fn bad_rows(&self) -> BadRows {
        if self.all_or_nothing { BadRows::RefuseFile } else { BadRows::Skip }
    }

    async fn person(change: &mut Change, user: &UserKey) -> Result<Person> {
        Librarian::reload(change, user).await
    }

    async fn apply(
        &self,
        change: &mut Change,
        _: &App,
        _: &Person,
        contents: &[Contents],
        report: &mut Report<Uuid>,
    ) -> Result<()> {
        let books = report.read(contents, &FIELDS, |[isbn, title, price]| {
            let isbn = isbn.ok_or("the ISBN is missing")?.to_owned();
            let title = title.ok_or("the title is missing")?.to_owned();
            Ok((isbn, (title, price.and_then(Money::parse).ok_or("the price is no amount")?)))
        });
        let (isbns, (titles, prices)): (Vec<_>, (Vec<_>, Vec<_>)) = books.records().cloned().unzip();
        let store = sql!(
            "INSERT INTO books (branch_id, isbn, title, price)
             SELECT muster.tenant()::uuid, isbn, title, price
             FROM unnest($1::text[], $2::text[], $3::numeric[]) AS list (isbn, title, price)
             ON CONFLICT (branch_id, isbn) DO UPDATE SET title = excluded.title, price = excluded.price
             WHERE (books.title, books.price) IS DISTINCT FROM (excluded.title, excluded.price)
             RETURNING isbn, id, xmax = 0"
        );
        let stored = change.all(store, &[&isbns, &titles, &prices]).await?;
        report.settle(books, stored);
        Ok(())
    }

    async fn failed(change: &mut Change, _: &UserKey, job: Uuid, _: &str) -> Result<()> {
        change.publish("import.failed", &[Topic::role("librarian")], &json!({ "task": job })).await
    }
}
