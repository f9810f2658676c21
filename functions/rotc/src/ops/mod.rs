//! Health and the description of the API: for load balancers, clients and developers.

use axum::{extract::State, response::Html};
use serde::Serialize;
use shared::{
    App,
    http::{Json, openapi},
    sql,
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Health and documentation.
pub const GROUP: Group = Group {
    name: "ops",
    prefixes: &["/health", "/api/health", "/api/schema", "/api/docs"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes,
};

fn routes() -> OpenApiRouter<App> {
    let documented = OpenApiRouter::new().routes(routes!(alive)).routes(routes!(health));
    documented.merge(OpenApiRouter::from(openapi::docs(&crate::SYSTEM)))
}

/// Whether the process runs
///
/// Legacy: the text is called HTML.
#[utoipa::path(get, path = "/health", tag = "ops", responses((status = 200, body = str)))]
pub async fn alive() -> Html<&'static str> {
    Html("OK")
}

/// How the system is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`: the process answers.
    pub status: &'static str,
    /// `connected` or `disconnected`.
    pub db: &'static str,
    /// Always `postgres`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// Why the database is disconnected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
}

/// Whether the database answers
///
/// Always 200: clients read `db` to tell people that they are offline.
#[utoipa::path(get, path = "/api/health", tag = "ops", responses((status = 200, body = Health)))]
pub async fn health(State(app): State<App>) -> Json<Health> {
    let connected = ping(&app).await.is_ok();
    Json(Health {
        status: "ok",
        db: if connected { "connected" } else { "disconnected" },
        kind: "postgres",
        timestamp: app.clock.now().timestamp_millis(),
        error: (!connected).then_some("The database does not answer"),
    })
}

async fn ping(app: &App) -> shared::Result<i32> {
    app.db.read().await?.scalar(sql!("SELECT 1"), &[]).await
}
