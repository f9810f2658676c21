//! Who is told of money: the student, and the finance staff.

use shared::{App, Result, db::Change, http::Money, row, sql};
use uuid::Uuid;

use crate::{
    kes::kes,
    notices::{About, Notice, To, notify},
};

row! {
    struct Facts {
        transaction_id: String,
        amount: Money,
        excess: Money,
        reason: String,
        student: Option<Uuid>,
        payment: Option<Uuid>,
        name: Option<String>,
        number: Option<String>,
        fee: Option<Money>,
        due: Option<Money>,
    }
}

async fn facts(change: &mut Change, receipt: Uuid) -> Result<Facts> {
    let find = sql!(
        "SELECT receipts.transaction_id, receipts.amount, receipts.amount - applied_amount AS excess, reason,
                receipts.student_id AS student, receipts.payment_id AS payment, full_name AS name,
                registration_number AS number, graduation_fee AS fee, due_from(receipts.student_id) AS due
         FROM receipts LEFT JOIN students ON students.id = receipts.student_id
         LEFT JOIN users ON users.id = user_id
         LEFT JOIN finance_records ON finance_records.student_id = receipts.student_id
         WHERE receipts.id = $1"
    );
    change.only(find, &[&receipt]).await
}

fn about(payment: Option<Uuid>) -> About {
    payment.map_or(About::Nothing, About::Payment)
}

/// Tells the student and the finance staff of a receipt that counts.
pub(super) async fn received(app: &App, change: &mut Change, receipt: Uuid) -> Result<()> {
    let told = facts(change, receipt).await?;
    let (Some(student), due) = (told.student, told.due.unwrap_or_default()) else { return Ok(()) };
    let about = about(told.payment);
    let id = &told.transaction_id;
    let has_excess = told.excess > Money::ZERO;
    let notice = if due > Money::ZERO {
        let message = format!("We received {} (receipt {id}). {} is still due.", kes(told.amount), kes(due));
        Notice { kind: "payment_received", title: "Payment Received", message, about, mail: true }
    } else {
        let mut message =
            format!("Your graduation fee of {} is paid. Receipt {id}.", kes(told.fee.unwrap_or_default()));
        if has_excess {
            message += &format!(" {} too much was received and will be refunded.", kes(told.excess));
        }
        Notice { kind: "payment_verified", title: "Payment Verified", message, about, mail: true }
    };
    notify(app, change, To::Student(student), &notice).await?;
    let (name, number) = (told.name.unwrap_or_default(), told.number.unwrap_or_default());
    let mut message = format!("{} from {name} ({number}), receipt {id}.", kes(told.amount));
    if has_excess {
        message += &format!(" Refund due: {}.", kes(told.excess));
    }
    let notice = Notice { kind: "payment_received", title: "Payment Received", message, about, mail: false };
    notify(app, change, To::FinanceStaff, &notice).await
}

/// Tells the finance staff of a receipt that somebody must decide on.
pub(super) async fn review(app: &App, change: &mut Change, receipt: Uuid) -> Result<()> {
    let told = facts(change, receipt).await?;
    to_review(app, change, To::FinanceStaff, &told.transaction_id, told.amount, &told.reason).await
}

/// Tells the finance staff and the administrators of a receipt that was taken back.
pub(super) async fn reversed(app: &App, change: &mut Change, receipt: Uuid) -> Result<()> {
    let told = facts(change, receipt).await?;
    let reason = format!("it was reversed ({})", told.reason);
    for to in [To::FinanceStaff, To::Admins] {
        to_review(app, change, to, &told.transaction_id, told.amount, &reason).await?;
    }
    Ok(())
}

/// Tells somebody that a transaction needs a decision.
pub async fn to_review(
    app: &App,
    change: &mut Change,
    to: To,
    id: &str,
    amount: Money,
    reason: &str,
) -> Result<()> {
    let message = format!("Receipt {id} of {} needs a decision: {reason}.", kes(amount));
    let about = About::Nothing;
    let notice = Notice { kind: "payment_received", title: "Payment To Review", message, about, mail: false };
    notify(app, change, to, &notice).await
}
