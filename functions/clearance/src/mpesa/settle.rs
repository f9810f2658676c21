//! What the result of a request to pay changes.

use chrono::{DateTime, Utc};
use shared::{App, Result, db::Change, http::Money, row, sql};
use uuid::Uuid;

use super::attempt::{Event, Status, reason};
use crate::{
    finance::{Arrival, PLACEHOLDER, book},
    kes::kes,
    notices::{About, Notice, To, notify},
};

row! {
    /// A request to pay, as it is stored.
    #[derive(Clone, Debug)]
    pub struct Attempt {
        /// Its key.
        pub id: Uuid,
        /// Who is to pay.
        pub student_id: Uuid,
        /// The payment it is for.
        pub payment_id: Option<Uuid>,
        /// The phone that was asked.
        pub phone_number: String,
        /// How much was asked for.
        pub amount: Money,
        /// `CLR` and 8 digits.
        pub account_reference: String,
        /// The name that M-PESA gave it.
        pub checkout_request_id: Option<String>,
        /// How far it is.
        pub status: String,
    }
}

/// A payment that M-PESA has confirmed.
#[derive(Clone, Debug, Default)]
pub struct Paid {
    /// The amount; none where only the success is known.
    pub amount: Option<Money>,
    /// The number of the transaction; none where only the success is known.
    pub number: Option<String>,
    /// The phone that paid.
    pub phone: Option<String>,
    /// When it was paid.
    pub at: Option<DateTime<Utc>>,
    /// What M-PESA says of it.
    pub words: String,
}

impl Attempt {
    /// Locks one until the end of the transaction.
    pub async fn lock(change: &mut Change, id: Uuid) -> Result<Option<Self>> {
        let find = sql!(
            "SELECT id, student_id, payment_id, phone_number, amount, account_reference, checkout_request_id, status
             FROM mpesa_attempts WHERE id = $1 FOR UPDATE"
        );
        change.one(find, &[&id]).await
    }

    /// How far it is.
    pub fn status(&self) -> Status {
        Status::named(&self.status)
    }

    /// Keeps the names that M-PESA gave it, unless it has some.
    pub async fn adopt(&self, change: &mut Change, checkout: &str, merchant: &str) -> Result<()> {
        let adopt = sql!(
            "UPDATE mpesa_attempts SET checkout_request_id = $2, merchant_request_id = $3
             WHERE id = $1 AND checkout_request_id IS NULL"
        );
        change.execute(adopt, &[&self.id, &checkout, &merchant]).await?;
        Ok(())
    }

    /// The receipt of it, with the number that M-PESA told, or the one that stands for it until then.
    pub fn arrival(&self, app: &App, paid: &Paid, review: Option<String>) -> Arrival {
        let own_name = self.checkout_request_id.as_deref().unwrap_or(&self.account_reference);
        Arrival {
            transaction_id: paid.number.clone().unwrap_or_else(|| format!("{PLACEHOLDER}{own_name}")),
            source: "stk",
            method: "mpesa",
            student: Some(self.student_id),
            attempt: Some(self.id),
            amount: paid.amount.unwrap_or(self.amount),
            phone: paid.phone.clone().unwrap_or_else(|| self.phone_number.clone()),
            account_reference: self.account_reference.clone(),
            paid_at: paid.at.unwrap_or_else(|| app.clock.now()),
            review,
            by: None,
        }
    }
}

/// Books a confirmed payment once. Where it was booked without its number, the number is filled in.
pub async fn succeed(app: &App, change: &mut Change, attempt: &Attempt, paid: &Paid) -> Result<()> {
    let amount = paid.amount.unwrap_or(attempt.amount);
    let equal = amount == attempt.amount;
    let Some(next) = attempt.status().after(Event::Confirmed { equal }) else {
        if attempt.status() == Status::Succeeded && paid.number.is_some() {
            book(app, change, &attempt.arrival(app, paid, None)).await?;
            number(change, attempt.id, paid).await?;
        }
        return Ok(());
    };
    let differs = || format!("M-PESA reports {} instead of {}", kes(amount), kes(attempt.amount));
    let review = (!equal).then(differs);
    book(app, change, &attempt.arrival(app, paid, review)).await?;
    number(change, attempt.id, paid).await?;
    end(app, change, attempt.id, next, ("0", &paid.words)).await
}

/// The number of the receipt as the attempt shows it.
async fn number(change: &mut Change, id: Uuid, paid: &Paid) -> Result<()> {
    let note =
        sql!("UPDATE mpesa_attempts SET transaction_id = coalesce(transaction_id, upper($2)) WHERE id = $1");
    change.execute(note, &[&id, &paid.number]).await?;
    Ok(())
}

/// Ends a request that was not paid, and tells the student.
pub async fn fail(
    app: &App,
    change: &mut Change,
    attempt: &Attempt,
    (code, words): (&str, &str),
) -> Result<()> {
    let Some(next) = attempt.status().after(Event::NotPaid(code)) else { return Ok(()) };
    end(app, change, attempt.id, next, (code, words)).await?;
    let message = format!(
        "Your M-PESA payment of {} did not go through: {}. Money that was taken all the same is booked by itself.",
        kes(attempt.amount),
        reason(code)
    );
    let about = attempt.payment_id.map_or(About::Nothing, About::Payment);
    let notice = Notice { kind: "payment_failed", title: "Payment Failed", message, about, mail: true };
    notify(app, change, To::Student(attempt.student_id), &notice).await
}

/// Ends a request of which nothing was heard.
pub async fn expire(app: &App, change: &mut Change, attempt: &Attempt) -> Result<()> {
    let Some(next) = attempt.status().after(Event::Expired) else { return Ok(()) };
    let end = sql!("UPDATE mpesa_attempts SET status = $2, finished_at = $3 WHERE id = $1");
    change.execute(end, &[&attempt.id, &next.as_str(), &app.clock.now()]).await?;
    Ok(())
}

async fn end(
    app: &App,
    change: &mut Change,
    id: Uuid,
    status: Status,
    (code, words): (&str, &str),
) -> Result<()> {
    let end = sql!(
        "UPDATE mpesa_attempts SET status = $2, result_code = $3, result_desc = $4, finished_at = $5 WHERE id = $1"
    );
    change.execute(end, &[&id, &status.as_str(), &code, &words, &app.clock.now()]).await?;
    Ok(())
}
