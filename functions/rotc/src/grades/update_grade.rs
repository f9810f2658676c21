//! Changing grades in the resource API.

use axum::extract::State;
use serde::Deserialize;
use shared::{
    App, Result,
    error::{invalid_field, not_found},
    http::{Json, Path},
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    grade_records::{Grade, grade},
    regrade::{Regrade, regrade},
};
use crate::{
    access::Admin,
    answer::{Success, success},
};

/// What changes; members that are missing or `null` stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
pub struct GradeChanges {
    /// Preliminary examination.
    #[validate(range(min = 0.0, max = 100.0, message = "Score must be between 0 and 100."))]
    pub prelim_score: Option<f64>,
    /// Midterm examination.
    #[validate(range(min = 0.0, max = 100.0, message = "Score must be between 0 and 100."))]
    pub midterm_score: Option<f64>,
    /// Final examination.
    #[validate(range(min = 0.0, max = 100.0, message = "Score must be between 0 and 100."))]
    pub final_score: Option<f64>,
    /// All merit points; the difference goes into the ledger.
    pub merit_points: Option<i32>,
    /// All demerit points; the difference goes into the ledger.
    pub demerit_points: Option<i32>,
    /// Training days attended, as they are recorded. It is counted from the records, and refused if it differs.
    pub attendance_present: Option<i32>,
    /// `active`, `INC`, `DO` or `T`.
    #[validate(length(min = 1, max = 100, message = "Status must have 1 to 100 characters."))]
    pub status: Option<String>,
}

impl From<GradeChanges> for Regrade {
    fn from(changes: GradeChanges) -> Self {
        Self {
            prelim_score: changes.prelim_score,
            midterm_score: changes.midterm_score,
            final_score: changes.final_score,
            merit_points: changes.merit_points.map(Some),
            demerit_points: changes.demerit_points.map(Some),
            status: changes.status,
            attendance_present: None,
        }
    }
}

/// Change a cadet's grades
///
/// Totals that change are balanced in the ledger. The cadet gets a notification and a mail.
#[utoipa::path(put, path = "/api/grades/{cadet_id}", tag = "grades",
    params(("cadet_id" = i32, Path)), request_body = GradeChanges,
    responses((status = 200, body = Success<Grade>)))]
pub async fn update_grade(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(cadet_id): Path<i32>,
    Json(changes): Json<GradeChanges>,
) -> Result<Json<Success<Grade>>> {
    let wanted = changes.attendance_present;
    let mut change = app.db.change(&admin.actor()).await?;
    if !regrade(&mut change, &app, &admin, cadet_id, &changes.into()).await? {
        return Err(not_found("Grades not found for this cadet"));
    }
    let count = sql!("SELECT coalesce(max(attendance_present), 0) FROM grades WHERE cadet_id = $1");
    let recorded: i32 = change.only(count, &[&cadet_id]).await?;
    if wanted.is_some_and(|wanted| wanted != recorded) {
        let why = format!(
            "Attendance is counted from the records of training days, which say {recorded}: change those."
        );
        return Err(invalid_field("attendance_present", why));
    }
    change.commit().await?;
    Ok(Json(success(grade(&app, cadet_id).await?)))
}
