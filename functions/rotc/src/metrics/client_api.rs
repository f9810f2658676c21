//! The numbers on the pages of the existing client.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, http::Json, metrics::Numbers};
use utoipa::ToSchema;

use super::alerts;
use crate::{
    access::Admin,
    answer::{Message, message},
};

/// Show the numbers of the server
#[utoipa::path(get, path = "/api/admin/metrics", tag = "metrics", responses((status = 200, body = Numbers)))]
pub async fn show_admin_metrics(_: Admin, State(app): State<App>) -> Json<Numbers> {
    alerts::look(&app).await;
    Json(Numbers::now(&app).await)
}

/// Begin to count anew
#[utoipa::path(post, path = "/api/admin/metrics/reset", tag = "metrics", responses((status = 200, body = Message)))]
pub async fn reset_metrics(_: Admin, State(app): State<App>) -> Json<Message> {
    app.metrics.reset();
    message("Metrics reset successfully")
}

/// What is wrong at the moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PerfAlerts {
    /// One sentence for each number that is bad.
    pub alerts: Vec<String>,
    /// All numbers.
    pub snapshot: Numbers,
}

/// List what is wrong with the server
#[utoipa::path(get, path = "/api/admin/perf/alerts", tag = "metrics", responses((status = 200, body = PerfAlerts)))]
pub async fn list_perf_alerts(_: Admin, State(app): State<App>) -> Result<Json<PerfAlerts>> {
    let alerts = alerts::present(&app).await?;
    alerts::tell(&app, &alerts).await;
    let alerts = alerts.into_iter().map(|alert| alert.message).collect();
    Ok(Json(PerfAlerts { alerts, snapshot: Numbers::now(&app).await }))
}
