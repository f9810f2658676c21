//! Whether the system works, what the server counts about itself, and the description of its API.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    http::{Json, Query, openapi},
    metrics::{RequestMetrics, prometheus},
    sql,
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::Admin,
    settings::{MpesaEnvironment, Settings},
};

/// Health, metrics and documentation.
pub const GROUP: Group = Group {
    name: "ops",
    about: "Health, metrics and documentation of the installation.",
    prefixes: &["/api/health", "/api/metrics", "/api/schema", "/api/docs", "/api/redoc"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: || {
        OpenApiRouter::new()
            .routes(routes!(show_health))
            .routes(routes!(show_metrics))
            .routes(routes!(export_metrics))
            .merge(OpenApiRouter::from(openapi::docs(&crate::SYSTEM)))
    },
};

/// How the system is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `healthy` or `unhealthy`.
    status: &'static str,
    /// The name of the service.
    service: &'static str,
    /// The version of the program.
    version: &'static str,
    /// The parts it needs; none of a look at the process alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Checks>,
}

/// The parts it needs.
#[derive(Debug, Serialize, ToSchema)]
struct Checks {
    /// `ok` or `failed`.
    database: &'static str,
    /// `ok`, `off` where processes share nothing but the database.
    cache: &'static str,
    /// `configured`, `imitation`, `off`.
    mpesa: &'static str,
    /// Why the database cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// What is asked.
#[derive(Debug, Deserialize, ToSchema)]
struct Asked {
    /// `1`: whether the process runs; nothing else is looked at.
    #[serde(default)]
    live: Option<String>,
}

/// Say how the system is
///
/// 503 when the database does not answer. M-PESA and mail never make it unhealthy.
#[utoipa::path(get, path = "/api/health", tag = "ops", security(()), params(("live" = Option<String>, Query)),
    responses((status = 200, body = Health), (status = 503, description = "The database does not answer", body = Health)))]
async fn show_health(State(app): State<App>, Query(asked): Query<Asked>) -> Result<Response> {
    let mut health = Health {
        status: "healthy",
        service: "Machakos Clearance System API",
        version: env!("CARGO_PKG_VERSION"),
        checks: None,
    };
    if asked.live.as_deref() == Some("1") {
        return Ok(Json(health).into_response());
    }
    let problem = match ping(&app).await {
        Ok(_) => app.db.schema_problem().await.unwrap_or_default(),
        Err(cause) => Some(cause.connect_problem().unwrap_or("The database does not answer").to_owned()),
    };
    let mpesa = match Settings::of(&app)?.mpesa.environment {
        MpesaEnvironment::Off => "off",
        MpesaEnvironment::Imitation => "imitation",
        MpesaEnvironment::Sandbox | MpesaEnvironment::Production => "configured",
    };
    let healthy = problem.is_none();
    health.checks = Some(Checks {
        database: if healthy { "ok" } else { "failed" },
        cache: if app.config.redis.is_some() { "ok" } else { "off" },
        mpesa,
        problem,
    });
    if healthy {
        return Ok(Json(health).into_response());
    }
    health.status = "unhealthy";
    Ok((StatusCode::SERVICE_UNAVAILABLE, Json(health)).into_response())
}

async fn ping(app: &App) -> Result<i32> {
    app.db.read().await?.only(sql!("SELECT 1"), &[]).await
}

/// Show the counters of this process
///
/// One server counts everything, a function its own requests.
#[utoipa::path(get, path = "/api/metrics", tag = "ops", responses((status = 200, body = RequestMetrics)))]
async fn show_metrics(_: Admin, State(app): State<App>) -> Result<Json<RequestMetrics>> {
    Ok(Json(RequestMetrics::now(&app).await?))
}

/// Show the same counters to Prometheus
///
/// The scraper sends an administrator's token in the `Authorization` header.
#[utoipa::path(get, path = "/api/metrics/prometheus", tag = "ops",
    responses((status = 200, content_type = "text/plain", body = str)))]
async fn export_metrics(_: Admin, State(app): State<App>) -> Result<Response> {
    prometheus(&app).await
}
