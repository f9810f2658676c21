//! The whole row of a member of the staff, with the account behind it.

use chrono::NaiveDateTime;
use serde::Serialize;
use shared::{
    Result,
    db::{Read, Sql},
    row, sql,
};
use utoipa::ToSchema;

use crate::answer;

row! {
    /// A row of `training_staff`, in the order of the legacy table.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct StaffRecord {
        id: i32,
        rank: Option<String>,
        first_name: String,
        middle_name: Option<String>,
        last_name: String,
        suffix_name: Option<String>,
        email: Option<String>,
        contact_number: Option<String>,
        /// Position.
        role: Option<String>,
        profile_pic: Option<String>,
        afpsn: Option<String>,
        birthdate: Option<String>,
        birthplace: Option<String>,
        age: Option<i32>,
        height: Option<String>,
        weight: Option<String>,
        blood_type: Option<String>,
        address: Option<String>,
        civil_status: Option<String>,
        nationality: Option<String>,
        gender: Option<String>,
        language_spoken: Option<String>,
        combat_boots_size: Option<String>,
        uniform_size: Option<String>,
        bullcap_size: Option<String>,
        facebook_link: Option<String>,
        rotc_unit: Option<String>,
        mobilization_center: Option<String>,
        is_profile_completed: Option<bool>,
        has_seen_guide: Option<bool>,
        #[serde(serialize_with = "answer::iso")]
        #[schema(value_type = Option<String>)]
        created_at: Option<NaiveDateTime>,
        is_archived: Option<bool>,
        qr_code_data: Option<String>,
    }
}

row! {
    /// The account of a member of the staff.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct StaffAccount {
        #[serde(skip)]
        staff_id: i32,
        /// `users.id`.
        id: i32,
        /// The name to sign in with.
        username: String,
        /// The address to sign in with.
        email: Option<String>,
        /// `training_staff`, or `admin`.
        role: String,
        /// Whether they may sign in.
        is_approved: bool,
    }
}

/// A member of the staff with their account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffMember {
    #[serde(flatten)]
    record: StaffRecord,
    /// Name of the account; null without one.
    username: Option<String>,
    /// The account; null without one.
    user: Option<StaffAccount>,
}

impl StaffMember {
    /// The row alone.
    pub(super) fn into_record(self) -> StaffRecord {
        self.record
    }

    /// The row and the account, without the account's name beside the row.
    pub(super) fn unnamed(self) -> ShownStaff {
        ShownStaff { record: self.record, user: self.user }
    }
}

/// A member of the staff with their account, as their own page shows them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShownStaff {
    #[serde(flatten)]
    record: StaffRecord,
    /// The account; null without one.
    user: Option<StaffAccount>,
}

/// Which members are wanted; what is none is not asked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// The one with this id.
    pub id: Option<i32>,
    /// Those in this position.
    pub role: Option<&'a str>,
    /// The archived ones, or the others.
    pub archived: Option<bool>,
}

/// Pictures that old rows hold as data URLs are long: a list gives the address that serves them.
const FIND: Sql = sql!(
    "SELECT id, rank, first_name, middle_name, last_name, suffix_name, email, contact_number, role,
            CASE WHEN $1::int IS NULL AND profile_pic LIKE 'data:%' THEN '/api/images/staff/' || id
                 ELSE profile_pic END AS profile_pic,
            afpsn, birthdate, birthplace, age, height, weight, blood_type, address, civil_status, nationality, gender,
            language_spoken, combat_boots_size, uniform_size, bullcap_size, facebook_link, rotc_unit,
            mobilization_center, is_profile_completed, has_seen_guide, created_at, is_archived, qr_code_data
     FROM training_staff
     WHERE ($1::int IS NULL OR id = $1) AND ($2::text IS NULL OR role = $2)
       AND ($3::boolean IS NULL OR coalesce(is_archived, FALSE) = $3)
     ORDER BY last_name, first_name, id"
);

/// Members of the staff by last and first name. Of several accounts the oldest counts.
pub(super) async fn find(read: &mut Read, wanted: Wanted<'_>) -> Result<Vec<StaffMember>> {
    let records: Vec<StaffRecord> = read.all(FIND, &[&wanted.id, &wanted.role, &wanted.archived]).await?;
    let ids: Vec<i32> = records.iter().map(|record| record.id).collect();
    let accounts = sql!(
        "SELECT DISTINCT ON (staff_id) staff_id, id, username, email, role, coalesce(is_approved = 1, FALSE) AS is_approved
         FROM users WHERE staff_id = ANY($1) ORDER BY staff_id, id"
    );
    let accounts: Vec<StaffAccount> = read.all(accounts, &[&ids]).await?;
    let of = |id: i32| accounts.binary_search_by_key(&id, |account| account.staff_id).ok();
    let members = records.into_iter().map(|record| {
        let user = of(record.id).map(|at| accounts[at].clone());
        StaffMember { username: user.as_ref().map(|user| user.username.clone()), record, user }
    });
    Ok(members.collect())
}
