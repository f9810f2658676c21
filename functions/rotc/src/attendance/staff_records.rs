//! The sheet of a day of the staff in the client API.

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
    /// A member of the staff on the sheet of a day.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct StaffOfDay {
        /// The person's id.
        pub staff_id: i32,
        /// Last name.
        pub last_name: String,
        /// First name.
        pub first_name: String,
        /// Rank.
        pub rank: Option<String>,
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

/// Show a day's sheet of the staff
///
/// By last name, without archived members.
#[utoipa::path(get, path = "/api/attendance/records/staff/{day_id}", tag = "attendance",
    params(("day_id" = i32, Path)), responses((status = 200, body = Vec<StaffOfDay>)))]
pub async fn list_staff_records(
    _admin: Admin,
    State(app): State<App>,
    Path(day_id): Path<i32>,
) -> Result<Json<Vec<StaffOfDay>>> {
    let list = sql!(
        "SELECT staff.id AS staff_id, staff.last_name, staff.first_name, staff.rank, records.status,
                records.remarks, records.time_in, records.time_out
         FROM training_staff AS staff LEFT JOIN staff_attendance_records AS records
              ON records.staff_id = staff.id AND records.training_day_id = $1
         WHERE staff.is_archived IS NOT TRUE ORDER BY staff.last_name, staff.first_name, staff.id"
    );
    Ok(Json(app.db.read().await?.all(list, &[&day_id]).await?))
}
