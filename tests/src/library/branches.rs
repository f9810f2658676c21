//! The branches of the library, for whoever runs the installation.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    db::Scope,
    http::Json,
    row, sql,
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::access::Operator;

pub const GROUP: Group = Group {
    name: "branches",
    about: "The branches of the library.",
    prefixes: &["/api/branches"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: || OpenApiRouter::new().routes(routes!(list_branches)),
};

row! {
    /// A branch, and how much it has.
    #[derive(Debug, Serialize, ToSchema)]
    pub struct Branch {
        slug: String,
        name: String,
        books: i64,
    }
}

/// List the branches
#[utoipa::path(get, path = "/api/branches", tag = "branches", responses((status = 200, body = Vec<Branch>)))]
async fn list_branches(_: Operator, State(app): State<App>) -> Result<Json<Vec<Branch>>> {
    let list = sql!(
        "SELECT slug, name, (SELECT count(*) FROM books WHERE branch_id = branches.id) AS books FROM branches ORDER BY slug"
    );
    let everything = Scope::Platform("list of branches".to_owned());
    Ok(Json(app.db.read_in(&everything).await?.all(list, &[]).await?))
}
