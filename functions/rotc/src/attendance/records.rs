//! The sheet of a day in the client API: everybody, with what is recorded.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    http::{Json, Path, Query},
    row, sql,
};
use utoipa::{IntoParams, ToSchema};

use super::recording::filled;
use crate::access::Admin;

row! {
    /// A cadet on the sheet of a day.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct CadetOfDay {
        /// The cadet's id.
        pub cadet_id: i32,
        /// Last name.
        pub last_name: String,
        /// First name.
        pub first_name: String,
        /// Rank.
        pub rank: Option<String>,
        /// Company.
        pub company: Option<String>,
        /// Platoon.
        pub platoon: Option<String>,
        /// Position in the corps.
        pub corp_position: Option<String>,
        /// How they attended; `null` when nothing is recorded.
        pub status: Option<String>,
        /// Whatever was noted.
        pub remarks: Option<String>,
        /// When they came.
        pub time_in: Option<String>,
        /// When they left.
        pub time_out: Option<String>,
        /// Military science course (`MS1`).
        pub cadet_course: Option<String>,
        /// The school's number.
        pub student_id: String,
    }
}

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

/// Whom the sheet shows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SheetFilter {
    /// This company only, to the letter.
    pub company: Option<String>,
    /// This platoon only, to the letter.
    pub platoon: Option<String>,
}

/// Show a day's sheet
///
/// Every cadet with an approved account and a completed profile, by name.
#[utoipa::path(get, path = "/api/attendance/records/{day_id}", tag = "attendance",
    params(("day_id" = i32, Path), SheetFilter), responses((status = 200, body = Vec<CadetOfDay>)))]
pub async fn list_records(
    _admin: Admin,
    State(app): State<App>,
    Path(day_id): Path<i32>,
    Query(filter): Query<SheetFilter>,
) -> Result<Json<Vec<CadetOfDay>>> {
    let list = sql!(
        "SELECT cadets.id AS cadet_id, cadets.last_name, cadets.first_name, cadets.rank, cadets.company,
                cadets.platoon, cadets.corp_position, records.status, records.remarks, records.time_in,
                records.time_out, cadets.cadet_course, cadets.student_id
         FROM cadets LEFT JOIN attendance_records AS records
              ON records.cadet_id = cadets.id AND records.training_day_id = $1
         WHERE cadets.is_archived IS NOT TRUE AND cadets.is_profile_completed IS TRUE
           AND EXISTS (SELECT FROM users WHERE users.cadet_id = cadets.id AND users.is_approved = 1)
           AND ($2::text IS NULL OR cadets.company = $2) AND ($3::text IS NULL OR cadets.platoon = $3)
         ORDER BY cadets.last_name, cadets.first_name, cadets.id"
    );
    let (company, platoon) = (filled(&filter.company), filled(&filter.platoon));
    Ok(Json(app.db.read().await?.all(list, &[&day_id, &company, &platoon]).await?))
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
