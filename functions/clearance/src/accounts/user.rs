//! An account as clients see it.

use serde::Serialize;
use shared::{Result, db::Change, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{access::ROLES, refusals::unknown, times::Local};

row! {
    /// An account.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct User {
        /// Its key.
        pub id: Uuid,
        /// The address they sign in with.
        pub email: String,
        /// The number of a student.
        pub admission_number: Option<String>,
        /// The name.
        pub full_name: String,
        /// What they are: `admin`, `student`, `department_staff`, ...
        pub role: String,
        /// The role as people call it.
        pub role_display: String,
        /// The office they belong to.
        pub department: Option<Uuid>,
        /// Absent without an office.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub department_name: Option<String>,
        /// Absent without an office.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub department_code: Option<String>,
        /// Whether they may sign in.
        pub is_active: bool,
        /// When it was made.
        pub created_at: Local,
        /// When it was last changed.
        pub updated_at: Local,
    }
}

impl User {
    /// The account with this id, inside a transaction; 404 without one.
    pub async fn find(change: &mut Change, id: Uuid) -> Result<Self> {
        change.one(ONE, &[&id]).await?.map(Self::titled).ok_or_else(unknown)
    }

    /// The database knows roles by their names; titles are ours.
    pub fn titled(self) -> Self {
        let title = ROLES.iter().find(|(name, ..)| *name == self.role).map(|(.., title)| *title);
        Self { role_display: title.unwrap_or_default().to_owned(), ..self }
    }
}

/// Selects the account `$1`.
pub const ONE: shared::db::Sql = sql!(
    "SELECT users.id, users.email, users.admission_number, users.full_name, users.role, users.role AS role_display,
            users.department_id AS department, departments.name AS department_name,
            departments.code AS department_code, users.is_active, users.created_at, users.updated_at
     FROM users LEFT JOIN departments ON departments.id = users.department_id WHERE users.id = $1"
);
