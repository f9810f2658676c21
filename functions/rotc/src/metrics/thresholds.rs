//! From which numbers on administrators are told.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use shared::{App, Result, http::Json, sql};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    access::Admin,
    answer::{Success, iso, js_number, success},
};

/// The row of `system_settings` that holds them.
const KEY: &str = "metrics_thresholds";

/// From which numbers on something is wrong. All numbers are about the last thousand requests at most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Thresholds {
    /// Requests that failed because of the server, in percent.
    #[serde(serialize_with = "js_number")]
    pub error_rate: f64,
    /// Milliseconds of a request, on average.
    #[serde(serialize_with = "js_number")]
    pub avg_response_time: f64,
    /// Requests that took more than a second.
    #[serde(serialize_with = "js_number")]
    pub slow_request_count: f64,
    /// The same, in percent.
    #[serde(serialize_with = "js_number")]
    pub slow_request_rate: f64,
    /// Sessions that have not ended.
    #[serde(serialize_with = "js_number")]
    pub active_sessions: f64,
    /// Milliseconds of a query, on average.
    #[serde(serialize_with = "js_number")]
    pub avg_query_time: f64,
    /// Kept answers found: below so many percent something is wrong.
    #[serde(serialize_with = "js_number")]
    pub cache_hit_rate: f64,
    /// Requests that wait for a connection to the database.
    #[serde(serialize_with = "js_number")]
    pub pool_waiting: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            error_rate: 10.0,
            avg_response_time: 2000.0,
            slow_request_count: 50.0,
            slow_request_rate: 15.0,
            active_sessions: 1000.0,
            avg_query_time: 200.0,
            cache_hit_rate: 40.0,
            pool_waiting: 5.0,
        }
    }
}

/// The thresholds, and when they were asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThresholdsNow {
    /// The thresholds.
    pub thresholds: Thresholds,
    /// Now.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub timestamp: Option<NaiveDateTime>,
}

/// Thresholds to change.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct ThresholdsChange {
    /// Those that are absent stay as they are.
    #[validate(nested)]
    pub thresholds: ThresholdChanges,
}

/// The thresholds that are to change.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct ThresholdChanges {
    /// Percent.
    #[validate(range(min = 0.0, max = 100.0, message = "error_rate is a percentage"))]
    pub error_rate: Option<f64>,
    /// Milliseconds.
    #[validate(range(min = 0.0, max = 1e9, message = "avg_response_time is not valid"))]
    pub avg_response_time: Option<f64>,
    /// Requests.
    #[validate(range(min = 0.0, max = 1e9, message = "slow_request_count is not valid"))]
    pub slow_request_count: Option<f64>,
    /// Percent.
    #[validate(range(min = 0.0, max = 100.0, message = "slow_request_rate is a percentage"))]
    pub slow_request_rate: Option<f64>,
    /// Sessions.
    #[validate(range(min = 0.0, max = 1e9, message = "active_sessions is not valid"))]
    pub active_sessions: Option<f64>,
    /// Milliseconds.
    #[validate(range(min = 0.0, max = 1e9, message = "avg_query_time is not valid"))]
    pub avg_query_time: Option<f64>,
    /// Percent.
    #[validate(range(min = 0.0, max = 100.0, message = "cache_hit_rate is a percentage"))]
    pub cache_hit_rate: Option<f64>,
    /// Requests.
    #[validate(range(min = 0.0, max = 1e9, message = "pool_waiting is not valid"))]
    pub pool_waiting: Option<f64>,
}

/// The thresholds that the text of a setting holds; what is no threshold counts as the default.
fn parse(text: Option<&str>) -> Thresholds {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Show the thresholds of alerts
#[utoipa::path(get, path = "/api/metrics/thresholds", tag = "metrics",
    responses((status = 200, body = Success<ThresholdsNow>)))]
pub async fn show_thresholds(_: Admin, State(app): State<App>) -> Result<Json<Success<ThresholdsNow>>> {
    Ok(answer(&app, load(&app).await?))
}

/// The thresholds as they are stored.
pub async fn load(app: &App) -> Result<Thresholds> {
    let find = sql!("SELECT value FROM system_settings WHERE key = $1 ORDER BY id LIMIT 1");
    let stored: Option<Option<String>> = app.db.read().await?.one(find, &[&KEY]).await?;
    Ok(parse(stored.flatten().as_deref()))
}

/// Change thresholds of alerts
#[utoipa::path(put, path = "/api/metrics/thresholds", tag = "metrics", request_body = ThresholdsChange,
    responses((status = 200, body = Success<ThresholdsNow>)))]
pub async fn update_thresholds(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(ThresholdsChange { thresholds: changes }): Json<ThresholdsChange>,
) -> Result<Json<Success<ThresholdsNow>>> {
    let mut change = app.db.change(&admin.actor()).await?;
    let find = sql!("SELECT value FROM system_settings WHERE key = $1 ORDER BY id LIMIT 1 FOR UPDATE");
    let stored: Option<Option<String>> = change.one(find, &[&KEY]).await?;
    let new = changes.applied_to(parse(stored.as_ref().and_then(|text| text.as_deref())));
    let text = serde_json::to_string(&new)?;
    let write = match stored {
        Some(_) => sql!("UPDATE system_settings SET value = $2 WHERE key = $1"),
        None => sql!("INSERT INTO system_settings (key, value) VALUES ($1, $2)"),
    };
    change.execute(write, &[&KEY, &text]).await?;
    change.commit().await?;
    Ok(answer(&app, new))
}

fn answer(app: &App, thresholds: Thresholds) -> Json<Success<ThresholdsNow>> {
    Json(success(ThresholdsNow { thresholds, timestamp: Some(app.clock.now().naive_utc()) }))
}

impl ThresholdChanges {
    fn applied_to(self, old: Thresholds) -> Thresholds {
        Thresholds {
            error_rate: self.error_rate.unwrap_or(old.error_rate),
            avg_response_time: self.avg_response_time.unwrap_or(old.avg_response_time),
            slow_request_count: self.slow_request_count.unwrap_or(old.slow_request_count),
            slow_request_rate: self.slow_request_rate.unwrap_or(old.slow_request_rate),
            active_sessions: self.active_sessions.unwrap_or(old.active_sessions),
            avg_query_time: self.avg_query_time.unwrap_or(old.avg_query_time),
            cache_hit_rate: self.cache_hit_rate.unwrap_or(old.cache_hit_rate),
            pool_waiting: self.pool_waiting.unwrap_or(old.pool_waiting),
        }
    }
}
