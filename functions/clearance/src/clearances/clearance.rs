//! A request, and what its offices say.

use serde::Serialize;
use shared::{Result, db::Read, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{access::Reach, refusals::unknown, times::Local};

row! {
    /// A request in a list, or what one office says about it.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct ClearanceRow {
        /// Its key; of an office: the key of the approval.
        pub id: Uuid,
        /// Who asks.
        pub student_name: String,
        /// Their number.
        pub registration_number: String,
        /// The state; of an office: what it says.
        pub status: String,
        /// When it was sent.
        pub submission_date: Local,
        /// When it was closed.
        pub completion_date: Option<Local>,
        /// How many of the offices have decided, rounded down.
        pub completion_percentage: i32,
        /// When it was made; of an office: when it was sent.
        pub created_at: Local,
        /// The request, of an office.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub clearance_id: Option<Uuid>,
        /// The office as the page of students calls it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub department: Option<String>,
        /// The code of the office.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub department_code: Option<String>,
    }
}

row! {
    /// A request.
    #[derive(Clone, Debug)]
    pub struct Clearance {
        /// Its key.
        pub id: Uuid,
        /// Who asks.
        pub student: Uuid,
        /// The state.
        pub status: String,
        /// When it was sent.
        pub submission_date: Local,
        /// When it was closed.
        pub completion_date: Option<Local>,
        /// Why it was rejected.
        pub rejection_reason: String,
        /// When it was made.
        pub created_at: Local,
        /// When it was last changed.
        pub updated_at: Local,
        /// Whether it can still be decided.
        pub is_open: bool,
    }
}

row! {
    /// What an office says.
    #[derive(Clone, Debug)]
    pub struct OfficeAnswer {
        /// The approval.
        pub id: Uuid,
        /// The office.
        pub office: Uuid,
        /// Its name.
        pub name: String,
        /// Its code.
        pub code: String,
        /// Its type.
        pub kind: String,
        /// Its place.
        pub approval_order: i32,
        /// `pending`, `approved`, `rejected`.
        pub status: String,
        /// Who has decided.
        pub approved_by: Option<String>,
        /// When.
        pub approval_date: Option<Local>,
        /// Why not.
        pub rejection_reason: String,
        /// What else is to be known.
        pub notes: String,
        /// When the request reached the office.
        pub created_at: Local,
    }
}

/// A request within reach with the answers of its offices in their order; 404 otherwise.
pub async fn find(read: &mut Read, id: Uuid, reach: Reach) -> Result<(Clearance, Vec<OfficeAnswer>)> {
    let find = sql!(
        "SELECT requests.id, student_id AS student, status, submission_date, completion_date, rejection_reason,
                requests.created_at, requests.updated_at, is_open(status) AS is_open
         FROM clearance_requests AS requests JOIN students ON students.id = student_id
         WHERE requests.id = $1 AND requests.deleted_at IS NULL AND ($2::uuid IS NULL OR user_id = $2)
           AND ($3::uuid IS NULL OR EXISTS (SELECT FROM clearance_approvals WHERE clearance_request_id = requests.id
                AND department_id = $3 AND deleted_at IS NULL))"
    );
    let list = sql!(
        "SELECT id, office_id AS office, department_name AS name, department_code AS code, department_type AS kind,
                approval_order, status, approved_by_name AS approved_by, approval_date, rejection_reason, notes, created_at
         FROM approval_rows WHERE clearance_request = $1 ORDER BY approval_order, id"
    );
    let clearance: Option<Clearance> = read.one(find, &[&id, &reach.owner, &reach.office]).await?;
    let clearance = clearance.ok_or_else(unknown)?;
    Ok((clearance, read.all(list, &[&id]).await?))
}

/// How many offices have decided how.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ApprovalSummary {
    /// All of the request.
    pub total: usize,
    /// Those that agreed.
    pub approved: usize,
    /// Those that refused.
    pub rejected: usize,
    /// Those that have not decided.
    pub pending: usize,
}

impl ApprovalSummary {
    /// Of these answers.
    pub fn of(answers: &[OfficeAnswer]) -> Self {
        let count = |status: &str| answers.iter().filter(|answer| answer.status == status).count();
        let (approved, rejected, pending) = (count("approved"), count("rejected"), count("pending"));
        Self { total: answers.len(), approved, rejected, pending }
    }

    /// How many have decided, rounded down.
    pub fn percentage(self) -> usize {
        ((self.approved + self.rejected) * 100).checked_div(self.total).unwrap_or(0)
    }
}

/// Why a request is not completed: the offices it waits for, or the reason of the one that refused.
pub fn blocking_reason(clearance: &Clearance, answers: &[OfficeAnswer]) -> Option<String> {
    if clearance.status == "rejected" {
        return Some(clearance.rejection_reason.clone()).filter(|reason| !reason.is_empty());
    }
    let waiting = answers.iter().filter(|answer| answer.status == "pending");
    let waiting: Vec<&str> = waiting.map(|answer| answer.name.as_str()).collect();
    (clearance.is_open && !waiting.is_empty()).then(|| format!("Waiting for {}.", waiting.join(", ")))
}
