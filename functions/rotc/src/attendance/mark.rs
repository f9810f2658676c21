//! Marking one person by hand, in the client API.

use axum::extract::State;
use serde::Deserialize;
use shared::{
    App, Result,
    error::{invalid, not_found},
    http::{Json, lenient::Loose},
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    recording::{existing, record},
    rows::{Entry, Present},
    staff_recording,
    status::Status,
};
use crate::{
    access::Admin,
    answer::{Message, message},
};

/// How one cadet attended.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// The training day.
    #[serde(default)]
    #[schema(value_type = i32)]
    pub day_id: Loose,
    /// The cadet.
    #[serde(default)]
    #[schema(value_type = i32)]
    pub cadet_id: Loose,
    /// How they attended.
    #[schema(value_type = Status)]
    pub status: Option<String>,
    /// A remark; absent, null or empty keeps what is there. So do the times.
    #[validate(length(max = 20000, message = "Remarks are too long"))]
    pub remarks: Option<String>,
    /// When they came.
    #[serde(rename = "time_in")]
    #[validate(length(max = 40, message = "time_in is too long"))]
    pub time_in: Option<String>,
    /// When they left.
    #[serde(rename = "time_out")]
    #[validate(length(max = 40, message = "time_out is too long"))]
    pub time_out: Option<String>,
}

/// How one member of the staff attended.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase")]
pub struct StaffMark {
    /// The training day.
    #[serde(default)]
    #[schema(value_type = i32)]
    pub day_id: Loose,
    /// The member of the staff.
    #[serde(default)]
    #[schema(value_type = i32)]
    pub staff_id: Loose,
    /// How they attended.
    #[schema(value_type = Status)]
    pub status: Option<String>,
    /// A remark; absent, null or empty keeps what is there. So do the times.
    #[validate(length(max = 20000, message = "Remarks are too long"))]
    pub remarks: Option<String>,
    /// When they came.
    #[serde(rename = "time_in")]
    #[validate(length(max = 40, message = "time_in is too long"))]
    pub time_in: Option<String>,
    /// When they left.
    #[serde(rename = "time_out")]
    #[validate(length(max = 40, message = "time_out is too long"))]
    pub time_out: Option<String>,
}

/// Mark a cadet's attendance
///
/// Times and remarks that are not sent stay. The cadet gets a notification, unless nothing has changed.
#[utoipa::path(post, path = "/api/attendance/mark", tag = "attendance",
    request_body = Mark, responses((status = 200, body = Message)))]
pub async fn mark_cadet(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(mark): Json<Mark>,
) -> Result<Json<Message>> {
    let status = Status::required(mark.status.as_deref())?;
    let (day_id, cadet_id) =
        (id(&mark.day_id, "Day ID is required")?, id(&mark.cadet_id, "Cadet ID is required")?);
    let entry = Entry::filled(status, [&mark.remarks, &mark.time_in, &mark.time_out]);
    let mut change = app.db.change(&admin.actor()).await?;
    if existing(&mut change, &[cadet_id]).await?.is_empty() {
        return Err(not_found("Cadet not found"));
    }
    let written = record(&mut change, day_id, &[cadet_id], &entry, Present::Changed).await?;
    change.commit().await?;
    let created = written.iter().any(|record| record.created);
    Ok(message(if created { "Attendance recorded" } else { "Attendance updated" }))
}

/// Mark a staff member's attendance
///
/// Times and remarks that are not sent stay.
#[utoipa::path(post, path = "/api/attendance/mark/staff", tag = "attendance",
    request_body = StaffMark, responses((status = 200, body = Message)))]
pub async fn mark_staff(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(mark): Json<StaffMark>,
) -> Result<Json<Message>> {
    let status = Status::required(mark.status.as_deref())?;
    let (day_id, staff_id) =
        (id(&mark.day_id, "Day ID is required")?, id(&mark.staff_id, "Staff ID is required")?);
    let entry = Entry::filled(status, [&mark.remarks, &mark.time_in, &mark.time_out]);
    let mut change = app.db.change(&admin.actor()).await?;
    let created = staff_recording::mark(&mut change, day_id, staff_id, &entry).await?;
    change.commit().await?;
    Ok(message(if created { "Marked" } else { "Updated" }))
}

/// An id out of a body, as a number or as a text.
pub(super) fn id(sent: &Loose, missing: &'static str) -> Result<i32> {
    match sent {
        Loose::Missing | Loose::Null => Err(invalid("required", missing)),
        Loose::Text(text) if text.trim().is_empty() => Err(invalid("required", missing)),
        _ => sent.whole().ok_or_else(|| invalid("bad_id", "Invalid ID")),
    }
}
