//! The whole row of a cadet with the name of the account, as the archive page, the profile page and the
//! export of graduates show it.

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;
use shared::row;
use utoipa::ToSchema;

use crate::answer;

row! {
    /// A row of `cadets`, in the order of the legacy table.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct CadetRecord {
        pub(super) id: i32,
        pub(super) rank: Option<String>,
        pub(super) first_name: String,
        pub(super) middle_name: Option<String>,
        pub(super) last_name: String,
        pub(super) suffix_name: Option<String>,
        pub(super) email: Option<String>,
        pub(super) contact_number: Option<String>,
        pub(super) address: Option<String>,
        pub(super) course: Option<String>,
        pub(super) year_level: Option<String>,
        pub(super) school_year: Option<String>,
        pub(super) battalion: Option<String>,
        pub(super) company: Option<String>,
        pub(super) platoon: Option<String>,
        pub(super) cadet_course: Option<String>,
        pub(super) semester: Option<String>,
        pub(super) corp_position: Option<String>,
        pub(super) gender: Option<String>,
        pub(super) status: Option<String>,
        pub(super) student_id: String,
        pub(super) profile_pic: Option<String>,
        pub(super) is_profile_completed: Option<bool>,
        pub(super) is_archived: Option<bool>,
        pub(super) has_seen_guide: Option<bool>,
        #[serde(serialize_with = "answer::iso")]
        pub(super) created_at: Option<NaiveDateTime>,
        pub(super) religion: Option<String>,
        pub(super) birthdate: Option<NaiveDate>,
        /// Name of the account; null without one.
        pub(super) username: Option<String>,
    }
}
