//! A cadet as the lists and the resource API show it: the person, the account's name, and how they stand.

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;
use shared::row;
use utoipa::ToSchema;

use crate::{
    answer,
    grades::formula::{Record, Standing, standing},
};

row! {
    /// A row of a cadet list. The query names its columns in this order.
    ///
    /// Legacy: the grade columns are null for a cadet without a grades row.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct CadetRow {
        id: i32,
        rank: Option<String>,
        first_name: String,
        middle_name: Option<String>,
        last_name: String,
        suffix_name: Option<String>,
        /// Unique. Legacy: may hold a user name or a mail address.
        student_id: String,
        email: Option<String>,
        contact_number: Option<String>,
        address: Option<String>,
        /// Academic course (`BSIT`).
        course: Option<String>,
        year_level: Option<String>,
        school_year: Option<String>,
        battalion: Option<String>,
        company: Option<String>,
        platoon: Option<String>,
        /// Military science course (`MS1`).
        cadet_course: Option<String>,
        semester: Option<String>,
        corp_position: Option<String>,
        /// `Ongoing`, `Verified`, `Completed`, `Incomplete`, `Failed`, `Drop` or any other text.
        status: Option<String>,
        /// Null counts as false.
        is_profile_completed: Option<bool>,
        /// Null counts as false.
        is_archived: Option<bool>,
        /// Name of the account; null without one.
        username: Option<String>,
        gender: Option<String>,
        religion: Option<String>,
        birthdate: Option<NaiveDate>,
        /// Address of the picture.
        profile_pic: Option<String>,
        #[serde(skip)]
        created_at: Option<NaiveDateTime>,
        #[serde(skip)]
        grade_id: Option<i32>,
        /// Training days present, late or excused.
        attendance_present: Option<i32>,
        merit_points: Option<i32>,
        demerit_points: Option<i32>,
        #[serde(serialize_with = "answer::js_number_or_null")]
        prelim_score: Option<f64>,
        #[serde(serialize_with = "answer::js_number_or_null")]
        midterm_score: Option<f64>,
        #[serde(serialize_with = "answer::js_number_or_null")]
        final_score: Option<f64>,
        /// `active`, or `INC`, `DO`, `T` in the place of a grade.
        grade_status: Option<String>,
        lifetime_merit_points: Option<i32>,
        /// All training days there ever were.
        #[serde(rename = "totalTrainingDays")]
        training_days: i64,
        #[serde(skip)]
        total: i64,
    }
}

/// A cadet in the lists of the client API.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedCadet {
    #[serde(flatten)]
    row: CadetRow,
    #[serde(flatten)]
    standing: Standing,
}

/// A cadet of the resource API: all that the client API lists, and the grades once more as an object.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Cadet {
    #[serde(flatten)]
    listed: ListedCadet,
    /// When the cadet was enrolled here (UTC).
    #[serde(serialize_with = "answer::iso")]
    created_at: Option<NaiveDateTime>,
    /// Null when there is no grades row yet.
    grades: Option<CadetGrades>,
}

/// The grades row of a cadet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CadetGrades {
    id: i32,
    /// The cadet's id.
    cadet: i32,
    attendance_present: Option<i32>,
    merit_points: Option<i32>,
    demerit_points: Option<i32>,
    #[serde(serialize_with = "answer::js_number_or_null")]
    prelim_score: Option<f64>,
    #[serde(serialize_with = "answer::js_number_or_null")]
    midterm_score: Option<f64>,
    #[serde(serialize_with = "answer::js_number_or_null")]
    final_score: Option<f64>,
}

impl CadetRow {
    /// Rows on all pages of the list this row is from.
    pub(super) fn total(&self) -> i64 {
        self.total
    }

    fn grades(&self) -> Option<CadetGrades> {
        Some(CadetGrades {
            id: self.grade_id?,
            cadet: self.id,
            attendance_present: self.attendance_present,
            merit_points: self.merit_points,
            demerit_points: self.demerit_points,
            prelim_score: self.prelim_score,
            midterm_score: self.midterm_score,
            final_score: self.final_score,
        })
    }
}

impl From<CadetRow> for ListedCadet {
    fn from(row: CadetRow) -> Self {
        let standing = standing(&Record {
            training_days: row.training_days,
            attendance_present: row.attendance_present.unwrap_or(0),
            merit: row.merit_points.unwrap_or(0),
            demerit: row.demerit_points.unwrap_or(0),
            prelim: row.prelim_score.unwrap_or(0.0),
            midterm: row.midterm_score.unwrap_or(0.0),
            final_: row.final_score.unwrap_or(0.0),
            status: row.grade_status.as_deref(),
        });
        Self { standing, row }
    }
}

impl From<CadetRow> for Cadet {
    fn from(row: CadetRow) -> Self {
        Self { created_at: row.created_at, grades: row.grades(), listed: row.into() }
    }
}
