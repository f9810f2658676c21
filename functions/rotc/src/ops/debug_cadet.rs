//! Everything the tables hold about one cadet, to find out why a page shows what it shows.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    db::Record,
    error::invalid,
    http::{Json, Path},
    sql,
};
use utoipa::ToSchema;

use crate::access::Admin;

/// The rows of one cadet.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DebugCadet {
    /// The row of `cadets`.
    pub cadet: Option<Record>,
    /// The account, without the password.
    pub user: Option<Record>,
    /// The row of `grades`.
    pub grades: Option<Record>,
    /// Rows of `attendance_records`.
    pub attendance: Vec<Record>,
    /// Every training day.
    pub training_days: Vec<Record>,
    /// Merits and demerits, newest first.
    pub merit_logs: Vec<Record>,
    /// Legacy: three members that say nothing here.
    pub db_info: DatabaseInfo,
}

/// Which database there is: always the one that is configured.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseInfo {
    /// Always true.
    pub database_url_present: bool,
    /// Always true.
    pub using_external_db: bool,
    /// Always null.
    pub sqlite_file: Option<String>,
}

/// Show every row of one cadet
///
/// A cadet who does not exist has empty rows.
#[utoipa::path(get, path = "/api/admin/debug/cadet/{cadet_id}", tag = "ops", params(("cadet_id" = i32, Path)),
    responses((status = 200, body = DebugCadet)))]
pub async fn show_debug_cadet(
    _: Admin,
    State(app): State<App>,
    Path(cadet_id): Path<String>,
) -> Result<Json<DebugCadet>> {
    let id: i32 = cadet_id.parse().map_err(|_| invalid("bad_path", "Invalid cadetId"))?;
    let mut read = app.db.read().await?;
    let cadet = sql!(
        "SELECT id, rank, first_name, middle_name, last_name, suffix_name, email, contact_number, address, course,
                year_level, school_year, battalion, company, platoon, cadet_course, semester, corp_position, gender,
                status, student_id, CASE WHEN profile_pic LIKE 'data:%' THEN NULL ELSE profile_pic END AS profile_pic,
                is_profile_completed, is_archived, has_seen_guide, created_at, religion, birthdate
         FROM cadets WHERE id = $1"
    );
    let user = sql!(
        "SELECT id, username, role, cadet_id, staff_id, is_approved, email,
                CASE WHEN profile_pic LIKE 'data:%' THEN NULL ELSE profile_pic END AS profile_pic, gender, is_archived,
                last_latitude, last_longitude, last_location_at, last_seen, created_at, last_location_accuracy,
                last_location_provider
         FROM users WHERE cadet_id = $1 ORDER BY is_archived IS TRUE, id LIMIT 1"
    );
    let grades = sql!(
        "SELECT id, cadet_id, attendance_present, merit_points, demerit_points, prelim_score, midterm_score,
                final_score, status, lifetime_merit_points
         FROM grades WHERE cadet_id = $1"
    );
    let attendance = sql!(
        "SELECT id, training_day_id, cadet_id, status, remarks, time_in, time_out
         FROM attendance_records WHERE cadet_id = $1 ORDER BY training_day_id, id"
    );
    let days = sql!("SELECT id, date, title, description FROM training_days ORDER BY date, id");
    let logs = sql!(
        "SELECT id, cadet_id, type, points, reason, date_recorded, issued_by_user_id, issued_by_name
         FROM merit_demerit_logs WHERE cadet_id = $1 ORDER BY date_recorded DESC, id DESC"
    );
    Ok(Json(DebugCadet {
        cadet: read.one(cadet, &[&id]).await?,
        user: read.one(user, &[&id]).await?,
        grades: read.one(grades, &[&id]).await?,
        attendance: read.all(attendance, &[&id]).await?,
        training_days: read.all(days, &[]).await?,
        merit_logs: read.all(logs, &[&id]).await?,
        db_info: DatabaseInfo { database_url_present: true, using_external_db: true, sqlite_file: None },
    }))
}
