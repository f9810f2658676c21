//! Students and tuition balances from lists.

mod answer;
mod balances;
mod store;
mod students;
mod tasks;

use axum::extract::DefaultBodyLimit;
use shared::{
    App,
    error::invalid_field,
    http::openapi::also_at,
    imports::{Columns, Contents, Field, source::tables},
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use balances::ImportBalances;
pub use students::ImportStudents;

/// The routes that take lists.
pub const GROUP: Group = Group {
    name: "imports",
    about: "Students and tuition balances from lists.",
    prefixes: &["/api/students/import", "/api/finance/records/import"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 512,
    routes: router,
};

/// Bytes of a list.
const LIMIT_BYTES: usize = 10 * 1024 * 1024;

/// Rows of a list.
const MOST_ROWS: usize = 10_000;

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(students::import_students))
        .routes(routes!(balances::import_balances))
        .layer(DefaultBodyLimit::max(LIMIT_BYTES))
        .routes(also_at(
            routes!(tasks::show_import),
            "/api/finance/records/import/{id}",
            "show_import_of_balances",
            None,
        ))
}

/// Refuses a list that is too long or lacks a column it must have.
fn check<const N: usize>(
    contents: &[Contents],
    fields: &'static [Field; N],
    needed: &[&str],
) -> shared::Result<()> {
    let total: usize = contents.iter().map(Contents::total).sum();
    if total > MOST_ROWS {
        return Err(invalid_field("file", "The file has more than 10,000 rows."));
    }
    for name in needed {
        let has = |table| Columns::find(table, fields).has(name);
        if !tables(contents).any(has) {
            return Err(invalid_field("file", format!("Column {name} is missing.")));
        }
    }
    Ok(())
}
