//! What people see of their own attendance.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    http::{Json, Query},
    row, sql,
};
use utoipa::{IntoParams, ToSchema};

use super::{recording::filled, status::Status};
use crate::access::{NotACadet, Own, OwnStaff};

/// Most items of a page, and as many as a page has when nobody says how many.
const PAGE_SIZE: i64 = 100;

/// Which days of one's own are shown.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct HistoryFilter {
    /// `present`, `late`, `excused` or `absent`; another word shows all.
    pub status: Option<String>,
    /// The first day, `YYYY-MM-DD`.
    pub start: Option<String>,
    /// The last day, `YYYY-MM-DD`.
    pub end: Option<String>,
    /// From 1.
    pub page: Option<String>,
    /// 1 to 100; 100 when absent.
    pub page_size: Option<String>,
    /// `asc` for the oldest first.
    pub order: Option<String>,
}

row! {
    /// A day in a cadet's history.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct HistoryItem {
        /// The record's id; `null` when nothing is recorded.
        pub id: Option<i32>,
        /// The day, `YYYY-MM-DD`.
        pub date: String,
        /// The day's title.
        pub title: String,
        /// How the cadet attended.
        pub status: String,
        /// Whatever was noted.
        pub remarks: Option<String>,
        /// When they came.
        pub time_in: Option<String>,
        /// When they left.
        pub time_out: Option<String>,
    }
}

/// A page of a cadet's history.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// The days.
    pub items: Vec<HistoryItem>,
    /// Recorded days in all pages.
    pub total: i64,
    /// From 1.
    pub page: i64,
    /// Days in a page.
    pub page_size: i64,
}

row! {
    /// A training day in the history of a member of the staff.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct StaffHistoryItem {
        /// The day, `YYYY-MM-DD`.
        pub date: String,
        /// The day's title.
        pub title: String,
        /// How they attended; `null` when nothing is recorded.
        pub status: Option<String>,
        /// Whatever was noted.
        pub remarks: Option<String>,
        /// When they came.
        pub time_in: Option<String>,
        /// When they left.
        pub time_out: Option<String>,
    }
}

/// List one's own attendance
///
/// Legacy: when nothing is recorded, the first page shows every training day in the range as absent. A page beyond the last is
/// empty.
#[utoipa::path(get, path = "/api/attendance/my-history", tag = "attendance", params(HistoryFilter),
    responses((status = 200, body = History)))]
pub async fn list_my_history(
    own: Own<NotACadet>,
    State(app): State<App>,
    Query(filter): Query<HistoryFilter>,
) -> Result<Json<History>> {
    let status = filter.status.as_deref().map(str::to_lowercase);
    let status = status.and_then(|word| Status::parse(&word)).map(Status::as_str);
    let (start, end) = (filled(&filter.start), filled(&filter.end));
    let oldest_first = filter.order.as_deref().is_some_and(|order| order.eq_ignore_ascii_case("asc"));
    let page = number(&filter.page, 1).clamp(1, 1_000_000);
    let page_size = number(&filter.page_size, PAGE_SIZE).clamp(1, PAGE_SIZE);
    let offset = (page - 1) * page_size;
    let count = sql!(
        "SELECT count(*) AS total FROM attendance_records AS records
         JOIN training_days AS days ON days.id = records.training_day_id
         WHERE records.cadet_id = $1 AND ($2::text IS NULL OR records.status = $2)
           AND ($3::text IS NULL OR days.date >= $3) AND ($4::text IS NULL OR days.date <= $4)"
    );
    let list = sql!(
        "SELECT records.id, days.date, days.title, records.status, records.remarks, records.time_in,
                records.time_out
         FROM attendance_records AS records JOIN training_days AS days ON days.id = records.training_day_id
         WHERE records.cadet_id = $1 AND ($2::text IS NULL OR records.status = $2)
           AND ($3::text IS NULL OR days.date >= $3) AND ($4::text IS NULL OR days.date <= $4)
         ORDER BY CASE WHEN $5 THEN days.date END, CASE WHEN $5 THEN days.id END, days.date DESC, days.id DESC
         LIMIT $6 OFFSET $7"
    );
    let absent = sql!(
        "SELECT NULL::int AS id, date, title, 'absent'::text AS status, NULL::text AS remarks,
                NULL::text AS time_in, NULL::text AS time_out
         FROM training_days WHERE ($1::text IS NULL OR date >= $1) AND ($2::text IS NULL OR date <= $2)
         ORDER BY CASE WHEN $3 THEN date END, CASE WHEN $3 THEN training_days.id END, date DESC,
                  training_days.id DESC"
    );
    let mut read = app.db.read().await?;
    let total: i64 = read.only(count, &[&own.cadet_id, &status, &start, &end]).await?;
    let mut items: Vec<HistoryItem> =
        read.all(list, &[&own.cadet_id, &status, &start, &end, &oldest_first, &page_size, &offset]).await?;
    if total == 0 && page == 1 {
        items = read.all(absent, &[&start, &end, &oldest_first]).await?;
    }
    Ok(Json(History { items, total, page, page_size }))
}

/// List one's own attendance as a member of the staff
///
/// Every training day, newest first. Empty when the account is linked to nobody.
#[utoipa::path(get, path = "/api/attendance/my-history/staff", tag = "attendance",
    responses((status = 200, body = Vec<StaffHistoryItem>)))]
pub async fn list_my_staff_history(
    OwnStaff(staff_id): OwnStaff,
    State(app): State<App>,
) -> Result<Json<Vec<StaffHistoryItem>>> {
    let Some(staff_id) = staff_id else { return Ok(Json(Vec::new())) };
    let list = sql!(
        "SELECT days.date, days.title, records.status, records.remarks, records.time_in, records.time_out
         FROM training_days AS days LEFT JOIN staff_attendance_records AS records
              ON records.training_day_id = days.id AND records.staff_id = $1
         ORDER BY days.date DESC, days.id DESC"
    );
    Ok(Json(app.db.read().await?.all(list, &[&staff_id]).await?))
}

/// The number a text stands for.
fn number(text: &Option<String>, default: i64) -> i64 {
    text.as_deref().and_then(|text| text.trim().parse().ok()).unwrap_or(default)
}
