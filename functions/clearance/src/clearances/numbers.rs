//! ClearanceNumbers of requests.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, http::Json, row, sql};
use utoipa::ToSchema;

use crate::access::Staff;

/// How many requests there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearanceNumbers {
    total_requests: i64,
    status_breakdown: RequestsByStatus,
    /// Percent of all, with two decimals.
    completion_rate: f64,
}

row! {
    /// How many of each state.
    #[derive(Debug, Serialize, ToSchema)]
    struct RequestsByStatus {
        draft: i64,
        submitted: i64,
        pending: i64,
        in_progress: i64,
        completed: i64,
        rejected: i64,
        cancelled: i64,
    }
}

/// Count requests
///
/// Of the whole university.
#[utoipa::path(get, path = "/api/clearances/statistics", tag = "clearances",
    responses((status = 200, body = ClearanceNumbers)))]
pub async fn count_clearances(
    Staff(_person): Staff,
    State(app): State<App>,
) -> Result<Json<ClearanceNumbers>> {
    let count = sql!(
        "SELECT count(*) FILTER (WHERE status = 'draft') AS draft, count(*) FILTER (WHERE status = 'submitted') AS submitted,
                count(*) FILTER (WHERE status = 'pending') AS pending,
                count(*) FILTER (WHERE status = 'in_progress') AS in_progress,
                count(*) FILTER (WHERE status = 'completed') AS completed,
                count(*) FILTER (WHERE status = 'rejected') AS rejected,
                count(*) FILTER (WHERE status = 'cancelled') AS cancelled
         FROM clearance_requests WHERE deleted_at IS NULL"
    );
    let rate = sql!(
        "SELECT count(*), coalesce(round(100.0 * count(*) FILTER (WHERE status = 'completed') / nullif(count(*), 0), 2),
                                   0)::float8
         FROM clearance_requests WHERE deleted_at IS NULL"
    );
    let mut read = app.db.read().await?;
    let status_breakdown = read.only(count, &[]).await?;
    let (total_requests, completion_rate): (i64, f64) = read.only(rate, &[]).await?;
    Ok(Json(ClearanceNumbers { total_requests, status_breakdown, completion_rate }))
}
