//! Recording many cadets at once, in the resource API. All of them or none.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Change,
    error::invalid_field,
    http::{Created, Json, lenient::Loose},
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    attendance_records::{AttendanceRecord, id, records_of},
    recording::{existing, record},
    rows::{Entry, Present},
    status::Status,
};
use crate::{
    access::Staff,
    answer::{Success, success},
};

/// Most cadets of one request: several battalions.
const MOST: usize = 5000;

/// Cadets and how they attended.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct BulkAttendance {
    /// The training day.
    #[serde(alias = "training_day", default)]
    #[schema(value_type = i32)]
    pub training_day_id: Loose,
    /// The cadets, 1 to 5000; named twice counts once.
    #[schema(required)]
    pub cadet_ids: Option<Vec<i32>>,
    /// How they attended; `bulk_create` takes `present` if absent.
    #[schema(value_type = Option<Status>)]
    pub status: Option<String>,
    /// A remark for all.
    #[validate(length(max = 20000, message = "Remarks are too long."))]
    pub remarks: Option<String>,
    /// When they came.
    #[validate(length(max = 40, message = "Time must have at most 40 characters."))]
    pub time_in: Option<String>,
    /// When they left.
    #[validate(length(max = 40, message = "Time must have at most 40 characters."))]
    pub time_out: Option<String>,
}

/// What was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkCreated {
    /// New records.
    pub created: usize,
    /// Cadets who had a record already; it stays as it is.
    pub skipped: usize,
    /// The new records.
    pub records: Vec<AttendanceRecord>,
}

/// What was made and changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkMarked {
    /// New records.
    pub created: usize,
    /// Changed records.
    pub updated: usize,
    /// Cadets whose record says so already.
    pub unchanged: usize,
    /// The new and the changed records.
    pub records: Vec<AttendanceRecord>,
}

/// Record many cadets' attendance
///
/// Only of those who have no record for the day yet; they get a notification.
#[utoipa::path(post, path = "/api/attendance/bulk_create", tag = "attendance",
    request_body = BulkAttendance, responses((status = 201, body = Success<BulkCreated>)))]
pub async fn create_bulk_attendance(
    Staff(staff): Staff,
    State(app): State<App>,
    Json(sent): Json<BulkAttendance>,
) -> Result<Created<Success<BulkCreated>>> {
    let status = Status::sent(sent.status.as_deref())?.unwrap_or(Status::Present);
    let mut change = app.db.change(&staff.actor()).await?;
    let done = write(&mut change, &sent, status, Present::Stay).await?;
    change.commit().await?;
    let BulkMarked { created, unchanged: skipped, records, .. } = done;
    Ok(Created(success(BulkCreated { created, skipped, records })))
}

/// Mark many cadets' attendance
///
/// Sets the status of all of them, whether they have a record for the day or not. Times and remarks that are not
/// sent stay. Who is marked otherwise than before gets a notification.
#[utoipa::path(post, path = "/api/attendance/bulk_mark", tag = "attendance",
    request_body = BulkAttendance, responses((status = 200, body = Success<BulkMarked>)))]
pub async fn mark_bulk_attendance(
    Staff(staff): Staff,
    State(app): State<App>,
    Json(sent): Json<BulkAttendance>,
) -> Result<Json<Success<BulkMarked>>> {
    let status = Status::required(sent.status.as_deref())?;
    let mut change = app.db.change(&staff.actor()).await?;
    let done = write(&mut change, &sent, status, Present::Changed).await?;
    change.commit().await?;
    Ok(Json(success(done)))
}

async fn write(
    change: &mut Change,
    sent: &BulkAttendance,
    status: Status,
    present: Present,
) -> Result<BulkMarked> {
    let day_id = id(&sent.training_day_id, "training_day_id")?;
    let cadet_ids = known_cadets(change, sent.cadet_ids.as_deref()).await?;
    let entry = Entry::filled(status, [&sent.remarks, &sent.time_in, &sent.time_out]);
    let written = record(change, day_id, &cadet_ids, &entry, present).await?;
    let created = written.iter().filter(|record| record.created).count();
    let ids: Vec<i32> = written.iter().map(|record| record.id).collect();
    Ok(BulkMarked {
        created,
        updated: written.len() - created,
        unchanged: cadet_ids.len() - written.len(),
        records: records_of(change, &ids).await?,
    })
}

/// The cadets, each once, who must all exist.
async fn known_cadets(change: &mut Change, sent: Option<&[i32]>) -> Result<Vec<i32>> {
    let refused = |message: String| invalid_field("cadet_ids", message);
    let mut wanted = sent.ok_or_else(|| refused("This field is required.".to_owned()))?.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Err(refused("This list may not be empty.".to_owned()));
    }
    if wanted.len() > MOST {
        return Err(refused(format!("At most {MOST} cadets can be recorded at once.")));
    }
    let known = existing(change, &wanted).await?;
    let unknown = wanted.iter().filter(|id| known.binary_search(id).is_err());
    let unknown: Vec<String> = unknown.take(10).map(ToString::to_string).collect();
    if unknown.is_empty() {
        Ok(known)
    } else {
        Err(refused(format!("Invalid cadet IDs: {}", unknown.join(", "))))
    }
}
