//! A payment as clients see it.

use serde::Serialize;
use shared::{App, Result, http::Money, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Receipt, receipt, student::payer};
use crate::{
    media::{FEE_STATEMENT, Links, RECEIPT},
    refusals::unknown,
    students::Student,
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
    /// What the row of a payment says, in lists of one.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    struct Columns {
        id: Uuid,
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
        #[serde(skip)]
        student_id: Uuid,
    }
}

/// A payment with its student and its receipts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Payment {
    student: Student,
    #[serde(flatten)]
    columns: Columns,
    receipts: Vec<Receipt>,
}

impl Payment {
    /// One by its id; with `student` only if it is theirs. 404 without one.
    pub async fn find(app: &App, links: &Links, id: Uuid, student: Option<Uuid>) -> Result<Self> {
        let find = sql!(
            "SELECT id, amount, payment_method, transaction_id, phone_number, payment_date, is_verified, verified_by,
                    verified_by_name, verification_date, notes, receipt, fee_statement, graduation_fee_amount,
                    created_at, updated_at, state, amount_received, amount_due, overpaid_amount, student_id
             FROM payment_rows WHERE id = $1 AND ($2::uuid IS NULL OR student_id = $2)"
        );
        let mut read = app.db.read().await?;
        let mut columns: Columns = read.one(find, &[&id, &student]).await?.ok_or_else(unknown)?;
        columns.receipt = links.to(&RECEIPT, columns.receipt.as_deref())?;
        columns.fee_statement = links.to(&FEE_STATEMENT, columns.fee_statement.as_deref())?;
        let receipts = receipt::of_student(&mut read, columns.student_id).await?;
        Ok(Self { student: payer(&mut read, columns.student_id).await?, columns, receipts })
    }
}
