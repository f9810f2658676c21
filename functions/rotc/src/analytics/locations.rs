//! Where people last were.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::Serialize;
use shared::{App, Result, http::Json, row, sql};
use utoipa::ToSchema;

use crate::{access::Admin, answer::iso};

/// People at most.
const MOST: i64 = 200;

row! {
    /// Where somebody was.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Location {
        /// The user's id.
        pub id: i32,
        /// User name.
        pub username: String,
        /// `admin`, `training_staff` or `cadet`.
        pub role: String,
        /// The cadet they are.
        pub cadet_id: Option<i32>,
        /// The staff member they are.
        pub staff_id: Option<i32>,
        /// Degrees, north is positive.
        pub last_latitude: f64,
        /// Degrees, east is positive.
        pub last_longitude: f64,
        /// When.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub last_location_at: Option<NaiveDateTime>,
        /// First name of the cadet.
        pub cadet_first_name: Option<String>,
        /// Last name of the cadet.
        pub cadet_last_name: Option<String>,
        /// Company of the cadet.
        pub cadet_company: Option<String>,
        /// Platoon of the cadet.
        pub cadet_platoon: Option<String>,
        /// First name of the staff member.
        pub staff_first_name: Option<String>,
        /// Last name of the staff member.
        pub staff_last_name: Option<String>,
        /// Rank of the staff member.
        pub staff_rank: Option<String>,
        /// Position of the staff member.
        pub staff_role: Option<String>,
    }
}

/// List where people last were
///
/// At most 200, those seen last in front, without archived ones. For admins only, as no other page asks for it.
#[utoipa::path(get, path = "/api/admin/locations", tag = "analytics",
    responses((status = 200, body = Vec<Location>)))]
pub async fn list_locations(_: Admin, State(app): State<App>) -> Result<Json<Vec<Location>>> {
    let list = sql!(
        "SELECT users.id, users.username, users.role, users.cadet_id, users.staff_id, users.last_latitude,
                users.last_longitude, users.last_location_at, cadets.first_name AS cadet_first_name,
                cadets.last_name AS cadet_last_name, cadets.company AS cadet_company,
                cadets.platoon AS cadet_platoon, staff.first_name AS staff_first_name,
                staff.last_name AS staff_last_name, staff.rank AS staff_rank, staff.role AS staff_role
         FROM users
         LEFT JOIN cadets ON cadets.id = users.cadet_id
         LEFT JOIN training_staff AS staff ON staff.id = users.staff_id
         WHERE users.last_latitude IS NOT NULL AND users.last_longitude IS NOT NULL
           AND users.is_archived IS NOT TRUE
         ORDER BY users.last_location_at DESC NULLS LAST, users.id LIMIT $1"
    );
    Ok(Json(app.db.read().await?.all(list, &[&MOST]).await?))
}
