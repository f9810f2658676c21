//! A request as whoever has written it sees it.

use serde::Serialize;
use shared::{App, Result, http::Money, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use super::clearance::{ApprovalSummary, find};
use crate::{
    access::Reach,
    certificates::{self, ShownCertificate},
    media::Links,
    students::{self, Student},
    times::Local,
};

/// A request that was made or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenClearance {
    id: Uuid,
    student: Student,
    student_id: Uuid,
    status: String,
    submission_date: Local,
    completion_date: Option<Local>,
    rejection_reason: String,
    completion_percentage: usize,
    approval_summary: ApprovalSummary,
    payment_status: PaymentStatus,
    certificate: Option<ShownCertificate>,
    created_at: Local,
    updated_at: Local,
}

/// Whether the fee is paid.
#[derive(Debug, Default, Serialize, ToSchema)]
struct PaymentStatus {
    has_paid: bool,
    /// `0` without a payment.
    amount: String,
    payment_method: Option<String>,
    verified: bool,
}

row! {
    struct Paid {
        amount: Money,
        payment_method: String,
        is_verified: bool,
    }
}

/// The request as it is now.
pub async fn written(app: &App, links: &Links, id: Uuid) -> Result<WrittenClearance> {
    let paid = sql!(
        "SELECT amount, payment_method, is_verified FROM payments WHERE student_id = $1 AND deleted_at IS NULL"
    );
    let mut read = app.db.read().await?;
    let (clearance, answers) = find(&mut read, id, Reach::default()).await?;
    let paid: Option<Paid> = read.one(paid, &[&clearance.student]).await?;
    let certificate = certificates::shown(&mut read, links, id).await?;
    drop(read);
    let student = students::shown(app, clearance.student, Reach::default()).await?;
    let approval_summary = ApprovalSummary::of(&answers);
    Ok(WrittenClearance {
        id,
        student,
        student_id: clearance.student,
        status: clearance.status,
        submission_date: clearance.submission_date,
        completion_date: clearance.completion_date,
        rejection_reason: clearance.rejection_reason,
        completion_percentage: approval_summary.percentage(),
        approval_summary,
        payment_status: payment_status(paid),
        certificate,
        created_at: clearance.created_at,
        updated_at: clearance.updated_at,
    })
}

fn payment_status(paid: Option<Paid>) -> PaymentStatus {
    let none = PaymentStatus { amount: "0".to_owned(), ..PaymentStatus::default() };
    paid.map_or(none, |Paid { amount, payment_method, is_verified }| PaymentStatus {
        has_paid: true,
        amount: amount.to_string(),
        payment_method: Some(payment_method),
        verified: is_verified,
    })
}
