//! The attendance of the staff in the resource API.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    error::{conflict, internal},
    http::{Created, Json, PageRequest, Path, Query, lenient::Loose},
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{attendance_records::id, days, rows::Entry, staff_recording, status::Status, training_days};
use crate::{
    access::Staff,
    answer::{Listing, Success, created},
};

row! {
    /// How a member of the staff attended a training day.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct StaffAttendance {
        /// The record's id.
        pub id: i32,
        /// The training day.
        pub training_day: i32,
        /// The member of the staff.
        pub staff: i32,
        /// First and last name.
        pub staff_name: String,
        /// `present`, `absent`, `late` or `excused`.
        pub status: String,
        /// Whatever was noted.
        pub remarks: Option<String>,
        /// When they came.
        pub time_in: Option<String>,
        /// When they left.
        pub time_out: Option<String>,
        /// Always `null`: the legacy table does not keep it.
        pub created_at: Option<String>,
    }
}

/// A record to make.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct NewStaffAttendance {
    /// The training day.
    #[serde(alias = "training_day_id", default)]
    #[schema(value_type = i32)]
    pub training_day: Loose,
    /// The member of the staff.
    #[serde(alias = "staff_id", default)]
    #[schema(value_type = i32)]
    pub staff: Loose,
    /// How they attended; `present` if absent.
    #[schema(value_type = Option<Status>)]
    pub status: Option<String>,
    /// A remark.
    #[validate(length(max = 20000, message = "Remarks are too long."))]
    pub remarks: Option<String>,
    /// When they came.
    #[validate(length(max = 40, message = "Time must have at most 40 characters."))]
    pub time_in: Option<String>,
    /// When they left.
    #[validate(length(max = 40, message = "Time must have at most 40 characters."))]
    pub time_out: Option<String>,
}

/// List the staff's attendance of a training day
///
/// What is recorded, by name.
#[utoipa::path(get, path = "/api/staff-attendance/{training_day_id}", tag = "attendance",
    params(("training_day_id" = i32, Path), PageRequest),
    responses((status = 200, body = Listing<StaffAttendance>)))]
pub async fn list_staff_attendance(
    _staff: Staff,
    State(app): State<App>,
    Path(day_id): Path<i32>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Listing<StaffAttendance>>> {
    let page = request.page(50, 1000);
    let count = sql!("SELECT count(*) AS total FROM staff_attendance_records WHERE training_day_id = $1");
    let list = sql!(
        "SELECT records.id, records.training_day_id AS training_day, records.staff_id AS staff,
                concat_ws(' ', staff.first_name, staff.last_name) AS staff_name,
                records.status, records.remarks, records.time_in, records.time_out, NULL::text AS created_at
         FROM staff_attendance_records AS records JOIN training_staff AS staff ON staff.id = records.staff_id
         WHERE records.training_day_id = $1
         ORDER BY staff.last_name, staff.first_name, records.id LIMIT $2 OFFSET $3"
    );
    let mut read = app.db.read().await?;
    training_days::day(&mut read, day_id).await?;
    let total = read.only(count, &[&day_id]).await?;
    let data = read.all(list, &[&day_id, &page.limit, &page.offset()]).await?;
    Ok(Json(Listing::of(page, total, data)))
}

/// Record a staff member's attendance
///
/// Who has a record for the day already is refused.
#[utoipa::path(post, path = "/api/staff-attendance", tag = "attendance",
    request_body = NewStaffAttendance, responses((status = 201, body = Success<StaffAttendance>)))]
pub async fn create_staff_attendance(
    Staff(staff): Staff,
    State(app): State<App>,
    Json(new): Json<NewStaffAttendance>,
) -> Result<Created<Success<StaffAttendance>>> {
    let (day_id, staff_id) = (id(&new.training_day, "training_day")?, id(&new.staff, "staff")?);
    let status = Status::sent(new.status.as_deref())?.unwrap_or(Status::Present);
    let entry = Entry::filled(status, [&new.remarks, &new.time_in, &new.time_out]);
    let find = sql!(
        "SELECT records.id, records.training_day_id AS training_day, records.staff_id AS staff,
                concat_ws(' ', staff.first_name, staff.last_name) AS staff_name,
                records.status, records.remarks, records.time_in, records.time_out, NULL::text AS created_at
         FROM staff_attendance_records AS records JOIN training_staff AS staff ON staff.id = records.staff_id
         WHERE records.training_day_id = $1 AND records.staff_id = $2"
    );
    let mut change = app.db.change(&staff.actor()).await?;
    days::find(&mut change, day_id).await?;
    staff_recording::find(&mut change, staff_id).await?;
    if !staff_recording::insert_missing(&mut change, day_id, staff_id, &entry).await? {
        let message = "Attendance record already exists for this staff member and training day.";
        return Err(conflict("already_recorded", message));
    }
    staff_recording::publish(&mut change, day_id, staff_id, status).await?;
    let made: Option<StaffAttendance> = change.one(find, &[&day_id, &staff_id]).await?;
    change.commit().await?;
    let made = made.ok_or_else(|| internal("the new record is gone"))?;
    Ok(created(made))
}
