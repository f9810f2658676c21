//! The staff in figures.

use std::time::Duration;

use axum::{
    extract::{OriginalUri, State},
    response::Response,
};
use serde::Serialize;
use shared::{App, Result, row, sql};
use utoipa::ToSchema;

use crate::{access::Staff, cached::cached_for_all};

/// How long the figures may be out of date.
const LIFE: Duration = Duration::from_secs(600);

row! {
    /// How many members have a rank.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct RankCount {
        /// The rank in capitals; null without one.
        rank: Option<String>,
        count: i64,
    }
}

row! {
    /// How often a status was recorded.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct StatusCount {
        /// `present`, `late`, `excused` or `absent`.
        status: String,
        count: i64,
    }
}

/// The staff in figures, archived members included.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffOverview {
    /// Members.
    total_staff: i64,
    /// Members by rank.
    staff_by_rank: Vec<RankCount>,
    /// Records of attendance by status.
    attendance_stats: Vec<StatusCount>,
}

/// Count the staff
///
/// By rank, and their attendance by status. Kept for ten minutes.
#[utoipa::path(get, path = "/api/staff/analytics/overview", tag = "staff",
    responses((status = 200, body = StaffOverview)))]
pub async fn show_staff_overview(
    Staff(user): Staff,
    State(app): State<App>,
    address: OriginalUri,
) -> Result<Response> {
    cached_for_all(
        &app,
        &user,
        &address,
        "staff_analytics",
        LIFE,
        &["training_staff", "staff_attendance_records"],
        async || count(&app).await,
    )
    .await
}

async fn count(app: &App) -> Result<StaffOverview> {
    let by_rank = sql!(
        "SELECT upper(trim(rank)) AS rank, count(*) AS count FROM training_staff
         GROUP BY upper(trim(rank)) ORDER BY count(*) DESC, upper(trim(rank))"
    );
    let by_status = sql!(
        "SELECT status, count(*) AS count FROM staff_attendance_records
         GROUP BY status ORDER BY count(*) DESC, status"
    );
    let mut read = app.db.read().await?;
    let staff_by_rank: Vec<RankCount> = read.all(by_rank, &[]).await?;
    let total_staff = staff_by_rank.iter().map(|ranked| ranked.count).sum();
    Ok(StaffOverview { total_staff, staff_by_rank, attendance_stats: read.all(by_status, &[]).await? })
}
