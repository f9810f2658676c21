//! What became of the work that somebody started.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::{
    App, Result,
    auth::principal::Principal,
    error::not_found,
    http::{Json, Path},
    row, sql,
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::access::Member;

pub const GROUP: Group = Group {
    name: "tasks",
    about: "Background jobs of a branch.",
    prefixes: &["/api/tasks"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: || OpenApiRouter::new().routes(routes!(show_task)),
};

row! {
    /// Work that somebody has started.
    #[derive(Debug, Serialize, ToSchema)]
    pub struct Task {
        id: Uuid,
        /// `queued`, `running`, `done` or `failed`.
        status: String,
        /// What it says about itself when it is done.
        result: Value,
    }
}

/// Show what became of an import
#[utoipa::path(get, path = "/api/tasks/{id}", tag = "tasks", params(("id" = Uuid, Path)),
    responses((status = 200, body = Task)))]
async fn show_task(
    Member(person): Member,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Task>> {
    let find = sql!(
        "SELECT id, status, coalesce(result, 'null') AS result FROM muster.jobs
         WHERE id = $1 AND created_by = $2 AND scope = $3"
    );
    let (user, scope) = (person.id.to_string(), serde_json::to_value(person.scope())?);
    let found = app.db.read_in(&person.scope()).await?.one(find, &[&id, &user, &scope]).await?;
    found.map(Json).ok_or_else(|| not_found("Not found."))
}
