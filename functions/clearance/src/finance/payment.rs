//! A payment as clients see it.

use serde::Serialize;
use shared::{App, Result, db::Read, http::Money, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Receipt, receipt, student::Payer};
use crate::{
    media::{FEE_STATEMENT, Links, RECEIPT},
    refusals::unknown,
    times::Local,
};

row! {
    /// A payment in a list.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct PaymentRow {
        id: Uuid,
        student_name: String,
        registration_number: String,
        /// What is claimed, or what was received.
        amount: Money,
        /// `mpesa`, `bank`, `cash`.
        payment_method: String,
        transaction_id: String,
        payment_date: Option<Local>,
        /// Whether nothing is due any more.
        is_verified: bool,
        /// Null where M-PESA said so.
        verified_by_name: Option<String>,
        verification_date: Option<Local>,
        /// A link that holds for 15 minutes.
        fee_statement: Option<String>,
        /// The fee when the payment was entered.
        graduation_fee_amount: Money,
        created_at: Local,
        /// `claimed`, `partial`, `paid`.
        state: String,
        amount_received: Money,
        amount_due: Money,
        /// What is to be refunded.
        overpaid_amount: Money,
    }
}

impl PaymentRow {
    /// Columns hold addresses of files, clients get links.
    pub(super) fn linked(self, links: &Links) -> Result<Self> {
        let fee_statement = links.to(&FEE_STATEMENT, self.fee_statement.as_deref())?;
        Ok(Self { fee_statement, ..self })
    }
}

row! {
    struct Stored {
        student_id: Uuid,
        amount: Money,
        payment_method: String,
        transaction_id: String,
        phone_number: String,
        payment_date: Option<Local>,
        is_verified: bool,
        verified_by: Option<Uuid>,
        verified_by_name: Option<String>,
        verification_date: Option<Local>,
        notes: String,
        receipt: Option<String>,
        fee_statement: Option<String>,
        graduation_fee_amount: Money,
        created_at: Local,
        updated_at: Local,
        state: String,
        amount_received: Money,
        amount_due: Money,
        overpaid_amount: Money,
    }
}

/// A payment with its student and its receipts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Payment {
    id: Uuid,
    student: Payer,
    /// What is claimed, or what was received.
    amount: Money,
    /// `mpesa`, `bank`, `cash`.
    payment_method: String,
    transaction_id: String,
    phone_number: String,
    payment_date: Option<Local>,
    /// Whether nothing is due any more.
    is_verified: bool,
    /// Null where M-PESA said so.
    verified_by: Option<Uuid>,
    verified_by_name: Option<String>,
    verification_date: Option<Local>,
    notes: String,
    /// A link that holds for 15 minutes.
    receipt: Option<String>,
    /// A link that holds for 15 minutes.
    fee_statement: Option<String>,
    /// The fee when the payment was entered.
    graduation_fee_amount: Money,
    created_at: Local,
    updated_at: Local,
    /// `claimed`, `partial`, `paid`.
    state: String,
    amount_received: Money,
    amount_due: Money,
    /// What is to be refunded.
    overpaid_amount: Money,
    receipts: Vec<Receipt>,
}

impl Payment {
    /// One by its id; with `student` only if it is theirs. 404 without one.
    pub async fn find(app: &App, links: &Links, id: Uuid, student: Option<Uuid>) -> Result<Self> {
        Self::read(&mut app.db.read().await?, links, id, student).await
    }

    async fn read(read: &mut Read, links: &Links, id: Uuid, student: Option<Uuid>) -> Result<Self> {
        let find = sql!(
            "SELECT payments.student_id,
                    CASE WHEN sums.state = 'claimed' THEN payments.amount ELSE sums.received END AS amount,
                    payment_method, transaction_id, phone_number, payment_date, is_verified,
                    verified_by_id AS verified_by, verifiers.full_name AS verified_by_name, verification_date, notes,
                    receipt, fee_statement, graduation_fee_amount, payments.created_at, payments.updated_at, sums.state,
                    sums.received AS amount_received, sums.due AS amount_due, sums.overpaid AS overpaid_amount
             FROM payments CROSS JOIN LATERAL payment_sums(student_id) AS sums
             LEFT JOIN users AS verifiers ON verifiers.id = verified_by_id
             WHERE payments.id = $1 AND payments.deleted_at IS NULL AND ($2::uuid IS NULL OR student_id = $2)"
        );
        let stored: Stored = read.one(find, &[&id, &student]).await?.ok_or_else(unknown)?;
        let receipts = receipt::of_student(read, stored.student_id).await?;
        Ok(Self {
            id,
            student: Payer::find(read, stored.student_id).await?,
            amount: stored.amount,
            payment_method: stored.payment_method,
            transaction_id: stored.transaction_id,
            phone_number: stored.phone_number,
            payment_date: stored.payment_date,
            is_verified: stored.is_verified,
            verified_by: stored.verified_by,
            verified_by_name: stored.verified_by_name,
            verification_date: stored.verification_date,
            notes: stored.notes,
            receipt: links.to(&RECEIPT, stored.receipt.as_deref())?,
            fee_statement: links.to(&FEE_STATEMENT, stored.fee_statement.as_deref())?,
            graduation_fee_amount: stored.graduation_fee_amount,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            state: stored.state,
            amount_received: stored.amount_received,
            amount_due: stored.amount_due,
            overpaid_amount: stored.overpaid_amount,
            receipts,
        })
    }
}
