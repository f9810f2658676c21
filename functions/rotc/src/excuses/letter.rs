//! An excuse letter as it is answered.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use shared::{Result, error::not_found, row, sql};
use utoipa::ToSchema;

use crate::answer::iso;

row! {
    /// A letter on the cadet's own page.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct OwnExcuse {
        /// The letter's id.
        pub id: i32,
        /// Whose it is.
        pub cadet_id: Option<i32>,
        /// `YYYY-MM-DD`
        pub date_absent: Option<NaiveDate>,
        /// Why, in the words of the cadet.
        pub reason: Option<String>,
        /// Where the file is.
        pub file_url: Option<String>,
        /// `pending`, `approved` or `rejected`.
        pub status: Option<String>,
        /// When it was submitted.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub created_at: Option<NaiveDateTime>,
    }
}

row! {
    /// A letter on the pages of the staff.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Excuse {
        /// The letter's id.
        pub id: i32,
        /// Whose it is.
        pub cadet_id: Option<i32>,
        /// `YYYY-MM-DD`
        pub date_absent: Option<NaiveDate>,
        /// Why, in the words of the cadet.
        pub reason: Option<String>,
        /// Where the file is.
        pub file_url: Option<String>,
        /// `pending`, `approved` or `rejected`.
        pub status: Option<String>,
        /// When it was submitted.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub created_at: Option<NaiveDateTime>,
        /// The cadet's first name.
        pub first_name: Option<String>,
        /// The cadet's last name.
        pub last_name: Option<String>,
    }
}

row! {
    /// A letter of the resource API.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct ExcuseLetter {
        /// The letter's id.
        pub id: i32,
        /// Whose it is.
        pub cadet: Option<i32>,
        /// First and last name.
        pub cadet_name: String,
        /// The school's number.
        pub student_id: Option<String>,
        /// The training day that was missed; none until there is one on that date.
        pub training_day: Option<i32>,
        /// `YYYY-MM-DD`
        pub date_absent: Option<NaiveDate>,
        /// Why.
        pub reason: Option<String>,
        /// Where the file is.
        pub file_url: Option<String>,
        /// What the file says, once its text is recognised.
        pub ocr_text: Option<String>,
        /// How sure the recognition is, 0 to 100.
        pub ocr_confidence: Option<f64>,
        /// When it was recognised.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub ocr_processed_at: Option<NaiveDateTime>,
        /// `pending`, `approved` or `rejected`.
        pub status: String,
        /// When it was submitted.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub created_at: Option<NaiveDateTime>,
    }
}

/// What the staff says to a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LetterStatus {
    /// Nothing yet.
    Pending,
    /// The absence is excused.
    Approved,
    /// It is not.
    Rejected,
}

impl LetterStatus {
    /// The text of `excuse_letters.status`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The status a text names, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let named = |status: &Self| status.as_str().eq_ignore_ascii_case(text.trim());
        [Self::Pending, Self::Approved, Self::Rejected].into_iter().find(named)
    }
}

/// The letter with this id.
pub async fn find(app: &shared::App, id: i32) -> Result<ExcuseLetter> {
    let find = sql!(
        "SELECT letters.id, letters.cadet_id AS cadet,
                concat_ws(' ', cadets.first_name, cadets.last_name) AS cadet_name, cadets.student_id,
                letters.training_day_id AS training_day, letters.date_absent, letters.reason, letters.file_url,
                texts.text AS ocr_text, texts.confidence AS ocr_confidence,
                texts.processed_at AT TIME ZONE 'UTC' AS ocr_processed_at,
                coalesce(letters.status, 'pending') AS status, letters.created_at
         FROM excuse_letters AS letters LEFT JOIN cadets ON cadets.id = letters.cadet_id
              LEFT JOIN muster.letter_texts AS texts ON texts.letter_id = letters.id
         WHERE letters.id = $1"
    );
    app.db.read().await?.one(find, &[&id]).await?.ok_or_else(|| not_found("Excuse letter not found"))
}
