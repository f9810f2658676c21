//! How a cadet stands: scores out of a grades row, the way every list, report and import computes them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::answer;

/// What a standing is computed from: one row of `grades` and the number of training days.
///
/// A cadet without a grades row stands as `Record::default()` with the training days filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Record<'a> {
    /// All training days there ever were, whatever the school year.
    pub training_days: i64,
    /// Training days the cadet was present, late or excused.
    pub attendance_present: i32,
    /// Merit points.
    pub merit: i32,
    /// Demerit points.
    pub demerit: i32,
    /// Preliminary examination, 0 to 100.
    pub prelim: f64,
    /// Midterm examination, 0 to 100.
    pub midterm: f64,
    /// Final examination, 0 to 100.
    pub final_: f64,
    /// `grades.status`: `INC`, `DO` and `T` (any case) take the place of a number; all else is ignored.
    pub status: Option<&'a str>,
}

/// Where a cadet stands, as every answer shows it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Out of 30; more when a cadet has more attendances than there are training days.
    #[serde(serialize_with = "answer::js_number")]
    pub attendance_score: f64,
    /// Out of 30.
    #[serde(serialize_with = "answer::js_number")]
    pub aptitude_score: f64,
    /// Out of 40.
    #[serde(serialize_with = "answer::js_number")]
    pub subject_score: f64,
    /// The sum of the three, not rounded.
    #[serde(serialize_with = "answer::js_number")]
    pub final_grade: f64,
    /// 1 (best) to 3 (passed) or 5 (failed); none while the course is not completed.
    #[serde(serialize_with = "answer::js_number_or_null")]
    pub transmuted_grade: Option<f64>,
    /// `Passed`, `Failed`, or why there is no grade.
    pub remarks: &'static str,
}

impl Standing {
    /// Whether the course is completed and not failed.
    pub fn has_passed(&self) -> bool {
        self.transmuted_grade.is_some_and(|grade| grade < FAILURE)
    }
}

/// The least final grade of each transmuted grade, best first; below the last one is [`FAILURE`].
const THRESHOLDS: &[(f64, f64)] = &[(95.0, 1.0), (90.0, 1.5), (85.0, 2.0), (80.0, 2.5), (75.0, 3.0)];

/// The transmuted grade of those who failed.
const FAILURE: f64 = 5.0;

/// Statuses that take the place of a grade, with their remarks.
const UNGRADED: &[(&str, &str)] = &[("INC", "Incomplete"), ("DO", "Dropped"), ("T", "Deferred")];

/// Computes a standing in IEEE doubles, in the order of operations the clients' figures come from: a
/// different order gives different last digits.
pub fn standing(record: &Record<'_>) -> Standing {
    let attendance_score = if record.training_days > 0 {
        (f64::from(record.attendance_present) / record.training_days as f64) * 30.0
    } else {
        0.0
    };
    let raw_aptitude = (100.0 + f64::from(record.merit) - f64::from(record.demerit)).clamp(0.0, 100.0);
    let aptitude_score = raw_aptitude * 0.3;
    let subject_score = ((record.prelim + record.midterm + record.final_) / 300.0) * 40.0;
    let final_grade = attendance_score + aptitude_score + subject_score;
    let (transmuted_grade, remarks) = transmute(final_grade, record.status);
    Standing { attendance_score, aptitude_score, subject_score, final_grade, transmuted_grade, remarks }
}

/// The transmuted grade and its remarks.
fn transmute(final_grade: f64, status: Option<&str>) -> (Option<f64>, &'static str) {
    let status = status.unwrap_or_default();
    if let Some((_, remarks)) = UNGRADED.iter().find(|(name, _)| status.eq_ignore_ascii_case(name)) {
        return (None, remarks);
    }
    // What is printed decides: 74.99999999999999 is printed as 75.00, and that has passed.
    let printed = (final_grade * 100.0).round() / 100.0;
    match THRESHOLDS.iter().find(|(least, _)| printed >= *least) {
        Some((_, grade)) => (Some(*grade), "Passed"),
        None => (Some(FAILURE), "Failed"),
    }
}
