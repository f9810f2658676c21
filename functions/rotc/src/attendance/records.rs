//! The sheet of a day in the client API: everybody, with what is recorded.

use std::time::Duration;

use axum::{
    extract::{OriginalUri, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    http::{Path, Query},
    row, sql,
};
use utoipa::{IntoParams, ToSchema};

use super::recording::filled;
use crate::{
    access::Admin,
    cached::{cached_for_all, name_of},
};

/// How long a sheet is cached while nothing changes.
const LIFE: Duration = Duration::from_mins(5);

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
/// Every cadet with an approved account and a completed profile, by name. Cached for five minutes, or until it changes.
#[utoipa::path(get, path = "/api/attendance/records/{day_id}", tag = "attendance",
    params(("day_id" = i32, Path), SheetFilter), responses((status = 200, body = Vec<CadetOfDay>)))]
pub async fn list_records(
    Admin(user): Admin,
    State(app): State<App>,
    Path(day_id): Path<i32>,
    Query(filter): Query<SheetFilter>,
    address: OriginalUri,
) -> Result<Response> {
    let (company, platoon) = (filled(&filter.company), filled(&filter.platoon));
    let name = name_of("rotc:attendance:records", &(day_id, &company, &platoon))?;
    cached_for_all(
        &app,
        &user,
        &address,
        &name,
        LIFE,
        &["attendance_records", "cadets", "users"],
        async || {
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
            app.db.read().await?.all::<CadetOfDay>(list, &[&day_id, &company, &platoon]).await
        },
    )
    .await
}
