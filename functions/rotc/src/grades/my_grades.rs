//! A cadet's own grades.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, error::forbidden, http::Json, row, sql};
use utoipa::ToSchema;

use super::{
    attendance_total,
    formula::{Record, Standing, standing},
};
use crate::{
    access::{NotACadetAccount, Own, Refusal},
    answer::{js_number, js_number_or_null},
};

row! {
    struct GradeRow {
        attendance_present: i32,
        merit_points: i32,
        demerit_points: i32,
        lifetime_merit_points: i32,
        prelim_score: f64,
        midterm_score: f64,
        final_score: f64,
        status: String,
        training_days: i64,
    }
}

/// Scores and what follows from them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MyGrades {
    /// Training days attended.
    pub attendance_present: i32,
    /// Merit points.
    pub merit_points: i32,
    /// Demerit points.
    pub demerit_points: i32,
    /// All merit points ever.
    pub lifetime_merit_points: i32,
    /// Preliminary examination, 0 to 100.
    #[serde(serialize_with = "js_number")]
    pub prelim_score: f64,
    /// Midterm examination, 0 to 100.
    #[serde(serialize_with = "js_number")]
    pub midterm_score: f64,
    /// Final examination, 0 to 100.
    #[serde(serialize_with = "js_number")]
    pub final_score: f64,
    /// `active`, `INC`, `DO`, `T` or another word.
    pub status: String,
    /// Training days there were.
    #[serde(rename = "totalTrainingDays")]
    pub total_training_days: i64,
    /// Out of 30.
    #[serde(rename = "attendanceScore", serialize_with = "js_number")]
    pub attendance_score: f64,
    /// Out of 30.
    #[serde(rename = "aptitudeScore", serialize_with = "js_number")]
    pub aptitude_score: f64,
    /// Out of 40.
    #[serde(rename = "subjectScore", serialize_with = "js_number")]
    pub subject_score: f64,
    /// The sum of the three.
    #[serde(rename = "finalGrade", serialize_with = "js_number")]
    pub final_grade: f64,
    /// 1 to 3 or 5; none while the course is not completed.
    #[serde(rename = "transmutedGrade", serialize_with = "js_number_or_null")]
    pub transmuted_grade: Option<f64>,
    /// `Passed`, `Failed`, `Incomplete`, `Dropped` or `Deferred`.
    pub remarks: &'static str,
}

/// Show my grades
///
/// For cadets; others get 403 `Not a cadet account`.
#[utoipa::path(get, path = "/api/cadet/my-grades", tag = "grades",
    responses((status = 200, body = MyGrades)))]
pub async fn show_my_grades(own: Own, State(app): State<App>) -> Result<Json<MyGrades>> {
    let cadet_id = own.cadet_id;
    let mut found = grade_row(&app, cadet_id).await?;
    if found.is_none() {
        let mut change = app.db.change(&own.user.actor()).await?;
        attendance_total::ensure_for_viewing(&mut change, cadet_id).await?;
        change.commit().await?;
        found = grade_row(&app, cadet_id).await?;
    }
    let row = found.ok_or_else(|| forbidden(NotACadetAccount::MESSAGE))?;
    let standing = standing(&row.record());
    Ok(Json(my_grades(row, &standing)))
}

async fn grade_row(app: &App, cadet_id: i32) -> Result<Option<GradeRow>> {
    let find = sql!(
        "SELECT coalesce(attendance_present, 0) AS attendance_present,
                coalesce(merit_points, 0) AS merit_points, coalesce(demerit_points, 0) AS demerit_points,
                coalesce(nullif(lifetime_merit_points, 0), merit_points, 0) AS lifetime_merit_points,
                coalesce(prelim_score, 0) AS prelim_score, coalesce(midterm_score, 0) AS midterm_score,
                coalesce(final_score, 0) AS final_score, coalesce(status, 'active') AS status,
                (SELECT count(*) FROM training_days) AS training_days
         FROM grades WHERE cadet_id = $1"
    );
    app.db.read().await?.one(find, &[&cadet_id]).await
}

impl GradeRow {
    fn record(&self) -> Record<'_> {
        Record {
            training_days: self.training_days,
            attendance_present: self.attendance_present,
            merit: self.merit_points,
            demerit: self.demerit_points,
            prelim: self.prelim_score,
            midterm: self.midterm_score,
            final_: self.final_score,
            status: Some(&self.status),
        }
    }
}

fn my_grades(row: GradeRow, standing: &Standing) -> MyGrades {
    MyGrades {
        attendance_present: row.attendance_present,
        merit_points: row.merit_points,
        demerit_points: row.demerit_points,
        lifetime_merit_points: row.lifetime_merit_points,
        prelim_score: row.prelim_score,
        midterm_score: row.midterm_score,
        final_score: row.final_score,
        status: row.status,
        total_training_days: row.training_days,
        attendance_score: standing.attendance_score,
        aptitude_score: standing.aptitude_score,
        subject_score: standing.subject_score,
        final_grade: standing.final_grade,
        transmuted_grade: standing.transmuted_grade,
        remarks: standing.remarks,
    }
}
