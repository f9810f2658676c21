//! The numbers for Prometheus.

use axum::{extract::State, response::Response};
use shared::{App, Result, metrics::prometheus};

use crate::access::Admin;

/// Export the numbers for Prometheus
///
/// The scraper sends an administrator's token in the `Authorization` header.
#[utoipa::path(get, path = "/api/metrics/prometheus", tag = "metrics",
    responses((status = 200, content_type = "text/plain", body = str)))]
pub async fn export_metrics(_: Admin, State(app): State<App>) -> Result<Response> {
    prometheus(&app).await
}
