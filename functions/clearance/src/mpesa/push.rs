//! Asking a phone for the fee.

use axum::extract::State;
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use serde::Serialize;
use shared::{
    App, Error, Result,
    auth::principal::{Principal, Signed},
    db::Change,
    drf::{Data, Fields, Need, throttled},
    error::invalid_field,
    http::{Json, Money},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    attempt::Event,
    daraja::{Daraja, Failure, Push, Pushed},
    settle::Attempt,
};
use crate::{
    access::Person,
    finance::{Payment, lock, phone::normalized},
    kes::kes,
    media::Links,
    refusals::{conflicting, fault},
    settings::Settings,
};

/// What a request that M-PESA did not take is answered.
const FAILED: &str = "Failed to initiate M-PESA payment";

/// A request to pay that the phone shows now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PushSent {
    message: &'static str,
    checkout_request_id: String,
    merchant_request_id: String,
    payment_id: Uuid,
    attempt_id: Uuid,
    /// `pending`
    status: &'static str,
}

/// What the body asks for.
struct Wish {
    phone: String,
    amount: Money,
}

/// Pay by M-PESA
///
/// The phone asks for the PIN; the result is told by a notice, and at `mpesa_query`.
#[utoipa::path(post, path = "/api/finance/payments/mpesa_stk_push", tag = "mpesa", request_body = Object,
    responses((status = 200, body = PushSent)))]
pub async fn push_to_phone(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    links: Links,
    data: Data,
) -> Result<Json<PushSent>> {
    let student = person.own_student("Only students can initiate M-PESA payments")?;
    let mut fields = data.fields();
    let wish = read(&app, &mut fields)?;
    fields.finish()?;
    let mut change = app.db.change(&person.actor()).await?;
    lock(&app, &mut change, student).await?;
    if let Some(payment) = check(&app, &mut change, student, wish.amount).await? {
        drop(change);
        let payment = Payment::find(&app, &links, payment, None).await?;
        return Err(already_paid().with("payment", serde_json::to_value(payment)?));
    }
    let not_configured = || {
        let details = "M-PESA credentials not configured. Please contact administrator.";
        fault(FAILED).with("details", details)
    };
    let daraja = Daraja::of(&app)?.ok_or_else(not_configured)?;
    if !daraja.is_available() {
        return Err(Failure::unavailable());
    }
    throttle(&app, &mut change, student).await?;
    let payment = claim(&app, &mut change, &person, student, &wish).await?;
    let attempt = create(&app, &mut change, &person, (student, payment), &wish).await?;
    change.commit().await?;
    let push = Push {
        phone: &wish.phone,
        shillings: wish.amount.minor(0).unwrap_or_default(),
        reference: &attempt.account_reference,
        callback: callback(&app, attempt.id)?,
    };
    let answered = daraja.push(&push).await;
    note(&app, &person, attempt.id, answered, payment).await.map(Json)
}

fn already_paid() -> Error {
    fault("You have already paid clearance fees")
}

fn read(app: &App, fields: &mut Fields) -> Result<Wish> {
    let phone = fields.text("phone_number", Need::Required, 20).unwrap_or_default();
    let phone = match normalized(&phone) {
        _ if phone.is_empty() => String::new(),
        Ok(number) if number.len() == 12 => number,
        Ok(_) => {
            fields.reject("phone_number", "Phone number must be 12 digits in format 254XXXXXXXXX");
            String::new()
        }
        Err(message) => {
            fields.reject("phone_number", message);
            String::new()
        }
    };
    let amount = fields.money("amount", Need::Required, 10, 2);
    let most = Settings::of(app)?.mpesa.max_amount;
    if amount.is_some_and(|amount| amount <= Money::ZERO) {
        fields.reject("amount", "Amount must be greater than zero");
    } else if amount.is_some_and(|amount| amount > most) {
        let limit = kes(most).trim_start_matches("KES ").trim_end_matches(".00").to_owned();
        fields.reject("amount", format!("Amount exceeds M-PESA transaction limit ({limit} KES)"));
    }
    fields.text_or_blank("account_reference", Need::Nullable, 100);
    fields.text_or_blank("transaction_desc", Need::Nullable, 255);
    Ok(Wish { phone, amount: amount.unwrap_or_default() })
}

row! {
    struct Owed {
        due: Money,
        state: String,
        payment: Option<Uuid>,
    }
}

row! {
    struct Waiting {
        checkout_request_id: Option<String>,
    }
}

/// Refuses what M-PESA must not be asked for. Tells the payment of a student who has paid.
async fn check(app: &App, change: &mut Change, student: Uuid, amount: Money) -> Result<Option<Uuid>> {
    let find = sql!(
        "SELECT due, state, (SELECT id FROM payments WHERE student_id = $1 AND deleted_at IS NULL) AS payment
         FROM payment_sums($1)"
    );
    let owed: Owed = change.only(find, &[&student]).await?;
    if owed.due == Money::ZERO {
        return if owed.state == "paid" && owed.payment.is_some() {
            Ok(owed.payment)
        } else {
            Err(already_paid())
        };
    }
    if amount != owed.due {
        let message = format!("Amount must be exactly {} (amount due)", kes(owed.due));
        return Err(invalid_field("amount", message));
    }
    if amount.minor(0).is_none() {
        return Err(invalid_field("amount", "M-PESA takes whole shillings only"));
    }
    let waiting = sql!(
        "SELECT checkout_request_id FROM mpesa_attempts
         WHERE student_id = $1 AND status IN ('created', 'sent', 'pending')
           AND created_at > $2::timestamptz - interval '120 seconds'
         ORDER BY created_at DESC LIMIT 1"
    );
    match change.one::<Waiting>(waiting, &[&student, &app.clock.now()]).await? {
        Some(waiting) => {
            let refused = conflicting("A payment request is already waiting on your phone.");
            Err(refused.with("checkout_request_id", waiting.checkout_request_id))
        }
        None => Ok(None),
    }
}

/// So many requests in so many seconds that were made for one student.
const LIMITS: [(i64, i64); 2] = [(5, 600), (20, 86_400)];

/// Counted in the table itself, so that requests which were refused do not count.
async fn throttle(app: &App, change: &mut Change, student: Uuid) -> Result<()> {
    if !app.config.rate_limits {
        return Ok(());
    }
    let count = sql!(
        "SELECT count(*), coalesce(ceil(extract(epoch FROM min(created_at) + $3::bigint * interval '1 second' - $2)), 1)::bigint
         FROM mpesa_attempts WHERE student_id = $1 AND created_at > $2::timestamptz - $3::bigint * interval '1 second'"
    );
    for (most, seconds) in LIMITS {
        let (made, wait): (i64, i64) = change.only(count, &[&student, &app.clock.now(), &seconds]).await?;
        if made >= most {
            return Err(throttled(TimeDelta::seconds(wait)));
        }
    }
    Ok(())
}

/// The payment of the student says what is being paid. What a claim by bank or cash said is kept in its notes.
async fn claim(app: &App, change: &mut Change, person: &Person, student: Uuid, wish: &Wish) -> Result<Uuid> {
    let claim = sql!(
        "INSERT INTO payments AS known (student_id, amount, payment_method, phone_number, graduation_fee_amount,
                                        created_by_id, created_at)
         SELECT $1, $2, 'mpesa', $3, graduation_fee, $4, $5 FROM finance_records WHERE student_id = $1
         ON CONFLICT (student_id) WHERE deleted_at IS NULL DO UPDATE
         SET amount = $2, phone_number = $3, payment_method = 'mpesa',
             transaction_id = CASE known.payment_method WHEN 'mpesa' THEN known.transaction_id ELSE '' END,
             notes = CASE WHEN known.payment_method <> 'mpesa'
                          THEN concat_ws(E'\n', nullif(known.notes, ''), concat_ws(' ', 'Claimed before:',
                               known.payment_method, nullif(known.transaction_id, '')))
                          ELSE known.notes END
         RETURNING id"
    );
    change.only(claim, &[&student, &wish.amount, &wish.phone, &person.id, &app.clock.now()]).await
}

async fn create(
    app: &App,
    change: &mut Change,
    person: &Person,
    (student, payment): (Uuid, Uuid),
    wish: &Wish,
) -> Result<Attempt> {
    let insert = sql!(
        "INSERT INTO mpesa_attempts (student_id, payment_id, phone_number, amount, account_reference, status,
                                     created_by_id, created_at)
         VALUES ($1, $2, $3, $4, $5, 'created', $6, $7) ON CONFLICT (account_reference) DO NOTHING
         RETURNING id, student_id, payment_id, phone_number, amount, account_reference, checkout_request_id, status"
    );
    loop {
        let reference = format!("CLR{:08}", app.ids.number_below(100_000_000));
        let now = app.clock.now();
        let made = change
            .one(insert, &[&student, &payment, &wish.phone, &wish.amount, &reference, &person.id, &now])
            .await?;
        if let Some(attempt) = made {
            return Ok(attempt);
        }
    }
}

/// Where M-PESA tells the result.
fn callback(app: &App, attempt: Uuid) -> Result<String> {
    let home = app.config.home()?.as_str().trim_end_matches('/');
    let secret = Settings::of(app)?.mpesa.callback_secret.expose_secret();
    Ok(format!("{home}/api/finance/mpesa_callback/{secret}/{attempt}/"))
}

/// Notes what M-PESA answered, which a callback may have overtaken.
async fn note(
    app: &App,
    person: &Person,
    id: Uuid,
    answered: Result<Pushed, Failure>,
    payment_id: Uuid,
) -> Result<PushSent> {
    let (event, words) = match &answered {
        Ok(pushed) if pushed.response_code == "0" => (Event::Accepted, String::new()),
        Ok(pushed) => (Event::Refused, pushed.response_description.clone()),
        Err(Failure::Refused { message, .. }) => (Event::Refused, message.clone()),
        Err(Failure::Unavailable) => (Event::Refused, "M-PESA is not available".to_owned()),
        Err(Failure::NoAnswer) => (Event::NoAnswer, "M-PESA did not answer".to_owned()),
    };
    let mut change = app.db.change(&person.actor()).await?;
    if let Some(attempt) = Attempt::lock(&mut change, id).await? {
        if let (Ok(pushed), Event::Accepted) = (&answered, event) {
            attempt.adopt(&mut change, &pushed.checkout_request_id, &pushed.merchant_request_id).await?;
        }
        if let Some(next) = attempt.status().after(event) {
            let update = sql!(
                "UPDATE mpesa_attempts SET status = $2::text, result_desc = nullif($3, ''),
                        finished_at = CASE $2::text WHEN 'failed' THEN $4::timestamptz END WHERE id = $1"
            );
            change.execute(update, &[&id, &next.as_str(), &words, &app.clock.now()]).await?;
        }
    }
    change.commit().await?;
    match answered {
        Ok(pushed) if event == Event::Accepted => Ok(PushSent {
            message: "Enter your M-PESA PIN on your phone.",
            checkout_request_id: pushed.checkout_request_id,
            merchant_request_id: pushed.merchant_request_id,
            payment_id,
            attempt_id: id,
            status: "pending",
        }),
        Err(Failure::Unavailable) => Err(Failure::unavailable()),
        Err(Failure::NoAnswer) => {
            let text = "M-PESA did not answer. Look at your phone before you try again.";
            Err(shared::error::unavailable_because(text).with("error", text))
        }
        _ => Err(fault(FAILED).with("details", words)),
    }
}
