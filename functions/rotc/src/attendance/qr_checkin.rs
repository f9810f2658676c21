//! Checking in with the code of the day, in the resource API.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use shared::{
    App, Result,
    error::{conflict, invalid, invalid_field},
    http::{Json, lenient::Loose},
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    attendance_records::{AttendanceRecord, id, one},
    day_code, qr,
    recording::{SCANNED, existing, record, time_now},
    rows::{Entry, Present, Written},
    status::Status,
};
use crate::{
    access::Acting,
    answer::{Success, created, success},
};

/// Who checks in, where, and with which code.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct CheckIn {
    /// The training day.
    #[serde(alias = "training_day", default)]
    #[schema(value_type = i32)]
    pub training_day_id: Loose,
    /// The cadet; a cadet may leave it out.
    #[serde(alias = "cadet", default)]
    #[schema(value_type = i32)]
    pub cadet_id: Loose,
    /// The code the day's screen shows.
    #[validate(length(max = 64, message = "Invalid QR code"))]
    #[schema(required)]
    pub qr_code: Option<String>,
}

/// Check a cadet in
///
/// As present, with the time of the first check-in. Staff check in anybody, cadets themselves only, and cadets do
/// not change what staff have recorded. 201 for a new record, 200 for one that was there.
#[utoipa::path(post, path = "/api/attendance/qr_checkin", tag = "attendance", request_body = CheckIn,
    responses((status = 201, body = Success<AttendanceRecord>), (status = 200, body = Success<AttendanceRecord>)))]
pub async fn check_in(acting: Acting, State(app): State<App>, Json(sent): Json<CheckIn>) -> Result<Response> {
    let day_id = id(&sent.training_day_id, "training_day_id")?;
    let cadet_id = match (&sent.cadet_id, acting.only) {
        (Loose::Missing, Some(own)) => own,
        (sent, _) => id(sent, "cadet_id")?,
    };
    acting.may_act_for(cadet_id)?;
    let code = sent.qr_code.ok_or_else(|| invalid_field("qr_code", "This field is required."))?;
    if !day_code::is_valid(&app, day_id, &code).await? {
        return Err(invalid("bad_qr", "Invalid QR code"));
    }
    let (is_new, record) = store(&app, &acting, day_id, cadet_id).await?;
    if !is_new {
        return Ok(Json(success(record)).into_response());
    }
    Ok(created(record).into_response())
}

/// Records the cadet. True when the record is new.
async fn store(app: &App, acting: &Acting, day_id: i32, cadet_id: i32) -> Result<(bool, AttendanceRecord)> {
    let now = time_now(app)?;
    let entry =
        Entry { status: Status::Present, remarks: Some(SCANNED), time_in: Some(&now), time_out: None };
    let present = if acting.only.is_some() { Present::Stay } else { Present::Scanned };
    let find = sql!("SELECT id FROM attendance_records WHERE training_day_id = $1 AND cadet_id = $2");
    let mut change = app.db.change(&acting.user.actor()).await?;
    if existing(&mut change, &[cadet_id]).await?.is_empty() {
        return Err(qr::no_such_cadet());
    }
    let written: Vec<Written> = record(&mut change, day_id, &[cadet_id], &entry, present).await?;
    let id: i32 = change.only(find, &[&day_id, &cadet_id]).await?;
    let record = one(&mut change, id).await?;
    if acting.only.is_some() && record.status != Status::Present.as_str() {
        let message = format!("Your attendance is already recorded as {}", record.status);
        return Err(conflict("already_recorded", message));
    }
    change.commit().await?;
    Ok((written.iter().any(|record| record.created), record))
}
