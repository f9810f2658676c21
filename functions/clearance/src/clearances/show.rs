//! One request with everything that is known of it.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    http::{Json, Money, Path},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::clearance::{ApprovalSummary, OfficeAnswer, blocking_reason, find};
use crate::{
    access::{Person, Reach},
    certificates::{self, ShownCertificate},
    media::Links,
    students::{self, Student},
    times::{Brief, Local},
};

/// A request.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearanceDetail {
    id: Uuid,
    student: Student,
    status: String,
    submission_date: Local,
    completion_date: Option<Local>,
    rejection_reason: String,
    /// In the order of the offices.
    approvals: Vec<OfficeDetail>,
    completion_percentage: usize,
    payment_info: Option<PaymentInfo>,
    /// The first office that has not decided.
    current_department: Option<CurrentOffice>,
    /// Why it is not completed.
    blocking_reason: Option<String>,
    certificate: Option<ShownCertificate>,
    created_at: Local,
    updated_at: Local,
}

/// What an office says.
#[derive(Debug, Serialize, ToSchema)]
struct OfficeDetail {
    id: Uuid,
    department: String,
    department_code: String,
    department_type: String,
    approval_order: i32,
    status: String,
    approved_by: Option<String>,
    approval_date: Option<Local>,
    rejection_reason: String,
    notes: String,
    created_at: Local,
}

/// An office that has not decided.
#[derive(Debug, Serialize, ToSchema)]
struct CurrentOffice {
    id: Uuid,
    name: String,
    code: String,
    approval_order: i32,
}

row! {
    /// What was paid.
    #[derive(Debug, Serialize, ToSchema)]
    struct PaymentInfo {
        id: Uuid,
        amount: Money,
        payment_method: String,
        transaction_id: String,
        payment_date: Option<Brief>,
        is_verified: bool,
        verified_by: Option<String>,
        verification_date: Option<Brief>,
    }
}

impl From<OfficeAnswer> for OfficeDetail {
    fn from(answer: OfficeAnswer) -> Self {
        Self {
            id: answer.id,
            department: answer.name,
            department_code: answer.code,
            department_type: answer.kind,
            approval_order: answer.approval_order,
            status: answer.status,
            approved_by: answer.approved_by,
            approval_date: answer.approval_date,
            rejection_reason: answer.rejection_reason,
            notes: answer.notes,
            created_at: answer.created_at,
        }
    }
}

/// Show a clearance request
#[utoipa::path(get, path = "/api/clearances/{id}", tag = "clearances", params(("id" = Uuid, Path)),
    responses((status = 200, body = ClearanceDetail)))]
pub async fn show_clearance(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
) -> Result<Json<ClearanceDetail>> {
    let paid = sql!(
        "SELECT payments.id, amount, payment_method, transaction_id, payment_date, is_verified,
                users.full_name AS verified_by, verification_date
         FROM payments LEFT JOIN users ON users.id = verified_by_id WHERE student_id = $1 AND deleted_at IS NULL"
    );
    let mut read = app.db.read().await?;
    let (clearance, answers) = find(&mut read, id, person.reach_of_requests()).await?;
    let payment_info = read.one(paid, &[&clearance.student]).await?;
    let certificate = certificates::shown(&mut read, &links, id).await?;
    drop(read);
    let student = students::shown(&app, clearance.student, Reach::default()).await?;
    let waits = answers.iter().find(|answer| answer.status == "pending" && clearance.status != "completed");
    let current_department = waits.map(|answer| CurrentOffice {
        id: answer.office,
        name: answer.name.clone(),
        code: answer.code.clone(),
        approval_order: answer.approval_order,
    });
    Ok(Json(ClearanceDetail {
        id,
        student,
        completion_percentage: ApprovalSummary::of(&answers).percentage(),
        payment_info,
        current_department,
        blocking_reason: blocking_reason(&clearance, &answers),
        certificate,
        approvals: answers.into_iter().map(OfficeDetail::from).collect(),
        status: clearance.status,
        submission_date: clearance.submission_date,
        completion_date: clearance.completion_date,
        rejection_reason: clearance.rejection_reason,
        created_at: clearance.created_at,
        updated_at: clearance.updated_at,
    }))
}
