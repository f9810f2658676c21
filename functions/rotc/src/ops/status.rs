//! The state of the server on the pages of administrators.

use std::time::{Duration, Instant};

use axum::extract::State;
use bytes::Bytes;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use shared::{App, Result, error::unavailable, http::Json, row, sql};
use utoipa::ToSchema;

use super::health::ping;
use crate::{access::Admin, answer::iso};

/// A database that takes longer counts as away.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long the counts are kept: every administrator's page asks every 30 seconds.
const COUNTS_LIFE: Duration = Duration::from_secs(60);

/// How fast the database answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    /// `ok`.
    pub status: &'static str,
    /// Milliseconds.
    pub latency_ms: u64,
    /// Always `postgres`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Now.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub timestamp: Option<NaiveDateTime>,
}

/// Ask how fast the database answers
///
/// 503 when it takes more than a second.
#[utoipa::path(get, path = "/api/admin/health-check", tag = "ops", responses((status = 200, body = HealthCheck)))]
pub async fn check_health(_: Admin, State(app): State<App>) -> Result<Json<HealthCheck>> {
    let latency_ms = latency(&app).await?;
    let timestamp = Some(app.clock.now().naive_utc());
    Ok(Json(HealthCheck { status: "ok", latency_ms, kind: "postgres", timestamp }))
}

async fn latency(app: &App) -> Result<u64> {
    let asked = Instant::now();
    tokio::time::timeout(PATIENCE, ping(app)).await.map_err(|_| unavailable("The database"))??;
    Ok(asked.elapsed().as_millis() as u64)
}

/// The state of the server.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SystemStatus {
    /// The program.
    pub app: AppStatus,
    /// The database.
    pub database: DatabaseStatus,
    /// How much there is.
    pub metrics: SystemCounts,
}

/// The state of the program.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppStatus {
    /// `ok`.
    pub status: &'static str,
    /// Seconds since the start of this process.
    pub uptime_seconds: u64,
    /// Now.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub time: Option<NaiveDateTime>,
}

/// The state of the database.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseStatus {
    /// `ok`.
    pub status: &'static str,
    /// Milliseconds.
    pub latency_ms: u64,
    /// Always `postgres`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

row! {
    /// How much there is, without what is archived.
    #[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    pub struct SystemCounts {
        /// Cadets.
        pub cadets: i64,
        /// Accounts.
        pub users: i64,
        /// Training days.
        pub training_days: i64,
        /// Activities.
        pub activities: i64,
        /// Notices nobody has read.
        pub unread_notifications: i64,
    }
}

/// Show the state of the server
///
/// The counts are up to a minute old.
#[utoipa::path(get, path = "/api/admin/system-status", tag = "ops", responses((status = 200, body = SystemStatus)))]
pub async fn show_system_status(_: Admin, State(app): State<App>) -> Result<Json<SystemStatus>> {
    let latency_ms = latency(&app).await?;
    let uptime_seconds = app.metrics.uptime().as_secs();
    Ok(Json(SystemStatus {
        app: AppStatus { status: "ok", uptime_seconds, time: Some(app.clock.now().naive_utc()) },
        database: DatabaseStatus { status: "ok", latency_ms, kind: "postgres" },
        metrics: counts(&app).await?,
    }))
}

async fn counts(app: &App) -> Result<SystemCounts> {
    const TABLES: &[&str] = &["cadets", "users", "training_days", "activities", "notifications"];
    let kept = app.cache.answer("system-status", COUNTS_LIFE, TABLES, count(app)).await?;
    Ok(serde_json::from_slice(&kept.body)?)
}

async fn count(app: &App) -> Result<Bytes> {
    let count = sql!(
        "SELECT (SELECT count(*) FROM cadets WHERE is_archived IS NOT TRUE) AS cadets,
                (SELECT count(*) FROM users WHERE is_archived IS NOT TRUE) AS users,
                (SELECT count(*) FROM training_days) AS training_days,
                (SELECT count(*) FROM activities) AS activities,
                (SELECT count(*) FROM notifications WHERE is_read IS NOT TRUE) AS unread_notifications"
    );
    let counts: Option<SystemCounts> = app.db.read().await?.one(count, &[]).await?;
    Ok(Bytes::from(serde_json::to_vec(&counts)?))
}
