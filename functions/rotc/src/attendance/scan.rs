//! Scanning the codes people carry, in the client API.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Change,
    http::{Json, lenient::Loose},
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    mark::id,
    qr::{self, CadetCode},
    recording::{SCANNED, filled, record, time_now},
    rows::{Entry, Present},
    staff_recording::{self, Scan},
    status::Status,
};
use crate::access::Admin;

/// A cadet's code that was scanned.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase")]
pub struct CadetScan {
    /// The training day.
    #[serde(default)]
    #[schema(value_type = i32)]
    pub day_id: Loose,
    /// The text of the code: a student id, or JSON with `student_id` or `id`, `Username`, `Status`, `Time In`,
    /// `Time Out`.
    #[serde(default)]
    #[schema(value_type = String)]
    pub qr_data: Loose,
    /// How they attended, unless the code says it; `present` if nobody says it.
    #[schema(value_type = Option<Status>)]
    pub status: Option<String>,
}

/// The code of a member of the staff that was scanned.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase")]
pub struct StaffScan {
    /// The training day.
    #[serde(default)]
    #[schema(value_type = i32)]
    pub day_id: Loose,
    /// The text of the code: JSON with `id`.
    #[serde(default)]
    #[schema(value_type = String)]
    pub qr_data: Loose,
    /// How they attended; `present` if absent.
    #[schema(value_type = Option<Status>)]
    pub status: Option<String>,
    /// When they came, if not now.
    #[serde(rename = "time_in")]
    #[validate(length(max = 40, message = "time_in is too long"))]
    pub time_in: Option<String>,
    /// When they left, if not now.
    #[serde(rename = "time_out")]
    #[validate(length(max = 40, message = "time_out is too long"))]
    pub time_out: Option<String>,
}

/// What the scanner shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScannedCadet {
    /// One sentence.
    pub message: String,
    /// What was recorded.
    pub status: Status,
    /// Who it was.
    pub cadet: CadetShown,
}

/// Who was scanned.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CadetShown {
    /// Rank, first and last name.
    pub name: String,
    /// The school's number.
    pub student_id: String,
}

/// What the scanner shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScannedStaff {
    /// One sentence.
    pub message: String,
    /// What was recorded.
    pub status: Status,
    /// Who it was.
    pub staff: StaffShown,
}

/// Who was scanned.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffShown {
    /// Rank, first and last name.
    pub name: String,
    /// Serial number, or `N/A`.
    pub afpsn: String,
}

row! {
    struct Found {
        id: i32,
        rank: Option<String>,
        first_name: String,
        last_name: String,
        student_id: String,
    }
}

/// Scan a cadet's code
///
/// The first arrival of the day stays; the cadet gets a notification, unless nothing has changed.
#[utoipa::path(post, path = "/api/attendance/scan", tag = "attendance",
    request_body = CadetScan, responses((status = 200, body = ScannedCadet)))]
pub async fn scan_cadet(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(scan): Json<CadetScan>,
) -> Result<Json<ScannedCadet>> {
    let day_id = id(&scan.day_id, "Day ID is required")?;
    let code = qr::cadet(&scan.qr_data)?;
    let sent = Status::sent(scan.status.as_deref().filter(|status| !status.is_empty()))?;
    let status = code.status.or(sent).unwrap_or(Status::Present);
    let now = time_now(&app)?;
    let entry = Entry {
        status,
        remarks: Some(SCANNED),
        time_in: Some(code.time_in.as_deref().unwrap_or(&now)),
        time_out: code.time_out.as_deref(),
    };
    let mut change = app.db.change(&admin.actor()).await?;
    let cadet = find(&mut change, &code).await?.ok_or_else(qr::no_such_cadet)?;
    let written = record(&mut change, day_id, &[cadet.id], &entry, Present::Scanned).await?;
    change.commit().await?;
    let created = written.iter().any(|record| record.created);
    let message = if created { "Attendance recorded" } else { "Attendance updated" }.to_owned();
    let name = full_name(cadet.rank.as_deref(), &cadet.first_name, &cadet.last_name);
    Ok(Json(ScannedCadet { message, status, cadet: CadetShown { name, student_id: cadet.student_id } }))
}

/// Scan a staff member's code
///
/// The first scan as present is the arrival, a later one the departure.
#[utoipa::path(post, path = "/api/attendance/staff/scan", tag = "attendance",
    request_body = StaffScan, responses((status = 200, body = ScannedStaff)))]
pub async fn scan_staff(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(sent): Json<StaffScan>,
) -> Result<Json<ScannedStaff>> {
    let staff_id = qr::staff_id(&sent.qr_data)?;
    let day_id = id(&sent.day_id, "Day ID is required")?;
    let status = Status::sent(sent.status.as_deref().filter(|status| !status.is_empty()))?;
    let status = status.unwrap_or(Status::Present);
    let scan = Scan { status, time_in: filled(&sent.time_in), time_out: filled(&sent.time_out) };
    let mut change = app.db.change(&admin.actor()).await?;
    let staff = staff_recording::find(&mut change, staff_id).await?;
    let created = staff_recording::scan(&mut change, &app, day_id, staff_id, &scan).await?;
    change.commit().await?;
    let message = if created { "Staff attendance recorded" } else { "Staff attendance updated" }.to_owned();
    let name = full_name(staff.rank.as_deref(), &staff.first_name, &staff.last_name);
    let afpsn = staff.afpsn.filter(|number| !number.is_empty()).unwrap_or_else(|| "N/A".to_owned());
    Ok(Json(ScannedStaff { message, status, staff: StaffShown { name, afpsn } }))
}

/// Whose code it is. A student id comes before an id: it is what is printed on cards.
async fn find(change: &mut Change, code: &CadetCode) -> Result<Option<Found>> {
    let by_identifier = sql!(
        "SELECT id, rank, first_name, last_name, student_id FROM cadets
         WHERE student_id = $1 OR id = $2 ORDER BY (student_id = $1) DESC LIMIT 1"
    );
    let by_username = sql!(
        "SELECT cadets.id, cadets.rank, cadets.first_name, cadets.last_name, cadets.student_id
         FROM users JOIN cadets ON cadets.id = users.cadet_id
         WHERE users.username = $1 AND users.role = 'cadet' ORDER BY cadets.id LIMIT 1"
    );
    if let Some(identifier) = &code.identifier {
        let found = change.one(by_identifier, &[identifier, &code.id]).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    match &code.username {
        Some(username) => change.one(by_username, &[username]).await,
        None => Ok(None),
    }
}

fn full_name(rank: Option<&str>, first_name: &str, last_name: &str) -> String {
    format!("{} {first_name} {last_name}", rank.unwrap_or_default()).trim().to_owned()
}
