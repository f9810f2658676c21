//! The grading page of the clients: one cadet's grades at a time.

use axum::extract::State;
use serde::Deserialize;
use shared::{
    App, Result,
    error::{invalid, not_found},
    http::{Json, Path, lenient::Loose},
};
use utoipa::ToSchema;
use validator::Validate;

use super::regrade::{Regrade, regrade};
use crate::{
    access::Admin,
    answer::{Message, message},
};

/// What the grading page sends. The three scores are required; of the rest, what is missing stays.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase")]
pub struct GradeSheet {
    /// Days attended; more than are recorded marks the newest training day as present.
    #[serde(default)]
    #[schema(value_type = Option<i32>)]
    pub attendance_present: Loose,
    /// All merit points; the difference goes into the ledger.
    #[serde(default)]
    #[schema(value_type = Option<i32>)]
    pub merit_points: Loose,
    /// All demerit points; the difference goes into the ledger.
    #[serde(default)]
    #[schema(value_type = Option<i32>)]
    pub demerit_points: Loose,
    /// Preliminary examination; brought into 0 to 100.
    #[serde(default)]
    #[schema(value_type = f64)]
    pub prelim_score: Loose,
    /// Midterm examination; brought into 0 to 100.
    #[serde(default)]
    #[schema(value_type = f64)]
    pub midterm_score: Loose,
    /// Final examination; brought into 0 to 100.
    #[serde(default)]
    #[schema(value_type = f64)]
    pub final_score: Loose,
    /// `active`, `INC`, `DO` or `T`; an empty text is `active`.
    #[validate(length(max = 100, message = "Status is too long"))]
    pub status: Option<String>,
}

impl GradeSheet {
    fn regrade(self) -> Result<Regrade> {
        Ok(Regrade {
            prelim_score: Some(score(&self.prelim_score)?),
            midterm_score: Some(score(&self.midterm_score)?),
            final_score: Some(score(&self.final_score)?),
            merit_points: total(&self.merit_points)?,
            demerit_points: total(&self.demerit_points)?,
            attendance_present: self.attendance_present.whole(),
            // Legacy: an empty status means that nothing special is the matter.
            status: self.status.map(|status| if status.is_empty() { "active".to_owned() } else { status }),
        })
    }
}

/// A score within 0 to 100. Fractions count; the legacy server could not store them.
fn score(sent: &Loose) -> Result<f64> {
    let wrong = || invalid("invalid_scores", "Each of the three scores must be a number from 0 to 100");
    let number = sent.number().ok_or_else(wrong)?;
    Ok(number.clamp(0.0, 100.0))
}

/// A total of points, `Some(None)` for `null`; none to keep what is there.
fn total(sent: &Loose) -> Result<Option<Option<i32>>> {
    match sent {
        Loose::Missing => Ok(None),
        Loose::Null => Ok(Some(None)),
        _ => {
            let whole = sent
                .whole()
                .ok_or_else(|| invalid("invalid_points", "Merit and demerit points must be whole numbers"))?;
            Ok(Some(Some(whole)))
        }
    }
}

/// Change a cadet's grades
///
/// Merit and demerit totals that change are balanced in the ledger. The cadet gets a notification and a mail.
#[utoipa::path(put, path = "/api/admin/grades/{cadet_id}", tag = "grades",
    params(("cadet_id" = i32, Path)), request_body = GradeSheet, responses((status = 200, body = Message)))]
pub async fn change_grades(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(cadet_id): Path<i32>,
    Json(sheet): Json<GradeSheet>,
) -> Result<Json<Message>> {
    let new = sheet.regrade()?;
    let mut change = app.db.change(&admin.actor()).await?;
    if !regrade(&mut change, &app, &admin, cadet_id, &new).await? {
        return Err(not_found("Cadet not found"));
    }
    change.commit().await?;
    Ok(message("Grades updated"))
}
