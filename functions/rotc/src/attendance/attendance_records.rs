//! Single records of attendance in the resource API.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Error, Result,
    db::Change,
    error::{conflict, invalid_field, not_found},
    http::{Created, Json, PageRequest, Path, Query, lenient::Loose},
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    days, qr,
    recording::{existing, follow, record},
    rows::{self, Entry, Present, Written},
    status::Status,
    training_days,
};
use crate::{
    access::Staff,
    answer::{Empty, Listing, Success, created, success},
    grades::attendance_total,
};

row! {
    /// How a cadet attended a training day.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct AttendanceRecord {
        /// The record's id.
        pub id: i32,
        /// The training day.
        pub training_day: i32,
        /// The cadet.
        pub cadet: i32,
        /// First and last name.
        pub cadet_name: String,
        /// The school's number.
        pub student_id: String,
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
pub struct NewAttendance {
    /// The training day.
    #[serde(alias = "training_day_id", default)]
    #[schema(value_type = i32)]
    pub training_day: Loose,
    /// The cadet.
    #[serde(alias = "cadet_id", default)]
    #[schema(value_type = i32)]
    pub cadet: Loose,
    /// How they attended.
    #[schema(value_type = Status)]
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

/// What changes; members that are missing or `null` stay, an empty text clears a remark or a time.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct AttendanceChanges {
    /// How they attended.
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

row! {
    struct Place {
        training_day_id: i32,
        cadet_id: i32,
    }
}

/// List the attendance of a training day
///
/// What is recorded, by name.
#[utoipa::path(get, path = "/api/attendance/{id}", tag = "attendance",
    params(("id" = i32, Path, description = "The training day"), PageRequest),
    responses((status = 200, body = Listing<AttendanceRecord>)))]
pub async fn list_attendance(
    _staff: Staff,
    State(app): State<App>,
    Path(day_id): Path<i32>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Listing<AttendanceRecord>>> {
    let page = request.page(50, 1000);
    let count = sql!("SELECT count(*) AS total FROM attendance_records WHERE training_day_id = $1");
    let list = sql!(
        "SELECT records.id, records.training_day_id AS training_day, records.cadet_id AS cadet,
                concat_ws(' ', cadets.first_name, cadets.last_name) AS cadet_name, cadets.student_id,
                records.status, records.remarks, records.time_in, records.time_out, NULL::text AS created_at
         FROM attendance_records AS records JOIN cadets ON cadets.id = records.cadet_id
         WHERE records.training_day_id = $1
         ORDER BY cadets.last_name, cadets.first_name, records.id LIMIT $2 OFFSET $3"
    );
    let mut read = app.db.read().await?;
    training_days::day(&mut read, day_id).await?;
    let total = read.only(count, &[&day_id]).await?;
    let data = read.all(list, &[&day_id, &page.limit, &page.offset()]).await?;
    Ok(Json(Listing::of(page, total, data)))
}

/// Record a cadet's attendance
///
/// The cadet gets a notification. Who has a record for the day already is refused: change that one.
#[utoipa::path(post, path = "/api/attendance", tag = "attendance",
    request_body = NewAttendance, responses((status = 201, body = Success<AttendanceRecord>)))]
pub async fn create_attendance(
    Staff(staff): Staff,
    State(app): State<App>,
    Json(new): Json<NewAttendance>,
) -> Result<Created<Success<AttendanceRecord>>> {
    let (day_id, cadet_id) = (id(&new.training_day, "training_day")?, id(&new.cadet, "cadet")?);
    let status = Status::required(new.status.as_deref())?;
    let entry = Entry::filled(status, [&new.remarks, &new.time_in, &new.time_out]);
    let mut change = app.db.change(&staff.actor()).await?;
    if existing(&mut change, &[cadet_id]).await?.is_empty() {
        return Err(qr::no_such_cadet());
    }
    let written = record(&mut change, day_id, &[cadet_id], &entry, Present::Stay).await?;
    let Some(made) = written.first() else {
        let message = "Attendance record already exists for this cadet and training day.";
        return Err(conflict("already_recorded", message));
    };
    let made = one(&mut change, made.id).await?;
    change.commit().await?;
    Ok(created(made))
}

/// Change a record of attendance
///
/// The cadet gets a notification, unless nothing has changed.
#[utoipa::path(put, path = "/api/attendance/{id}", tag = "attendance",
    params(("id" = i32, Path, description = "The record")), request_body = AttendanceChanges,
    responses((status = 200, body = Success<AttendanceRecord>)))]
pub async fn update_attendance(
    Staff(staff): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
    Json(changes): Json<AttendanceChanges>,
) -> Result<Json<Success<AttendanceRecord>>> {
    let status = Status::sent(changes.status.as_deref())?.map(Status::as_str);
    let update = sql!(
        "UPDATE attendance_records AS old
         SET status = coalesce($2, old.status), remarks = nullif(coalesce($3, old.remarks), ''),
             time_in = nullif(coalesce($4, old.time_in), ''), time_out = nullif(coalesce($5, old.time_out), '')
         WHERE old.id = $1
           AND (old.status, nullif(old.remarks, ''), nullif(old.time_in, ''), nullif(old.time_out, ''))
               IS DISTINCT FROM
               (coalesce($2, old.status), nullif(coalesce($3, old.remarks), ''),
                nullif(coalesce($4, old.time_in), ''), nullif(coalesce($5, old.time_out), ''))
         RETURNING id, training_day_id, cadet_id, status, false AS created"
    );
    let mut change = app.db.change(&staff.actor()).await?;
    let place = place(&mut change, id).await?;
    attendance_total::hold(&mut change, &[place.cadet_id]).await?;
    let day = days::find(&mut change, place.training_day_id).await?;
    let params: [shared::db::Param<'_>; 5] =
        [&id, &status, &changes.remarks, &changes.time_in, &changes.time_out];
    let changed: Vec<Written> = change.all(update, &params).await?;
    follow(&mut change, &day, &changed, Present::Changed).await?;
    let record = one(&mut change, id).await?;
    change.commit().await?;
    Ok(Json(success(record)))
}

/// Delete a record of attendance
///
/// The cadet's attended days are counted anew.
#[utoipa::path(delete, path = "/api/attendance/{id}", tag = "attendance",
    params(("id" = i32, Path, description = "The record")), responses((status = 200, body = Success<Empty>)))]
pub async fn delete_attendance(
    Staff(staff): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<Empty>>> {
    let mut change = app.db.change(&staff.actor()).await?;
    let Place { training_day_id, cadet_id } = place(&mut change, id).await?;
    attendance_total::hold(&mut change, &[cadet_id]).await?;
    let deleted = change.execute(sql!("DELETE FROM attendance_records WHERE id = $1"), &[&id]).await?;
    if deleted == 0 {
        return Err(no_such_record());
    }
    attendance_total::recount(&mut change, &[cadet_id]).await?;
    rows::publish_removed(&mut change, training_day_id, &[cadet_id]).await?;
    change.commit().await?;
    Ok(Json(success(Empty {}).saying("Attendance record deleted")))
}

/// These records, by name.
pub(super) async fn records_of(change: &mut Change, ids: &[i32]) -> Result<Vec<AttendanceRecord>> {
    let list = sql!(
        "SELECT records.id, records.training_day_id AS training_day, records.cadet_id AS cadet,
                concat_ws(' ', cadets.first_name, cadets.last_name) AS cadet_name, cadets.student_id,
                records.status, records.remarks, records.time_in, records.time_out, NULL::text AS created_at
         FROM attendance_records AS records JOIN cadets ON cadets.id = records.cadet_id
         WHERE records.id = ANY($1) ORDER BY cadets.last_name, cadets.first_name, records.id"
    );
    change.all(list, &[&ids]).await
}

/// One record, which was there a moment ago.
pub(super) async fn one(change: &mut Change, id: i32) -> Result<AttendanceRecord> {
    records_of(change, &[id]).await?.pop().ok_or_else(no_such_record)
}

/// A number out of a body.
pub(super) fn id(sent: &Loose, field: &str) -> Result<i32> {
    match sent {
        Loose::Missing | Loose::Null => Err(invalid_field(field, "This field is required.")),
        _ => sent.whole().ok_or_else(|| invalid_field(field, "A valid integer is required.")),
    }
}

async fn place(change: &mut Change, id: i32) -> Result<Place> {
    let find = sql!("SELECT training_day_id, cadet_id FROM attendance_records WHERE id = $1");
    change.one(find, &[&id]).await?.ok_or_else(no_such_record)
}

fn no_such_record() -> Error {
    not_found("Attendance record not found")
}
