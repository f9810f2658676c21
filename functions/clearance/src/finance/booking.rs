//! Booking: the one way in which money arrives, whoever tells of it.

use chrono::{DateTime, Utc};
use shared::{App, Result, db::Change, http::Money, row, sql};
use uuid::Uuid;

use super::told;
use crate::enrollment::open_finance_record;

/// What a receipt waits for that M-PESA has reported and not confirmed.
pub const UNCONFIRMED: &str = "M-PESA did not confirm it";

/// How the receipt of a payment begins whose number M-PESA has not told yet.
pub const PLACEHOLDER: &str = "STK-";

/// Money that has arrived.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The number of the transaction, in any case.
    pub transaction_id: String,
    /// `stk`, `c2b`, `pull`, `statement`, `manual`.
    pub source: &'static str,
    /// `mpesa`, `bank`, `cash`.
    pub method: &'static str,
    /// Who paid, if that is known.
    pub student: Option<Uuid>,
    /// The request to pay that it answers.
    pub attempt: Option<Uuid>,
    /// How much.
    pub amount: Money,
    /// The phone that paid; empty if it is not known.
    pub phone: String,
    /// What the payer wrote as account.
    pub account_reference: String,
    /// When it was paid.
    pub paid_at: DateTime<Utc>,
    /// Why somebody must look at it before it counts.
    pub review: Option<String>,
    /// The member of staff who says so; none for M-PESA.
    pub by: Option<Uuid>,
}

/// What came of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booked {
    /// A receipt of it was made.
    New(Uuid),
    /// There was one already.
    Known(Uuid),
}

impl Booked {
    /// The receipt.
    pub fn receipt(self) -> Uuid {
        match self {
            Self::New(id) | Self::Known(id) => id,
        }
    }
}

row! {
    struct Earlier {
        id: Uuid,
        transaction_id: String,
        amount: Money,
        state: String,
        reason: String,
    }
}

/// Locks the money of a student until the end of the transaction, and tells whether their record was removed meanwhile.
pub async fn lock(app: &App, change: &mut Change, student: Uuid) -> Result<bool> {
    open_finance_record(app, change, student).await?;
    let lock = sql!(
        "SELECT students.deleted_at IS NOT NULL FROM finance_records JOIN students ON students.id = student_id
         WHERE student_id = $1 FOR UPDATE OF finance_records"
    );
    change.only(lock, &[&student]).await
}

/// Books an arrival in the transaction of the caller: a receipt, what it covers of the fee, the payment, the record and the
/// notices. A transaction that has a receipt is not booked again, nor is a request to pay.
pub async fn book(app: &App, change: &mut Change, arrival: &Arrival) -> Result<Booked> {
    let mut review = arrival.review.clone();
    match arrival.student {
        Some(student) if lock(app, change, student).await? => {
            review = review.or_else(|| Some("The student record was removed".to_owned()));
        }
        Some(_) => {}
        None => review = review.or_else(|| Some("Unknown account".to_owned())),
    }
    let (known, attempt) = known(app, change, arrival).await?;
    if let Some(receipt) = known {
        return Ok(Booked::Known(receipt));
    }
    let inserted = insert(app, change, arrival, attempt, review.as_deref().unwrap_or_default()).await?;
    let Some(receipt) = inserted else {
        let find = sql!("SELECT id FROM receipts WHERE transaction_id = upper($1)");
        return Ok(Booked::Known(change.only(find, &[&arrival.transaction_id]).await?));
    };
    match arrival.student {
        Some(student) if review.is_none() => apply(app, change, receipt, student, arrival.by).await?,
        _ => told::review(app, change, receipt).await?,
    }
    Ok(Booked::New(receipt))
}

/// Makes a receipt that does not count yet; none if the transaction has one.
async fn insert(
    app: &App,
    change: &mut Change,
    arrival: &Arrival,
    attempt: Option<Uuid>,
    reason: &str,
) -> Result<Option<Uuid>> {
    let insert = sql!(
        "INSERT INTO receipts (transaction_id, source, payment_method, student_id, attempt_id, amount, phone_number,
                               account_reference, paid_at, state, reason, created_by_id, created_at)
         VALUES (upper($1), $2, $3, $4, $5, $6, $7, left($8, 100), $9, 'review', $10, $11, $12)
         ON CONFLICT (transaction_id) DO NOTHING RETURNING id"
    );
    // A phone number may be a hash, which is none.
    let phone = if arrival.phone.len() <= 20 { arrival.phone.as_str() } else { "" };
    let Arrival { transaction_id, source, method, student, amount, account_reference, paid_at, by, .. } =
        arrival;
    let now = app.clock.now();
    change
        .one(
            insert,
            &[
                transaction_id,
                source,
                method,
                student,
                &attempt,
                amount,
                &phone,
                account_reference,
                paid_at,
                &reason,
                by,
                &now,
            ],
        )
        .await
}

/// The receipt that an arrival is about already, and the request to pay that a new one belongs to.
async fn known(app: &App, change: &mut Change, arrival: &Arrival) -> Result<(Option<Uuid>, Option<Uuid>)> {
    let find = sql!(
        "SELECT id, transaction_id, amount, state, reason FROM receipts WHERE attempt_id = $1 FOR UPDATE"
    );
    let earlier: Option<Earlier> = match arrival.attempt {
        Some(attempt) => change.one(find, &[&attempt]).await?,
        None => None,
    };
    let Some(earlier) = earlier else { return Ok((None, arrival.attempt)) };
    let number = arrival.transaction_id.to_uppercase();
    let has_placeholder = earlier.transaction_id.starts_with(PLACEHOLDER);
    let is_named = !number.starts_with(PLACEHOLDER);
    if has_placeholder && is_named && (arrival.source == "stk" || arrival.amount == earlier.amount) {
        name(app, change, &earlier, &number, arrival).await?;
    } else if is_named && earlier.transaction_id != number && arrival.source != "stk" {
        // Paid to the paybill a second time with the reference of the request: money of its own.
        return Ok((None, None));
    }
    let is_confirmed = arrival.review.is_none();
    if let Some(student) = arrival.student.filter(|_| is_confirmed)
        && earlier.state == "review"
        && earlier.reason == UNCONFIRMED
    {
        apply(app, change, earlier.id, student, arrival.by).await?;
    }
    Ok((Some(earlier.id), None))
}

/// Fills in the number of a payment that was known without one. If another receipt has it, that one stays and the nameless
/// one would be the same money twice: it is taken back.
async fn name(
    app: &App,
    change: &mut Change,
    earlier: &Earlier,
    number: &str,
    arrival: &Arrival,
) -> Result<()> {
    let taken = sql!("SELECT EXISTS (SELECT FROM receipts WHERE transaction_id = $1)");
    if change.only::<bool>(taken, &[&number]).await? {
        let drop = sql!(
            "UPDATE receipts SET state = 'reversed', applied_amount = 0, attempt_id = NULL,
                    reason = 'The same payment as ' || $2::text
             WHERE id = $1 RETURNING student_id"
        );
        let holder: Holder = change.only(drop, &[&earlier.id, &number]).await?;
        return match holder.student_id {
            Some(student) => deal(app, change, student).await,
            None => Ok(()),
        };
    }
    let fill = sql!(
        "UPDATE receipts SET transaction_id = $2, paid_at = $3,
                phone_number = CASE WHEN phone_number = '' AND length($4) <= 20 THEN $4 ELSE phone_number END,
                reason = CASE WHEN amount = $5 THEN reason ELSE 'M-PESA reports KES ' || $5::text END
         WHERE id = $1 RETURNING student_id"
    );
    let student: Option<Uuid> = change
        .only::<Holder>(fill, &[&earlier.id, &number, &arrival.paid_at, &arrival.phone, &arrival.amount])
        .await?
        .student_id;
    if earlier.amount != arrival.amount {
        told::review(app, change, earlier.id).await?;
    }
    match student {
        Some(student) => recount(app, change, student, arrival.by).await,
        None => Ok(()),
    }
}

row! {
    struct Holder {
        student_id: Option<Uuid>,
    }
}

row! {
    struct Fresh {
        amount: Money,
        due: Money,
    }
}

/// Lets a receipt count for a student whose money is locked: what is due is covered, the rest is to be refunded.
pub async fn apply(
    app: &App,
    change: &mut Change,
    receipt: Uuid,
    student: Uuid,
    by: Option<Uuid>,
) -> Result<()> {
    let find = sql!("SELECT amount, due_from($2) AS due FROM receipts WHERE id = $1");
    let Fresh { amount, due } = change.only(find, &[&receipt, &student]).await?;
    let apply = sql!(
        "UPDATE receipts SET state = 'applied', student_id = $2, applied_amount = $3, reason = '' WHERE id = $1"
    );
    change.execute(apply, &[&receipt, &student, &amount.min(due)]).await?;
    recount(app, change, student, by).await?;
    told::received(app, change, receipt).await
}

/// Takes a receipt back, and the request to pay that it came of.
pub async fn reverse(app: &App, change: &mut Change, receipt: Uuid, reason: &str) -> Result<()> {
    let reverse = sql!(
        "UPDATE receipts SET state = 'reversed', applied_amount = 0, reason = $2 WHERE id = $1 RETURNING student_id"
    );
    let holder: Holder = change.only(reverse, &[&receipt, &reason]).await?;
    let attempt = sql!(
        "UPDATE mpesa_attempts SET status = 'reversed'
         WHERE status = 'succeeded' AND id = (SELECT attempt_id FROM receipts WHERE id = $1)"
    );
    change.execute(attempt, &[&receipt]).await?;
    match holder.student_id {
        Some(student) => deal(app, change, student).await,
        None => Ok(()),
    }
}

/// Deals the money of a student out anew, oldest first: after the fee was changed, or a receipt taken back.
pub async fn deal(app: &App, change: &mut Change, student: Uuid) -> Result<()> {
    let deal = sql!(
        "WITH money AS (
             SELECT id, amount - refunded_amount AS usable,
                    coalesce(sum(amount - refunded_amount) OVER (ORDER BY paid_at, created_at, id
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
             FROM receipts WHERE student_id = $1 AND state = 'applied'
         )
         UPDATE receipts SET applied_amount = greatest(least(usable, graduation_fee - before), 0)
         FROM money, finance_records
         WHERE money.id = receipts.id AND finance_records.student_id = $1
           AND applied_amount <> greatest(least(usable, graduation_fee - before), 0)"
    );
    change.execute(deal, &[&student]).await?;
    recount(app, change, student, None).await
}

/// Brings the payment and the finance record of a student in line with their receipts. Makes the payment if there is none.
pub async fn recount(app: &App, change: &mut Change, student: Uuid, by: Option<Uuid>) -> Result<()> {
    let make = sql!(
        "INSERT INTO payments (student_id, amount, graduation_fee_amount, payment_method, created_by_id, created_at)
         SELECT $1, received, graduation_fee, 'mpesa', $2, $3
         FROM payment_sums($1) AS sums, finance_records WHERE student_id = $1 AND sums.state <> 'claimed'
         ON CONFLICT (student_id) WHERE deleted_at IS NULL DO NOTHING"
    );
    let now = app.clock.now();
    change.execute(make, &[&student, &by, &now]).await?;
    let follow = sql!(
        "UPDATE payments
         SET amount = CASE WHEN sums.state = 'claimed' THEN payments.amount ELSE sums.received END,
             payment_method = coalesce(latest.payment_method, payments.payment_method),
             transaction_id = CASE WHEN latest.id IS NOT NULL THEN latest.transaction_id
                                   WHEN is_verified THEN '' ELSE payments.transaction_id END,
             phone_number = coalesce(nullif(latest.phone_number, ''), payments.phone_number),
             payment_date = coalesce(latest.paid_at, payments.payment_date),
             verified_by_id = CASE WHEN sums.state <> 'paid' THEN NULL WHEN is_verified THEN verified_by_id ELSE $2 END,
             verification_date = CASE WHEN sums.state <> 'paid' THEN NULL
                                      WHEN is_verified THEN verification_date ELSE $3 END,
             is_verified = sums.state = 'paid'
         FROM payment_sums($1) AS sums
         LEFT JOIN LATERAL (SELECT id, payment_method, transaction_id, phone_number, paid_at FROM receipts
             WHERE receipts.student_id = $1 AND receipts.state = 'applied'
             ORDER BY paid_at DESC, created_at DESC, id DESC LIMIT 1) AS latest ON TRUE
         WHERE payments.student_id = $1 AND deleted_at IS NULL"
    );
    change.execute(follow, &[&student, &by, &now]).await?;
    let link = sql!(
        "UPDATE receipts SET payment_id = payments.id FROM payments
         WHERE payments.student_id = $1 AND deleted_at IS NULL AND receipts.student_id = $1
           AND state = 'applied' AND payment_id IS DISTINCT FROM payments.id"
    );
    change.execute(link, &[&student]).await?;
    let record = sql!(
        "UPDATE finance_records
         SET mpesa_code = coalesce(latest.transaction_id, ''), mpesa_payment_date = latest.paid_at,
             last_verified_date = payments.verification_date,
             verified_by = CASE WHEN NOT is_verified THEN '' ELSE coalesce(users.full_name, 'M-PESA') END
         FROM payments LEFT JOIN users ON users.id = verified_by_id
         LEFT JOIN LATERAL (SELECT left(receipts.transaction_id, 50) AS transaction_id, paid_at FROM receipts
             WHERE receipts.student_id = $1 AND state = 'applied' AND receipts.payment_method = 'mpesa'
             ORDER BY paid_at DESC, created_at DESC, id DESC LIMIT 1) AS latest ON TRUE
         WHERE finance_records.student_id = $1 AND payments.student_id = $1 AND deleted_at IS NULL"
    );
    change.execute(record, &[&student]).await?;
    Ok(())
}
