//! Verifying a claim: the money was seen, so it is booked.

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Principal,
    db::Change,
    drf::{Data, Need},
    error::invalid_field,
    http::{Json, Money, Path},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Arrival, Booked, Payment, book,
    change::{Fee, is_free, payment_date},
    lock,
    payments::student_of,
};
use crate::{
    access::{FinanceDesk, Person},
    media::Links,
    refusals::{fault, refused, unknown},
    settings::Settings,
    times::today,
};

/// A verified payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerifiedPayment {
    message: &'static str,
    payment: Payment,
}

/// What the body says.
struct Decision {
    notes: String,
    transaction_id: Option<String>,
    payment_date: Option<DateTime<Utc>>,
}

row! {
    struct Claimed {
        amount: Money,
        payment_method: String,
        transaction_id: String,
        phone_number: String,
        payment_date: Option<DateTime<Utc>>,
        is_verified: bool,
        created_by_id: Option<Uuid>,
    }
}

/// Verify a payment
///
/// Books a receipt of what is due. A transaction number in the body means yes. Of a payment of which a part was received,
/// `amount` names the rest.
#[utoipa::path(post, path = "/api/finance/payments/{id}/verify", tag = "finance", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = VerifiedPayment)))]
pub async fn verify_payment(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<VerifiedPayment>> {
    let student = student_of(&app, id).await?;
    let mut fields = data.fields();
    let need = if fields.has("transaction_id") { Need::Optional } else { Need::Required };
    let verify = fields.boolean("verify", need).unwrap_or(true);
    let decision = Decision {
        notes: fields.text_or_blank("notes", Need::Optional, 2000).unwrap_or_default(),
        transaction_id: fields
            .text_or_blank("transaction_id", Need::Optional, 100)
            .filter(|text| !text.is_empty()),
        payment_date: payment_date(&mut fields),
    };
    let rest = fields.money("amount", Need::Optional, 10, 2);
    fields.finish()?;
    let mut change = app.db.change(&person.actor()).await?;
    lock(&app, &mut change, student).await?;
    let find = sql!(
        "SELECT amount, payment_method, transaction_id, phone_number, payment_date, is_verified, created_by_id
         FROM payments WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"
    );
    let mut claimed: Claimed = change.one(find, &[&id]).await?.ok_or_else(unknown)?;
    if claimed.is_verified {
        return Err(invalid_field("non_field_errors", "Payment is already verified"));
    }
    if !verify {
        return Err(fault("Verification cancelled"));
    }
    if Settings::of(&app)?.four_eyes && claimed.created_by_id == Some(person.id) {
        return Err(refused("Somebody else must do this."));
    }
    if change.only::<bool>(sql!("SELECT received_from($1) > 0"), &[&student]).await? {
        // What was received is no claim: the rest must be named, with its own number.
        let named = || invalid_field("amount", "Money was received already: name the amount of the rest.");
        claimed.amount = rest.ok_or_else(named)?;
        claimed.transaction_id.clear();
        claimed.payment_date = None;
    }
    Fee::of(&mut change, student).await?.check(claimed.amount)?;
    note(&mut change, id, &decision.notes, &person.full_name).await?;
    settle(&app, &mut change, &person, (id, student), claimed, decision).await?;
    change.commit().await?;
    let payment = Payment::find(&app, &links, id, None).await?;
    Ok(Json(VerifiedPayment { message: "Payment verified successfully", payment }))
}

async fn settle(
    app: &App,
    change: &mut Change,
    person: &Person,
    (id, student): (Uuid, Uuid),
    claimed: Claimed,
    decision: Decision,
) -> Result<()> {
    let claimed_number = Some(claimed.transaction_id).filter(|number| !number.is_empty());
    let number = match decision.transaction_id.or(claimed_number) {
        Some(number) => number,
        None if claimed.payment_method == "cash" => cash_number(app, change).await?,
        None => {
            let message = "A transaction number is required to verify this payment.";
            return Err(invalid_field("transaction_id", message));
        }
    };
    is_free(change, &number, Some(id)).await?;
    let arrival = Arrival {
        transaction_id: number,
        source: "manual",
        method: super::payments::METHODS
            .iter()
            .find(|(method, _)| *method == claimed.payment_method)
            .map_or("cash", |(method, _)| *method),
        student: Some(student),
        attempt: None,
        amount: claimed.amount,
        phone: claimed.phone_number,
        account_reference: String::new(),
        paid_at: decision.payment_date.or(claimed.payment_date).unwrap_or_else(|| app.clock.now()),
        review: None,
        by: Some(person.id),
    };
    match book(app, change, &arrival).await? {
        Booked::New(_) => Ok(()),
        // Booked by M-PESA between the check and now.
        Booked::Known(_) => {
            Err(invalid_field("transaction_id", "payment with this transaction id already exists."))
        }
    }
}

async fn note(change: &mut Change, id: Uuid, notes: &str, by: &str) -> Result<()> {
    let line = if notes.is_empty() { format!("Verified by {by}") } else { format!("Verified: {notes}") };
    let note = sql!("UPDATE payments SET notes = notes || E'\n' || $2::text WHERE id = $1");
    change.execute(note, &[&id, &line]).await?;
    Ok(())
}

/// `CASH-20261129-0001`: the next number of the day in Nairobi that nobody has written on a slip of their own.
async fn cash_number(app: &App, change: &mut Change) -> Result<String> {
    let day = today(app).format("%Y%m%d").to_string();
    let draw = sql!(
        "INSERT INTO counters AS known (name, value) VALUES ('cash-' || $1::text, 1)
         ON CONFLICT (name) DO UPDATE SET value = known.value + 1 RETURNING value"
    );
    loop {
        let value: i32 = change.only(draw, &[&day]).await?;
        let number = format!("CASH-{day}-{value:04}");
        if is_free(change, &number, None).await.is_ok() {
            return Ok(number);
        }
    }
}
