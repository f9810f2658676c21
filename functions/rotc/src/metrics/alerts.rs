//! Telling administrators that a number is bad.
//!
//! Legacy: a loop looked every 30 seconds and wrote a notice each time, also about a server without visitors. Here somebody
//! who reads the numbers causes the look, a few requests are no reason for alarm, and of each kind of trouble one
//! notice is written in five minutes, whichever process sees it.

use axum::extract::State;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::Serialize;
use shared::{
    App, Result,
    http::Json,
    metrics::{active_sessions, rounded},
    sql,
};
use utoipa::ToSchema;

use super::thresholds::{self, Thresholds};
use crate::{
    access::Admin,
    answer::{Success, iso, js_number, success},
    notifications::notify,
};

/// How long nobody is told again of the same kind.
const COOLDOWN: TimeDelta = TimeDelta::minutes(5);

/// Fewer requests, or lookups, say nothing.
const ENOUGH: usize = 10;

/// A number that is bad.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Alert {
    /// The threshold it has passed (`error_rate`).
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// One sentence.
    pub message: String,
    /// The number.
    #[serde(serialize_with = "js_number")]
    pub value: f64,
    /// What it should not pass.
    #[serde(serialize_with = "js_number")]
    pub threshold: f64,
}

/// What a look at the numbers has found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertCheck {
    /// Every bad number.
    pub alerts: Vec<Alert>,
    /// How many.
    pub alert_count: usize,
    /// Those that administrators were told of now; of the others they know.
    pub notified: Vec<String>,
    /// When.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub timestamp: Option<NaiveDateTime>,
}

/// Look at the numbers, and tell administrators what is wrong
#[utoipa::path(post, path = "/api/metrics/check-alerts", tag = "metrics",
    responses((status = 200, body = Success<AlertCheck>)))]
pub async fn check_alerts(_: Admin, State(app): State<App>) -> Result<Json<Success<AlertCheck>>> {
    let alerts = present(&app).await?;
    let notified = raise(&app, &alerts).await?;
    let timestamp = Some(app.clock.now().naive_utc());
    Ok(Json(success(AlertCheck { alert_count: alerts.len(), alerts, notified, timestamp })))
}

/// Looks at the numbers when somebody reads them. What goes wrong is logged: whoever reads them gets them.
pub async fn look(app: &App) {
    match present(app).await {
        Ok(alerts) => tell(app, &alerts).await,
        Err(cause) => tracing::warn!(%cause, "alerts could not be looked for"),
    }
}

/// Tells administrators of these alerts; a failure is logged.
pub async fn tell(app: &App, alerts: &[Alert]) {
    if let Err(cause) = raise(app, alerts).await {
        tracing::warn!(%cause, "alerts could not be told");
    }
}

/// Every number that is bad now.
pub async fn present(app: &App) -> Result<Vec<Alert>> {
    let recent = app.metrics.requests().recent();
    if recent.count < ENOUGH {
        return Ok(Vec::new());
    }
    let sessions = active_sessions(app).await?;
    let limits = thresholds::load(app).await?;
    let slow_percent = recent.slow as f64 * 100.0 / recent.count as f64;
    let lookups = app.cache.lookups();
    let enough_lookups = lookups.hits + lookups.misses >= ENOUGH as u64;
    let hit_percent = lookups.hit_percent().filter(|_| enough_lookups);
    let waiting = app.db.connections().waiting as f64;
    let query_ms = app.metrics.queries().view().average_ms();
    let Thresholds { error_rate, avg_response_time, slow_request_count, .. } = limits;
    let all = [
        above("error_rate", recent.failed_percent, error_rate, "High error rate: ", "%"),
        above("avg_response_time", recent.average_ms, avg_response_time, "High avg response time: ", "ms"),
        above("avg_query_time", query_ms, limits.avg_query_time, "High avg query time: ", "ms"),
        hit_percent.and_then(|percent| low_hit_rate(percent, limits.cache_hit_rate)),
        above("slow_request_rate", slow_percent, limits.slow_request_rate, "High slow-request rate: ", "%"),
        above("slow_request_count", recent.slow as f64, slow_request_count, "Many slow requests: ", ""),
        above("active_sessions", sessions as f64, limits.active_sessions, "Many active sessions: ", ""),
        above("pool_waiting", waiting, limits.pool_waiting, "Connection pool waiting: ", ""),
    ];
    Ok(all.into_iter().flatten().collect())
}

fn above(kind: &'static str, value: f64, threshold: f64, words: &str, unit: &str) -> Option<Alert> {
    let shown = rounded(value, usize::from(unit == "%") as i32);
    let message = format!("{words}{shown}{unit}");
    (value > threshold).then_some(Alert { kind, message, value: rounded(value, 2), threshold })
}

fn low_hit_rate(percent: f64, threshold: f64) -> Option<Alert> {
    let message = format!("Low cache hit rate: {}%", rounded(percent, 1));
    let alert = Alert { kind: "cache_hit_rate", message, value: rounded(percent, 2), threshold };
    (percent < threshold).then_some(alert)
}

/// Writes one notice for those alerts of which nobody was told lately, and says which these are.
async fn raise(app: &App, alerts: &[Alert]) -> Result<Vec<String>> {
    if alerts.is_empty() {
        return Ok(Vec::new());
    }
    let kinds: Vec<&str> = alerts.iter().map(|alert| alert.kind).collect();
    let now: DateTime<Utc> = app.clock.now();
    let mut change = app.db.change_for_system("performance alerts").await?;
    // Two processes that see the same trouble wait for each other here, and the second finds it told.
    let claim = sql!(
        "INSERT INTO muster.alerts (kind, raised_at) SELECT kind, $2 FROM unnest($1::text[]) AS kind ORDER BY kind
         ON CONFLICT (kind) DO UPDATE SET raised_at = excluded.raised_at WHERE alerts.raised_at <= $3
         RETURNING kind"
    );
    let due: Vec<String> = change.all(claim, &[&kinds, &now, &(now - COOLDOWN)]).await?;
    let news = alerts.iter().filter(|alert| due.iter().any(|kind| kind == alert.kind));
    let news: Vec<&str> = news.map(|alert| alert.message.as_str()).collect();
    if news.is_empty() {
        return Ok(due);
    }
    // Cadets and staff do not get this kind of notice for everyone.
    notify::everyone(&mut change, "perf_alert", &format!("Performance alerts: {}", news.join("; "))).await?;
    change.commit().await?;
    Ok(due)
}
