//! Payments to the paybill: whose they are, and booking them.

use shared::{App, Result, db::Change, row, sql};
use uuid::Uuid;

use super::{
    attempt::{Event, Status},
    message::Paybill,
    settle::{Attempt, Paid, succeed},
};
use crate::{
    finance::{Arrival, Booked, book},
    settings::Settings,
};

row! {
    /// Whose account it is.
    #[derive(Clone, Copy, Debug)]
    pub struct Account {
        /// The student.
        pub student: Uuid,
        /// The request to pay, if the account is its reference.
        pub attempt: Option<Uuid>,
    }
}

/// Finds an account: the reference of a request to pay, else a registration number, else an admission number, by letters and
/// digits only. What fits several is unknown.
pub async fn find(change: &mut Change, account: &str) -> Result<Option<Account>> {
    let find = sql!(
        "WITH asked AS (SELECT regexp_replace(upper($1), '[^A-Z0-9]', '', 'g') AS word),
              found AS (
                  SELECT 1 AS rank, student_id AS student, mpesa_attempts.id AS attempt FROM mpesa_attempts, asked
                  WHERE account_reference = word
                  UNION ALL
                  SELECT 2, students.id, NULL FROM students, asked WHERE deleted_at IS NULL
                    AND regexp_replace(upper(registration_number), '[^A-Z0-9]', '', 'g') = word
                  UNION ALL
                  SELECT 3, students.id, NULL FROM students JOIN users ON users.id = user_id, asked
                  WHERE deleted_at IS NULL AND regexp_replace(upper(admission_number), '[^A-Z0-9]', '', 'g') = word)
         SELECT student, attempt FROM found, asked
         WHERE word <> '' AND rank = (SELECT min(rank) FROM found)
           AND 1 = (SELECT count(*) FROM found AS others WHERE others.rank = found.rank)"
    );
    change.one(find, &[&account]).await
}

/// Books a payment to the paybill in the transaction of the caller. One that answers a request to pay also ends that.
pub async fn book_paybill(
    app: &App,
    change: &mut Change,
    source: &'static str,
    paid: &Paybill,
) -> Result<Booked> {
    let is_ours = paid.shortcode.as_ref().is_none_or(|code| *code == own_shortcode(app).unwrap_or_default());
    let account = if is_ours { find(change, &paid.account).await? } else { None };
    let attempt = match account.and_then(|account| account.attempt) {
        Some(id) => Attempt::lock(change, id).await?.filter(|attempt| attempt.amount == paid.amount),
        None => None,
    };
    let arrival = Arrival {
        student: account.map(|account| account.student),
        attempt: attempt.as_ref().map(|attempt| attempt.id),
        ..arrival(app, source, paid)
    };
    let booked = book(app, change, &arrival).await?;
    if let Some(attempt) = attempt
        && belongs(change, &attempt, booked).await?
    {
        let told = Paid {
            number: Some(paid.number.clone()),
            amount: Some(paid.amount),
            phone: Some(paid.phone.clone()),
            at: paid.at,
            words: "Paid".to_owned(),
        };
        succeed(app, change, &attempt, &told).await?;
    }
    Ok(booked)
}

/// Lists a payment to the paybill among the receipts in review.
pub async fn review_paybill(app: &App, change: &mut Change, paid: &Paybill, why: &str) -> Result<()> {
    let arrival = Arrival { review: Some(why.to_owned()), ..arrival(app, "c2b", paid) };
    book(app, change, &arrival).await?;
    Ok(())
}

/// Money of nobody yet.
fn arrival(app: &App, source: &'static str, paid: &Paybill) -> Arrival {
    Arrival {
        transaction_id: paid.number.clone(),
        source,
        method: "mpesa",
        student: None,
        attempt: None,
        amount: paid.amount,
        phone: paid.phone.clone(),
        account_reference: paid.account.clone(),
        paid_at: paid.at.unwrap_or_else(|| app.clock.now()),
        review: None,
        by: None,
    }
}

/// Whether the receipt is the one of the request, and the request has not ended with it yet.
async fn belongs(change: &mut Change, attempt: &Attempt, booked: Booked) -> Result<bool> {
    let find = sql!("SELECT EXISTS (SELECT FROM receipts WHERE id = $1 AND attempt_id = $2)");
    let is_its: bool = change.only(find, &[&booked.receipt(), &attempt.id]).await?;
    let moves = attempt.status().after(Event::Confirmed { equal: true }).is_some();
    Ok(is_its && (moves || attempt.status() == Status::Succeeded))
}

/// The paybill of this installation.
pub fn own_shortcode(app: &App) -> Result<&str> {
    Ok(&Settings::of(app)?.mpesa.shortcode)
}
