//! An approval in lists.

use serde::Serialize;
use shared::{Result, row};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    media::{EVIDENCE, Links},
    times::Local,
};

row! {
    /// An approval in a list.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct ApprovalRow {
        /// Its key.
        pub id: Uuid,
        /// The request.
        pub clearance_request: Uuid,
        /// Who asks for clearance.
        pub student_name: String,
        /// Their number.
        pub registration_number: String,
        /// The name of the office.
        pub department_name: String,
        /// `pending`, `approved`, `rejected`.
        pub status: String,
        /// Who has decided.
        pub approved_by_name: Option<String>,
        /// When.
        pub approval_date: Option<Local>,
        /// The link to what the office keeps of it.
        pub evidence_file: Option<String>,
        /// When the request reached the office.
        pub created_at: Local,
        /// The name of the office, once more.
        pub department: String,
        /// The code of the office.
        pub department_code: String,
        /// The address of the student.
        pub student_email: String,
        /// When the request was sent.
        pub submitted_date: Local,
        /// The state of the request.
        pub clearance_status: String,
    }
}

/// The rows with links that can be followed.
pub fn linked(rows: Vec<ApprovalRow>, links: &Links) -> Result<Vec<ApprovalRow>> {
    let link = |row: ApprovalRow| {
        let evidence_file = links.to(&EVIDENCE, row.evidence_file.as_deref())?;
        Ok(ApprovalRow { evidence_file, ..row })
    };
    rows.into_iter().map(link).collect()
}
