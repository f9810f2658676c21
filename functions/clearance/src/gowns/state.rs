//! What may happen to a gown, and after what.

use chrono::{DateTime, NaiveDate, Utc};
use shared::{Result, db::Change, drf::Fields, error::invalid_field, http::Money, row, sql};
use uuid::Uuid;

use crate::refusals::{conflicting, fault, unknown};

/// Where a gown can be.
pub const STATUSES: [(&str, &str); 4] =
    [("issued", "issued"), ("returned", "returned"), ("lost", "lost"), ("damaged", "damaged")];

/// What only the return can do.
const BY_RETURN: &str = "Use the return action";

row! {
    /// What decides on what may happen to a gown.
    #[derive(Clone, Debug)]
    pub struct State {
        /// Who has it.
        pub student_id: Uuid,
        /// Its number.
        pub gown_number: String,
        /// Its size.
        pub gown_size: String,
        /// `issued`, `returned`, `lost`, `damaged`.
        pub status: String,
        /// What was to be deposited.
        pub deposit_amount: Money,
        /// Whether it was.
        pub deposit_paid: bool,
        /// The number of the receipt.
        pub deposit_receipt: String,
        /// Whether it was paid back.
        pub deposit_refunded: bool,
        /// Since when it is out.
        pub issued_date: DateTime<Utc>,
        /// When it shall be back.
        pub expected_return_date: NaiveDate,
        /// What its condition is.
        pub condition_notes: String,
    }
}

impl State {
    /// Locks a gown, so that nothing else happens to it until the commit; 404 without one.
    pub async fn lock(change: &mut Change, id: Uuid) -> Result<Self> {
        let find = sql!(
            "SELECT student_id, gown_number, gown_size, status, deposit_amount, deposit_paid, deposit_receipt,
                    deposit_refunded, issued_date, expected_return_date, condition_notes
             FROM gown_issuances WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"
        );
        change.one(find, &[&id]).await?.ok_or_else(unknown)
    }

    /// A gown that is out may be found to be lost or damaged; everything else is a matter of the return.
    pub fn check_status(&self, fields: &mut Fields, wanted: Option<&str>) {
        let Some(wanted) = wanted.filter(|wanted| *wanted != self.status) else { return };
        if self.status != "issued" || wanted == "returned" {
            fields.reject("status", BY_RETURN);
        }
    }

    /// A gown that is back keeps its size, number, dates and deposit. `changed` are the fields that a body would change.
    pub fn check_fixed(&self, fields: &mut Fields, changed: &[&str]) -> Result<()> {
        if self.deposit_refunded && !changed.is_empty() {
            return Err(fault("A refunded gown cannot be changed"));
        }
        let fixed = ["gown_number", "gown_size", "issued_date", "expected_return_date", "deposit_amount"];
        if self.status == "returned" {
            for field in changed.iter().filter(|field| fixed.contains(field)) {
                fields.reject(field, "This cannot be changed after the return.");
            }
        }
        Ok(())
    }

    /// Whatever is out can come back, once.
    pub fn check_return(&self, damage_fee: Money) -> Result<()> {
        if self.status == "returned" {
            return Err(fault("Gown already marked as returned"));
        }
        if damage_fee < Money::ZERO || damage_fee > self.deposit_amount {
            return Err(invalid_field("damage_fee", "The damage fee must be between 0 and the deposit."));
        }
        Ok(())
    }

    /// A deposit that was paid goes back once, after the return, and never more than it was.
    pub fn check_refund(&self, amount: Money) -> Result<()> {
        if self.status != "returned" {
            return Err(fault("Gown must be returned before processing refund"));
        }
        if !self.deposit_paid {
            return Err(fault("Deposit was not paid"));
        }
        if self.deposit_refunded {
            return Err(fault("Deposit already refunded"));
        }
        if amount > self.deposit_amount {
            // The list in the text is how the legacy server says it.
            return Err(fault("['Refund amount cannot exceed deposit amount']"));
        }
        Ok(())
    }

    /// A row whose deposit is still ours to pay back stays.
    pub fn check_removal(&self) -> Result<()> {
        if self.deposit_paid && !self.deposit_refunded {
            return Err(conflicting("The deposit of this gown has not been refunded."));
        }
        Ok(())
    }
}
