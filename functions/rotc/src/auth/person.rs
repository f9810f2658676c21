//! A user with everything that belongs to them, as sign-in and profile answer it.

use chrono::NaiveDateTime;
use serde::Serialize;
use shared::{Result, db::Read, error::internal, row, sql};
use utoipa::ToSchema;

use crate::{answer::iso, settings::Settings};

row! {
    struct UserRow {
        id: i32,
        username: String,
        email: Option<String>,
        role: String,
        is_approved: bool,
        cadet_id: Option<i32>,
        staff_id: Option<i32>,
        profile_pic: Option<String>,
        created_at: Option<NaiveDateTime>,
    }
}

/// A user as clients see themselves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Person {
    /// `users.id`.
    pub id: i32,
    /// The user name.
    pub username: String,
    /// The mail address.
    pub email: Option<String>,
    /// `admin`, `training_staff` or `cadet`.
    pub role: String,
    /// Approved by an admin.
    pub is_approved: bool,
    /// The cadet, if one is linked.
    pub cadet_id: Option<i32>,
    /// The staff member, if one is linked.
    pub staff_id: Option<i32>,
    /// Where the photo is.
    pub profile_pic: Option<String>,
    /// When the user was made.
    #[serde(serialize_with = "iso")]
    pub created_at: Option<NaiveDateTime>,
    /// Preferences; the defaults before the first change.
    pub settings: Settings,
    /// The cadet behind the user.
    pub cadet: Option<CadetSummary>,
    /// The staff member behind the user.
    pub staff: Option<StaffSummary>,
}

row! {
    /// A cadet in a few words.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct CadetSummary {
        /// `cadets.id`.
        pub id: i32,
        /// The school's number.
        pub student_id: String,
        /// Given name.
        pub first_name: String,
        /// Family name.
        pub last_name: String,
        /// Middle name or initial.
        pub middle_name: Option<String>,
        /// `Jr.`, `III`.
        pub suffix_name: Option<String>,
        /// Company.
        pub company: Option<String>,
        /// Platoon.
        pub platoon: Option<String>,
        /// Degree programme.
        pub course: Option<String>,
        /// Year, as text.
        pub year_level: Option<String>,
        /// `Ongoing`, `Verified` ...
        pub status: Option<String>,
        /// Where the photo is.
        pub profile_pic: Option<String>,
        /// Whether the profile is complete, and so locked.
        pub is_profile_completed: bool,
    }
}

row! {
    /// A staff member in a few words.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct StaffSummary {
        /// `training_staff.id`.
        pub id: i32,
        /// Given name.
        pub first_name: String,
        /// Family name.
        pub last_name: String,
        /// Middle name or initial.
        pub middle_name: Option<String>,
        /// `Jr.`, `III`.
        pub suffix_name: Option<String>,
        /// Military rank.
        pub rank: Option<String>,
        /// The mail address.
        pub email: Option<String>,
        /// Position, such as `Instructor`.
        pub role: Option<String>,
        /// Where the photo is.
        pub profile_pic: Option<String>,
        /// Whether the profile is complete.
        pub is_profile_completed: bool,
    }
}

/// Reads one user with settings and the person behind it.
pub async fn load(read: &mut Read, user_id: i32) -> Result<Person> {
    let find = sql!(
        "SELECT id, username, email, role, coalesce(is_approved = 1, false) AS is_approved, cadet_id, staff_id,
                profile_pic, created_at
         FROM users WHERE id = $1"
    );
    let user: UserRow =
        read.one(find, &[&user_id]).await?.ok_or_else(|| internal("a signed-in user vanished"))?;
    Ok(Person {
        settings: Settings::load(read, user.id).await?.unwrap_or_default(),
        cadet: cadet(read, user.cadet_id).await?,
        staff: staff(read, user.staff_id).await?,
        id: user.id,
        username: user.username,
        email: user.email,
        role: user.role,
        is_approved: user.is_approved,
        cadet_id: user.cadet_id,
        staff_id: user.staff_id,
        profile_pic: user.profile_pic,
        created_at: user.created_at,
    })
}

async fn cadet(read: &mut Read, id: Option<i32>) -> Result<Option<CadetSummary>> {
    let Some(id) = id else { return Ok(None) };
    let find = sql!(
        "SELECT id, student_id, first_name, last_name, middle_name, suffix_name, company, platoon, course, year_level,
                status, profile_pic, coalesce(is_profile_completed, false) AS is_profile_completed
         FROM cadets WHERE id = $1"
    );
    read.one(find, &[&id]).await
}

async fn staff(read: &mut Read, id: Option<i32>) -> Result<Option<StaffSummary>> {
    let Some(id) = id else { return Ok(None) };
    let find = sql!(
        "SELECT id, first_name, last_name, middle_name, suffix_name, rank, email, role, profile_pic,
                coalesce(is_profile_completed, false) AS is_profile_completed
         FROM training_staff WHERE id = $1"
    );
    read.one(find, &[&id]).await
}
