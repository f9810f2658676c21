//! The attendance of one cadet.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    http::{Json, Path},
    row, sql,
};
use utoipa::ToSchema;

use crate::access::Admin;

row! {
    /// How a cadet attended one training day.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct CadetAttendance {
        /// The record's id.
        pub id: i32,
        /// `present`, `absent`, `late` or `excused`.
        pub status: String,
        /// Whatever was noted.
        pub remarks: Option<String>,
        /// The day, `YYYY-MM-DD`.
        pub date: String,
        /// The day's title.
        pub title: String,
        /// What was trained.
        pub description: Option<String>,
    }
}

/// List a cadet's attendance
///
/// Newest first.
#[utoipa::path(get, path = "/api/attendance/cadet/{cadet_id}", tag = "attendance",
    params(("cadet_id" = i32, Path)), responses((status = 200, body = Vec<CadetAttendance>)))]
pub async fn list_cadet_attendance(
    _admin: Admin,
    State(app): State<App>,
    Path(cadet_id): Path<i32>,
) -> Result<Json<Vec<CadetAttendance>>> {
    let list = sql!(
        "SELECT records.id, records.status, records.remarks, days.date, days.title, days.description
         FROM attendance_records AS records JOIN training_days AS days ON days.id = records.training_day_id
         WHERE records.cadet_id = $1 ORDER BY days.date DESC, days.id DESC"
    );
    Ok(Json(app.db.read().await?.all(list, &[&cadet_id]).await?))
}
