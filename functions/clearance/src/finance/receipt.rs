//! A receipt as clients see it.

use serde::Serialize;
use shared::{
    Result,
    db::{Change, Read},
    http::Money,
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::phone::shown_to;
use crate::{access::Person, refusals::unknown, times::Local};

row! {
    /// Money that has arrived.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Receipt {
        id: Uuid,
        transaction_id: String,
        /// `stk`, `c2b`, `pull`, `statement`, `manual`.
        source: String,
        /// Null while nobody knows who paid.
        student: Option<Uuid>,
        student_name: Option<String>,
        registration_number: Option<String>,
        payment: Option<Uuid>,
        amount: Money,
        /// What of it covers the fee.
        applied_amount: Money,
        /// What of it is too much.
        excess_amount: Money,
        /// Whether some of it is still to be refunded.
        refund_due: bool,
        phone_number: String,
        account_reference: String,
        paid_at: Local,
        /// `applied`, `review`, `dismissed`, `reversed`.
        state: String,
        /// Why it is not applied.
        reason: String,
        refunded_at: Option<Local>,
        refund_reference: String,
        created_at: Local,
    }
}

impl Receipt {
    /// With the phone number as this person sees it.
    pub(super) fn for_eyes_of(self, person: &Person) -> Self {
        Self { phone_number: shown_to(person, self.phone_number), ..self }
    }

    /// One by its id; with `student` only if it is theirs. 404 without one.
    pub(super) async fn find(read: &mut Read, id: Uuid, student: Option<Uuid>) -> Result<Self> {
        read.one(ONE, &[&id, &student]).await?.ok_or_else(unknown)
    }

    /// The same inside a transaction.
    pub(super) async fn changed(change: &mut Change, id: Uuid) -> Result<Self> {
        change.one(ONE, &[&id, &None::<Uuid>]).await?.ok_or_else(unknown)
    }
}

/// Selects the receipt `$1`, of the student `$2` if one is given.
const ONE: shared::db::Sql = sql!(
    "SELECT id, transaction_id, source, student, student_name, registration_number, payment, amount, applied_amount, excess_amount,
            refund_due, phone_number, account_reference, paid_at, state, reason, refunded_at, refund_reference, created_at
     FROM receipt_rows WHERE id = $1 AND ($2::uuid IS NULL OR student = $2)"
);

/// Those of a student, oldest first.
pub(super) async fn of_student(read: &mut Read, student: Uuid) -> Result<Vec<Receipt>> {
    let list = sql!(
        "SELECT id, transaction_id, source, student, student_name, registration_number, payment, amount, applied_amount, excess_amount,
                refund_due, phone_number, account_reference, paid_at, state, reason, refunded_at, refund_reference, created_at
         FROM receipt_rows
         WHERE student = $1 ORDER BY paid_at, created_at, id LIMIT 200"
    );
    read.all(list, &[&student]).await
}
