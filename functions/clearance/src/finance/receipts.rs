//! Receipts, and what the finance office decides about them.

use axum::extract::State;
use chrono::{DateTime, Utc};
use shared::{
    App, Error, Result,
    auth::principal::{Principal, Signed},
    db::Change,
    drf::{Data, Filters, Need, PageNumber, Paginated},
    error::invalid_field,
    http::{Json, Path},
    row, sql,
};
use uuid::Uuid;

use super::{
    Receipt,
    booking::{apply, reverse},
    lock,
    payments::payer,
    records::ByAge,
    told,
};
use crate::{
    access::{FinanceDesk, Person},
    refusals::{fault, unknown},
};

const STATES: [(&str, &str); 4] =
    [("applied", "applied"), ("review", "review"), ("dismissed", "dismissed"), ("reversed", "reversed")];

const SOURCES: [(&str, &str); 5] =
    [("stk", "stk"), ("c2b", "c2b"), ("pull", "pull"), ("statement", "statement"), ("manual", "manual")];

/// List receipts
///
/// Students see their own, the finance office all. `student` is the id of a student or of their account.
#[utoipa::path(get, path = "/api/finance/receipts", tag = "finance",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("search" = Option<String>, Query),
        ("ordering" = Option<String>, Query), ("state" = Option<String>, Query), ("source" = Option<String>, Query),
        ("student" = Option<Uuid>, Query), ("refund_due" = Option<bool>, Query)),
    responses((status = 200, body = Paginated<Receipt>)))]
pub async fn list_receipts(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Json<Paginated<Receipt>>> {
    let (state, source) = (filters.choice("state", &STATES), filters.choice("source", &SOURCES));
    let (student, refund) = (filters.uuid("student"), filters.boolean("refund_due"));
    let (words, ordering) = (filters.search(), filters.ordering::<ByAge>());
    filters.finish()?;
    let own = payer(&person);
    let count = sql!(
        "SELECT count(*) FROM receipt_rows WHERE ($1::uuid IS NULL OR student = $1) AND ($2::text IS NULL OR state = $2)
           AND ($3::text IS NULL OR source = $3) AND ($4::uuid IS NULL OR $4 IN (student, user_id))
           AND ($5::bool IS NULL OR refund_due = $5)
           AND NOT EXISTS (SELECT FROM unnest($6::text[]) AS word WHERE concat_ws(E'\n', transaction_id,
               account_reference, registration_number) NOT ILIKE word)"
    );
    let list = sql!(
        "SELECT id, transaction_id, source, student, student_name, registration_number, payment, amount, applied_amount, excess_amount,
                refund_due, phone_number, account_reference, paid_at, state, reason, refunded_at, refund_reference, created_at
         FROM receipt_rows
         WHERE ($1::uuid IS NULL OR student = $1) AND ($2::text IS NULL OR state = $2)
           AND ($3::text IS NULL OR source = $3) AND ($4::uuid IS NULL OR $4 IN (student, user_id))
           AND ($5::bool IS NULL OR refund_due = $5)
           AND NOT EXISTS (SELECT FROM unnest($6::text[]) AS word WHERE concat_ws(E'\n', transaction_id,
               account_reference, registration_number) NOT ILIKE word)
         ORDER BY CASE $7 WHEN 'created_at' THEN created_at END, created_at DESC, id LIMIT $8 OFFSET $9"
    );
    let mut read = app.db.read().await?;
    let counted = read.only(count, &[&own, &state, &source, &student, &refund, &words]).await?;
    let (window, [key]) = (page.window(counted)?, ordering.keys());
    let rows: Vec<Receipt> = read
        .all(list, &[&own, &state, &source, &student, &refund, &words, &key, &window.limit, &window.offset])
        .await?;
    let rows = rows.into_iter().map(|receipt| receipt.for_eyes_of(&person)).collect();
    Ok(Json(page.paginated(window, rows)))
}

/// Show a receipt
#[utoipa::path(get, path = "/api/finance/receipts/{id}", tag = "finance", params(("id" = Uuid, Path)),
    responses((status = 200, body = Receipt)))]
pub async fn show_receipt(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Receipt>> {
    let receipt = Receipt::find(&mut app.db.read().await?, id, payer(&person)).await?;
    Ok(Json(receipt.for_eyes_of(&person)))
}

row! {
    struct Before {
        state: String,
        student: Option<Uuid>,
        refund_due: bool,
    }
}

/// Locks a receipt, and the money of its student before it, and refuses it in any other state.
async fn in_state(app: &App, change: &mut Change, id: Uuid, wanted: &str) -> Result<Before> {
    let owner = sql!("SELECT state, student_id AS student, FALSE AS refund_due FROM receipts WHERE id = $1");
    let seen: Before = change.one(owner, &[&id]).await?.ok_or_else(unknown)?;
    if let Some(student) = seen.student {
        lock(app, change, student).await?;
    }
    let find = sql!(
        "SELECT state, student_id AS student, amount > applied_amount + refunded_amount AS refund_due
         FROM receipts WHERE id = $1 FOR UPDATE"
    );
    let before: Before = change.only(find, &[&id]).await?;
    if before.state == wanted { Ok(before) } else { Err(is_otherwise(&before.state)) }
}

fn is_otherwise(state: &str) -> Error {
    fault(format!("This receipt is {state}"))
}

async fn done(change: Change, id: Uuid, person: &Person) -> Result<Json<Receipt>> {
    let mut change = change;
    let receipt = Receipt::changed(&mut change, id).await?;
    change.commit().await?;
    Ok(Json(receipt.for_eyes_of(person)))
}

/// Match a receipt with a student
///
/// It counts for their fee then.
#[utoipa::path(post, path = "/api/finance/receipts/{id}/match", tag = "finance", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Receipt)))]
pub async fn match_receipt(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Receipt>> {
    let mut fields = data.fields();
    let student = fields.uuid("student_id", Need::Required);
    fields.finish()?;
    let mut change = app.db.change(&person.actor()).await?;
    let find = sql!("SELECT id FROM students WHERE id = $1 AND deleted_at IS NULL");
    let found: Option<Uuid> = change.one(find, &[&student]).await?;
    // The money of the student first, then the receipt: the order in which everything here is locked.
    if let Some(student) = found {
        lock(&app, &mut change, student).await?;
    }
    let find = sql!("SELECT state FROM receipts WHERE id = $1 FOR UPDATE");
    let state: String = change.one(find, &[&id]).await?.ok_or_else(unknown)?;
    if state != "review" {
        return Err(is_otherwise(&state));
    }
    let student = found.ok_or_else(|| invalid_field("student_id", "Student not found"))?;
    apply(&app, &mut change, id, student, Some(person.id)).await?;
    done(change, id, &person).await
}

/// Dismiss a receipt
///
/// It is nobody's fee.
#[utoipa::path(post, path = "/api/finance/receipts/{id}/dismiss", tag = "finance", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Receipt)))]
pub async fn dismiss_receipt(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Receipt>> {
    let mut fields = data.fields();
    let reason = fields.text("reason", Need::Required, 2000);
    fields.finish()?;
    let mut change = app.db.change(&person.actor()).await?;
    in_state(&app, &mut change, id, "review").await?;
    let dismiss = sql!("UPDATE receipts SET state = 'dismissed', reason = $2 WHERE id = $1");
    change.execute(dismiss, &[&id, &reason]).await?;
    done(change, id, &person).await
}

/// Note a refund
///
/// The money was sent back outside of the system.
#[utoipa::path(post, path = "/api/finance/receipts/{id}/refund", tag = "finance", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Receipt)))]
pub async fn refund_receipt(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Receipt>> {
    let mut fields = data.fields();
    let reference = fields.text("reference", Need::Required, 255);
    fields.finish()?;
    let now: DateTime<Utc> = app.clock.now();
    let mut change = app.db.change(&person.actor()).await?;
    if !in_state(&app, &mut change, id, "applied").await?.refund_due {
        return Err(fault("No refund is due"));
    }
    let refund = sql!(
        "UPDATE receipts SET refunded_amount = amount - applied_amount, refunded_at = $2, refund_reference = $3
         WHERE id = $1"
    );
    change.execute(refund, &[&id, &now, &reference]).await?;
    done(change, id, &person).await
}

/// Reverse a receipt
///
/// M-PESA or the bank took the money back. An approval that was given stays; finance staff and administrators are told.
#[utoipa::path(post, path = "/api/finance/receipts/{id}/reverse", tag = "finance", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Receipt)))]
pub async fn reverse_receipt(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Receipt>> {
    let mut fields = data.fields();
    let reason = fields.text("reason", Need::Required, 2000).unwrap_or_default();
    let reference = fields.text_or_blank("reference", Need::Optional, 255).unwrap_or_default();
    fields.finish()?;
    let reason = if reference.is_empty() { reason } else { format!("{reason} ({reference})") };
    let mut change = app.db.change(&person.actor()).await?;
    in_state(&app, &mut change, id, "applied").await?;
    reverse(&app, &mut change, id, &reason).await?;
    told::reversed(&app, &mut change, id).await?;
    done(change, id, &person).await
}
