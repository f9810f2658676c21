//! Whether the server and what it needs are there.

use std::borrow::Cow;

use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use http::StatusCode;
use serde::Serialize;
use shared::{App, Result, files::NOT_CONFIGURED, http::Json, sql};
use utoipa::ToSchema;

/// Whether the process runs
///
/// Legacy: the text is called HTML.
#[utoipa::path(get, path = "/health", tag = "ops", security(()), responses((status = 200, body = str)))]
pub async fn alive() -> Html<&'static str> {
    Html("OK")
}

/// How the system is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `error` where the database does not answer.
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
    /// Every part the system needs.
    pub checks: Checks,
}

/// The parts the system needs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Checks {
    /// Asked for this answer.
    pub database: Check,
    /// Whether a store is configured; it is not asked, because clients look here every few seconds.
    pub files: Check,
    /// Whether mails can be sent; without it they wait.
    pub mail: Check,
    /// Whether the address people use is configured; links in mails and certificates need it.
    pub address: Check,
}

/// One part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Check {
    /// `healthy`, `degraded` (the system works without it) or `unhealthy`.
    pub status: &'static str,
    /// One sentence.
    #[schema(value_type = String)]
    pub message: Cow<'static, str>,
}

const fn check(status: &'static str, message: &'static str) -> Check {
    Check { status, message: Cow::Borrowed(message) }
}

/// Whether the database answers
///
/// 503 when the database does not answer, so that whoever watches the server learns of it; `/health` says whether the process
/// runs. Legacy: always 200.
#[utoipa::path(get, path = "/api/health", tag = "ops", security(()),
    responses((status = 200, body = Health), (status = 503, description = "The database does not answer", body = Health)))]
pub async fn health(State(app): State<App>) -> Response {
    let asked = ping(&app).await;
    let connected = asked.is_ok();
    let schema = if connected { app.db.schema_problem().await.unwrap_or_default() } else { None };
    let database = match (asked, schema) {
        (Ok(_), None) => check("healthy", "The database answers"),
        (Ok(_), Some(problem)) => Check { status: "unhealthy", message: problem.into() },
        (Err(cause), _) => {
            check("unhealthy", cause.connect_problem().unwrap_or("The database does not answer"))
        }
    };
    let files = match app.config.files.is_configured() {
        true => check("healthy", "File storage is configured"),
        false => check("degraded", NOT_CONFIGURED),
    };
    let address = match app.config.home().is_ok() {
        true => check("healthy", "The public address is configured"),
        false => check(
            "degraded",
            "PUBLIC_URL is not configured: no sign-in link can be mailed, and no certificate printed",
        ),
    };
    let mail = match app.config.mail.leaves() {
        true => check("healthy", "Mail is configured"),
        false => check("degraded", "No mail server is configured"),
    };
    let health = Health {
        status: if connected { "ok" } else { "error" },
        db: if connected { "connected" } else { "disconnected" },
        kind: "postgres",
        timestamp: app.clock.now().timestamp_millis(),
        error: (!connected).then_some("The database does not answer"),
        checks: Checks { database, files, mail, address },
    };
    let status = if connected { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health)).into_response()
}

/// Asks the database for nothing.
pub async fn ping(app: &App) -> Result<i32> {
    app.db.read().await?.only(sql!("SELECT 1"), &[]).await
}
