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
    answer::js_number,
};

row! {
    /// What is recorded of a cadet.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct GradeRow {
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
        pub training_days: i64,
    }
}

/// What is recorded, and what follows from it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MyGrades {
    /// The scores.
    #[serde(flatten)]
    pub row: GradeRow,
    /// The grade.
    #[serde(flatten)]
    pub standing: Standing,
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
    Ok(Json(MyGrades { standing: standing(&row.record()), row }))
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
