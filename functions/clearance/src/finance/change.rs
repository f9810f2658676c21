//! Entering and changing payments: what somebody claims to have paid.

use axum::extract::State;
use chrono::{DateTime, Utc};
use http::StatusCode;
use shared::{
    App, Error, Result,
    auth::principal::{Principal, Signed},
    db::Change,
    drf::{Data, Fields, Need},
    error::{conflict, forbidden, invalid_field},
    files::kept_if,
    http::{Created, Json, Money, Path, UploadedFile},
    row, sql,
};
use uuid::Uuid;

use super::{
    Payment, lock,
    payments::{METHODS, student_of},
    phone::{mobile, normalized},
};
use crate::{
    access::{Admin, FinanceDesk, Person},
    kes::kes,
    media::{self, FEE_STATEMENT, Links, RECEIPT},
    refusals::{ADMINS_ONLY, fault, refused, unknown},
    times::nairobi,
};

/// What a transaction number that somebody else has is answered.
const TAKEN: &str = "payment with this transaction id already exists.";

row! {
    pub(super) struct Fee {
        pub(super) fee: Money,
        pub(super) received: Money,
        pub(super) due: Money,
    }
}

impl Fee {
    /// What a student whose money is locked owes.
    pub(super) async fn of(change: &mut Change, student: Uuid) -> Result<Self> {
        let find = sql!(
            "SELECT graduation_fee AS fee, received_from($1) AS received, due_from($1) AS due
             FROM finance_records WHERE student_id = $1"
        );
        change.only(find, &[&student]).await
    }

    /// Refuses every amount but what is due.
    pub(super) fn check(&self, amount: Money) -> Result<()> {
        if amount == self.due {
            return Ok(());
        }
        let what = if self.received > Money::ZERO { "amount due" } else { "graduation fee" };
        let message = format!("Payment amount must be exactly {} ({what})", kes(self.due));
        Err(invalid_field("amount", message))
    }
}

/// Refuses the number of a transaction that another payment or a receipt has.
pub(super) async fn is_free(change: &mut Change, number: &str, except: Option<Uuid>) -> Result<()> {
    let find = sql!(
        "SELECT EXISTS (SELECT FROM payments WHERE upper(transaction_id) = upper($1) AND deleted_at IS NULL
                          AND id IS DISTINCT FROM $2)
             OR EXISTS (SELECT FROM receipts WHERE transaction_id = upper($1))"
    );
    if !number.is_empty() && change.only(find, &[&number, &except]).await? {
        return Err(invalid_field("transaction_id", TAKEN));
    }
    Ok(())
}

fn positive(fields: &mut Fields, amount: Option<Money>) -> Option<Money> {
    if amount.is_some_and(|amount| amount <= Money::ZERO) {
        fields.reject("amount", "Amount must be greater than zero");
        return None;
    }
    amount
}

/// The key of a student. Clients of the legacy server sent numbers, which no student has.
fn student_id(fields: &mut Fields, data_is_number: bool) -> Option<Uuid> {
    if data_is_number {
        fields.reject("student_id", "Student not found");
        return None;
    }
    fields.uuid("student_id", Need::Required)
}

/// The files of a form.
struct Files {
    receipt: Option<UploadedFile>,
    statement: Option<UploadedFile>,
}

/// Where they were stored.
struct Stored {
    receipt: Option<String>,
    statement: Option<String>,
}

impl Files {
    fn read(fields: &mut Fields) -> Self {
        Self { receipt: media::read(fields, "receipt"), statement: media::read(fields, "fee_statement") }
    }

    async fn store(self, app: &App, person: &Person) -> Result<Stored> {
        let receipt = media::store(app, person, &RECEIPT, "receipt", self.receipt).await?;
        let statement = media::store(app, person, &FEE_STATEMENT, "fee_statement", self.statement).await;
        let kept: Vec<String> = receipt.iter().cloned().collect();
        let statement = kept_if(app, &kept, statement).await?;
        Ok(Stored { receipt, statement })
    }
}

impl Stored {
    fn addresses(&self) -> Vec<String> {
        self.receipt.iter().chain(&self.statement).cloned().collect()
    }
}

/// What is entered of a payment.
struct Claim {
    student: Uuid,
    amount: Money,
    method: &'static str,
    transaction_id: String,
    phone: String,
    notes: String,
}

/// Enter a payment
///
/// A claim, until somebody verifies it. Students enter their own. The amount is what is due.
#[utoipa::path(post, path = "/api/finance/payments", tag = "finance", request_body = Object,
    responses((status = 201, body = Payment)))]
pub async fn add_payment(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    links: Links,
    data: Data,
) -> Result<Created<Payment>> {
    if !person.is_student() && !person.is_finance_desk() {
        return Err(forbidden(ADMINS_ONLY));
    }
    let is_number = data.form.fields.get("student_id").is_some_and(serde_json::Value::is_number);
    let mut fields = data.fields();
    let student = student_id(&mut fields, is_number);
    let amount = fields.money("amount", Need::Required, 10, 2);
    let amount = positive(&mut fields, amount);
    let method = fields.choice("payment_method", Need::Optional, &METHODS).unwrap_or("mpesa");
    let transaction_id = fields.text_or_blank("transaction_id", Need::Optional, 100).unwrap_or_default();
    let phone = phone(&mut fields, normalized).unwrap_or_default();
    let notes = fields.text_or_blank("notes", Need::Optional, 2000).unwrap_or_default();
    let files = Files::read(&mut fields);
    if fields.is_valid() && method == "mpesa" && phone.is_empty() {
        fields.reject("phone_number", "Phone number is required for M-PESA payments");
    }
    fields.finish()?;
    let (student, amount) = (student.unwrap_or_default(), amount.unwrap_or_default());
    if person.is_student() && person.student != Some(student) {
        return Err(refused("You can only create payment records for yourself"));
    }
    let stored = files.store(&app, &person).await?;
    let claim = Claim { student, amount, method, transaction_id, phone, notes };
    let outcome = enter(&app, &person, &claim, &stored).await;
    let id = kept_if(&app, &stored.addresses(), outcome).await?;
    Payment::find(&app, &links, id, None).await.map(Created)
}

async fn enter(app: &App, person: &Person, claim: &Claim, stored: &Stored) -> Result<Uuid> {
    let mut change = app.db.change(&person.actor()).await?;
    let exists = sql!("SELECT EXISTS (SELECT FROM students WHERE id = $1 AND deleted_at IS NULL)");
    if !change.only::<bool>(exists, &[&claim.student]).await? {
        return Err(invalid_field("student_id", "Student not found"));
    }
    lock(app, &mut change, claim.student).await?;
    let has_one = sql!("SELECT EXISTS (SELECT FROM payments WHERE student_id = $1 AND deleted_at IS NULL)");
    if change.only::<bool>(has_one, &[&claim.student]).await? {
        let message = "Payment record already exists for this student. Use update instead.";
        return Err(invalid_field("student_id", message));
    }
    is_free(&mut change, &claim.transaction_id, None).await?;
    let fee = Fee::of(&mut change, claim.student).await?;
    fee.check(claim.amount)?;
    let insert = sql!(
        "INSERT INTO payments (student_id, amount, payment_method, transaction_id, phone_number, notes, receipt,
                               fee_statement, graduation_fee_amount, created_by_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id"
    );
    let Claim { student, amount, method, transaction_id, phone, notes } = claim;
    let now = app.clock.now();
    let id = change
        .only(
            insert,
            &[
                student,
                amount,
                method,
                transaction_id,
                phone,
                notes,
                &stored.receipt,
                &stored.statement,
                &fee.fee,
                &person.id,
                &now,
            ],
        )
        .await?;
    change.commit().await?;
    Ok(id)
}

fn phone(fields: &mut Fields, read: fn(&str) -> Result<String, &'static str>) -> Option<String> {
    let text = fields.text_or_blank("phone_number", Need::Optional, 20)?;
    if text.is_empty() {
        return Some(text);
    }
    read(&text).map_err(|message| fields.reject("phone_number", message)).ok()
}

/// What the body says of a payment.
struct Wish {
    amount: Option<Money>,
    method: Option<&'static str>,
    transaction_id: Option<String>,
    phone: Option<String>,
    payment_date: Option<DateTime<Utc>>,
    notes: Option<String>,
}

impl Wish {
    fn read(fields: &mut Fields, need: Need) -> Self {
        Self {
            amount: fields.money("amount", need, 10, 2),
            method: fields.choice("payment_method", Need::Optional, &METHODS),
            transaction_id: fields.text_or_blank("transaction_id", Need::Optional, 100),
            phone: phone(fields, mobile),
            payment_date: payment_date(fields),
            notes: fields.text_or_blank("notes", Need::Optional, 2000),
        }
    }

    /// Whether it only says what may be added to a verified payment.
    fn is_remark(&self) -> bool {
        self.amount.is_none()
            && self.method.is_none()
            && self.transaction_id.is_none()
            && self.phone.is_none()
            && self.payment_date.is_none()
    }
}

/// When it was paid; a time without an offset is one of Nairobi.
pub(super) fn payment_date(fields: &mut Fields) -> Option<DateTime<Utc>> {
    fields.moment("payment_date", Need::Nullable, &nairobi())
}

/// Save a payment
#[utoipa::path(put, path = "/api/finance/payments/{id}", tag = "finance", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Payment)))]
pub async fn save_payment(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<Payment>> {
    save(&app, &person, id, &links, data, Need::Required).await
}

/// Change a payment
///
/// Of a verified one only notes and files. The amount is what is due.
#[utoipa::path(patch, path = "/api/finance/payments/{id}", tag = "finance", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Payment)))]
pub async fn change_payment(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<Payment>> {
    save(&app, &person, id, &links, data, Need::Optional).await
}

async fn save(
    app: &App,
    person: &Person,
    id: Uuid,
    links: &Links,
    data: Data,
    need: Need,
) -> Result<Json<Payment>> {
    let student = student_of(app, id).await?;
    let mut fields = data.fields();
    if need == Need::Required && fields.uuid("student_id", need).is_some_and(|named| named != student) {
        fields.reject("student_id", "The student of a payment cannot be changed.");
    }
    let wish = Wish::read(&mut fields, need);
    let files = Files::read(&mut fields);
    fields.finish()?;
    let stored = files.store(app, person).await?;
    let outcome = store(app, person, (id, student), &wish, &stored).await;
    kept_if(app, &stored.addresses(), outcome).await?;
    Payment::find(app, links, id, None).await.map(Json)
}

row! {
    struct Before {
        is_verified: bool,
        payment_method: String,
        phone_number: String,
    }
}

async fn store(
    app: &App,
    person: &Person,
    (id, student): (Uuid, Uuid),
    wish: &Wish,
    stored: &Stored,
) -> Result<()> {
    let mut change = app.db.change(&person.actor()).await?;
    lock(app, &mut change, student).await?;
    let find = sql!(
        "SELECT is_verified, payment_method, phone_number FROM payments WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"
    );
    let before: Before = change.one(find, &[&id]).await?.ok_or_else(unknown)?;
    if before.is_verified && !wish.is_remark() {
        return Err(fault("A verified payment cannot be changed"));
    }
    if let Some(amount) = wish.amount {
        // What was received stays what it is; before that it is what is claimed.
        let look = sql!("SELECT received_from($1) > 0, received_from($1) = $2::numeric");
        match change.only(look, &[&student, &amount]).await? {
            (false, _) => Fee::of(&mut change, student).await?.check(amount)?,
            (true, true) => {}
            (true, false) => {
                let message =
                    "Money was received already: verify the rest with its amount and transaction number.";
                return Err(invalid_field("amount", message));
            }
        }
    }
    let method = wish.method.unwrap_or(&before.payment_method);
    let phone = wish.phone.as_deref().unwrap_or(&before.phone_number);
    let touches = wish.method.is_some() || wish.phone.is_some();
    if touches && method == "mpesa" && phone.is_empty() {
        return Err(invalid_field("phone_number", "Phone number is required for M-PESA payments"));
    }
    is_free(&mut change, wish.transaction_id.as_deref().unwrap_or_default(), Some(id)).await?;
    let update = sql!(
        "UPDATE payments SET amount = coalesce($2, amount), payment_method = coalesce($3, payment_method),
                transaction_id = coalesce($4, transaction_id), phone_number = coalesce($5, phone_number),
                payment_date = coalesce($6, payment_date), notes = coalesce($7, notes),
                receipt = coalesce($8, receipt), fee_statement = coalesce($9, fee_statement)
         WHERE id = $1"
    );
    let Wish { amount, method, transaction_id, phone, payment_date, notes } = wish;
    let files = (&stored.receipt, &stored.statement);
    change
        .execute(update, &[&id, amount, method, transaction_id, phone, payment_date, notes, files.0, files.1])
        .await?;
    change.commit().await
}

/// Delete a claim
///
/// It is hidden. What was received stays.
#[utoipa::path(delete, path = "/api/finance/payments/{id}", tag = "finance", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub async fn delete_payment(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let student = student_of(&app, id).await?;
    let mut change = app.db.change(&admin.actor()).await?;
    lock(&app, &mut change, student).await?;
    let hide = sql!(
        "UPDATE payments SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL
           AND (SELECT state FROM payment_sums(student_id)) = 'claimed'"
    );
    if change.execute(hide, &[&id, &app.clock.now()]).await? == 0 {
        return Err(kept());
    }
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn kept() -> Error {
    conflict("conflict", "A verified payment cannot be deleted.")
}
