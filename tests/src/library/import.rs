//! Books from a list: `isbn`, `title`, `price`.

use axum::extract::State;
use documents::read::{Table, read_csv};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    auth::principal::Principal,
    drf::{Data, Need},
    error::{internal, invalid_field},
    files::StoredFile,
    http::{Accepted, Money},
    jobs::{Job, Queue, Task},
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::Librarian;

/// An import that a job carries out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Started {
    /// For `/api/tasks/{id}`.
    id: Uuid,
}

/// Import books from a CSV file
#[utoipa::path(post, path = "/api/books/import", tag = "books",
    request_body(content_type = "multipart/form-data", content = Object), responses((status = 202, body = Started)))]
pub async fn import_books(
    Librarian(person): Librarian,
    State(app): State<App>,
    data: Data,
) -> Result<Accepted<Started>> {
    let mut fields = data.fields();
    let file = fields.file("file", Need::Required);
    fields.finish()?;
    let file = file.ok_or_else(|| invalid_field("file", "This field is required."))?;
    let table = read_csv(&file.body).map_err(|why| invalid_field("file", why.to_string()))?;
    Columns::of(&table)
        .ok_or_else(|| invalid_field("file", "The columns isbn, title and price are needed."))?;
    let name = format!("imports/{}", app.ids.uuid());
    let stored = StoredFile { body: file.body, content_type: "text/csv".to_owned() };
    app.files.vault().put_file(&name, stored).await?;
    let mut change = app.db.change(&person.actor()).await?;
    let id = change.start(&ImportBooks { name }).await?;
    change.commit().await?;
    Ok(Accepted(Started { id }))
}

/// Adds the books of a stored list, and changes those that are there: doing it twice changes nothing more.
#[derive(Debug, Serialize, Deserialize)]
pub struct ImportBooks {
    name: String,
}

/// What came of an import.
#[derive(Debug, Default, Serialize)]
struct Report {
    imported: u64,
    /// Lines that were left out, with the reason.
    problems: Vec<String>,
}

impl Job for ImportBooks {
    const KIND: &'static str = "import_books";
    const QUEUE: Queue = Queue::Import;

    async fn run(self, task: &Task) -> Result<()> {
        let file = task.app.files.vault().get(&self.name).await?;
        let file = file.ok_or_else(|| internal("the list of an import is gone"))?;
        let table = read_csv(&file.body)?;
        let columns = Columns::of(&table).ok_or_else(|| internal("a list without its columns was kept"))?;
        let (mut report, mut rows) = (Report::default(), (Vec::new(), Vec::new(), Vec::new()));
        for row in &table.rows {
            let cell = |index: usize| row.cells.get(index).map(|text| text.trim()).unwrap_or_default();
            match (cell(columns.isbn), cell(columns.title), Money::parse(cell(columns.price))) {
                (isbn, title, Some(price)) if !isbn.is_empty() && !title.is_empty() => {
                    rows.0.push(isbn.to_owned());
                    rows.1.push(title.to_owned());
                    rows.2.push(price);
                }
                _ => report.problems.push(format!("Line {}: isbn, title or price is missing.", row.number)),
            }
        }
        let store = sql!(
            "INSERT INTO books (branch_id, isbn, title, price)
             SELECT DISTINCT ON (isbn) muster.tenant()::uuid, isbn, title, price
             FROM unnest($1::text[], $2::text[], $3::numeric[]) AS list (isbn, title, price)
             ON CONFLICT (branch_id, isbn) DO UPDATE SET title = excluded.title, price = excluded.price"
        );
        let mut change = task.change("import of books").await?;
        report.imported = change.execute(store, &[&rows.0, &rows.1, &rows.2]).await?;
        change.finish(task, &report).await?;
        change.commit().await?;
        task.app.files.vault().delete(&self.name).await
    }
}

/// Where the values stand in a row.
struct Columns {
    isbn: usize,
    title: usize,
    price: usize,
}

impl Columns {
    fn of(table: &Table) -> Option<Self> {
        let find =
            |name: &str| table.headings.iter().position(|heading| heading.trim().eq_ignore_ascii_case(name));
        Some(Self { isbn: find("isbn")?, title: find("title")?, price: find("price")? })
    }
}
