//! How fast events reach those who listen.

use axum::extract::State;
use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;
use shared::{App, Result, error::internal, http::Json, row, sql};
use utoipa::ToSchema;

use crate::access::Admin;

row! {
    /// Events that wait, and how long the last 500 have waited.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct SyncMetrics {
        /// Events that wait.
        pub backlog: i64,
        /// Events sent in the last five minutes.
        pub processed_last_5m: i64,
        /// Milliseconds an event waited, on average; null before the first.
        pub avg_latency_ms: Option<i64>,
        /// 95 of a hundred waited at most so many milliseconds.
        pub p95_latency_ms: Option<i64>,
    }
}

/// Show how fast events are sent
#[utoipa::path(get, path = "/api/admin/sync/metrics", tag = "ops", responses((status = 200, body = SyncMetrics)))]
pub async fn show_sync_metrics(_: Admin, State(app): State<App>) -> Result<Json<SyncMetrics>> {
    let measure = sql!(
        "SELECT (SELECT count(*) FROM sync_events WHERE processed IS NOT TRUE) AS backlog,
                (SELECT count(*) FROM sync_events WHERE processed AND processed_at >= $1) AS processed_last_5m,
                round(avg(waited))::bigint AS avg_latency_ms,
                round(percentile_disc(0.95) WITHIN GROUP (ORDER BY waited))::bigint AS p95_latency_ms
         FROM (SELECT greatest(extract(epoch FROM processed_at - created_at) * 1000, 0) AS waited FROM sync_events
               WHERE processed AND processed_at IS NOT NULL AND created_at IS NOT NULL
               ORDER BY id DESC LIMIT 500) AS last"
    );
    let since: NaiveDateTime = (app.clock.now() - TimeDelta::minutes(5)).naive_utc();
    let metrics = app.db.read().await?.one(measure, &[&since]).await?;
    Ok(Json(metrics.ok_or_else(|| internal("no numbers"))?))
}
