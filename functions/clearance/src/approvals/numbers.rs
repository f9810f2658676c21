//! ApprovalNumbers of approvals.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, http::Json, row, sql};
use utoipa::ToSchema;

use crate::access::Decider;

row! {
    /// How an office has decided so far.
    #[derive(Debug, Serialize, ToSchema)]
    pub struct ApprovalNumbers {
        /// The office, or `All Departments`.
        department: String,
        total_approvals: i64,
        pending_count: i64,
        approved_count: i64,
        rejected_count: i64,
        /// Percent of all, with two decimals.
        approval_rate: f64,
        /// From the request to the approval; null where nothing is approved.
        average_approval_time_hours: Option<f64>,
    }
}

/// Count approvals
///
/// Of one's own office; administrators and staff without an office see all.
#[utoipa::path(get, path = "/api/approvals/statistics", tag = "approvals", responses((status = 200, body = ApprovalNumbers)))]
pub async fn count_approvals(
    Decider(person): Decider,
    State(app): State<App>,
) -> Result<Json<ApprovalNumbers>> {
    let count = sql!(
        "SELECT coalesce((SELECT name FROM departments WHERE id = $1), 'All Departments') AS department,
                count(*) AS total_approvals, count(*) FILTER (WHERE status = 'pending') AS pending_count,
                count(*) FILTER (WHERE status = 'approved') AS approved_count,
                count(*) FILTER (WHERE status = 'rejected') AS rejected_count,
                coalesce(round(100.0 * count(*) FILTER (WHERE status = 'approved') / nullif(count(*), 0), 2), 0)::float8
                    AS approval_rate,
                round(avg(extract(epoch FROM approval_date - created_at)) FILTER (WHERE status = 'approved') / 3600, 2)::float8
                    AS average_approval_time_hours
         FROM approval_rows WHERE $1::uuid IS NULL OR office_id = $1"
    );
    app.db.read().await?.only(count, &[&person.office]).await.map(Json)
}
