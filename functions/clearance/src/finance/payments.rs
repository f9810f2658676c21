//! Reading payments.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    db::Read,
    drf::{Filters, PageNumber, Paginated},
    error::not_found,
    http::{Json, Path, Sortable},
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::payment::{Payment, PaymentRow};
use crate::{
    access::Person,
    media::Links,
    refusals::{refused, unknown},
};

/// What only students have.
pub(super) const STUDENTS_ONLY: &str = "Only students can access this endpoint";

/// What only the finance staff and administrators see.
pub(super) const DESK_ONLY: &str = "Admin access required";

/// How payments are made.
pub(super) const METHODS: [(&str, &str); 3] = [("mpesa", "mpesa"), ("bank", "bank"), ("cash", "cash")];

struct PaymentOrder;

impl Sortable for PaymentOrder {
    const NAMES: &'static [&'static str] = &["created_at", "payment_date", "amount", "verification_date"];
    const DEFAULT: &'static str = "-created_at";
}

/// Whose money somebody may read: none for everybody's, else one student's; the nil id is nobody's.
pub fn payer(person: &Person) -> Option<Uuid> {
    if person.reads_payments() { None } else { Some(person.student.unwrap_or_default()) }
}

/// What a list is narrowed to.
struct Chosen {
    student: Option<Uuid>,
    method: Option<&'static str>,
    verified: Option<bool>,
    faculty: Option<String>,
    program: Option<String>,
    year: Option<i32>,
    words: Vec<String>,
}

impl Chosen {
    fn read(person: &Person, mut filters: Filters) -> Result<Self> {
        let chosen = Self {
            student: payer(person),
            method: filters.choice("payment_method", &METHODS),
            verified: filters.boolean("is_verified"),
            faculty: filters.text("student__faculty"),
            program: filters.text("student__program"),
            year: filters.integer("student__graduation_year"),
            words: filters.search(),
        };
        filters.finish().map(|()| chosen)
    }

    async fn count(&self, read: &mut Read) -> Result<i64> {
        let count = sql!(
            "SELECT count(*) FROM payment_rows
             WHERE ($1::uuid IS NULL OR student_id = $1) AND ($2::text IS NULL OR payment_method = $2)
               AND ($3::bool IS NULL OR is_verified = $3) AND ($4::text IS NULL OR faculty = $4)
               AND ($5::text IS NULL OR program = $5) AND ($6::int IS NULL OR graduation_year = $6)
               AND NOT EXISTS (SELECT FROM unnest($7::text[]) AS word WHERE concat_ws(E'\n', transaction_id,
                   registration_number, student_name, admission_number, phone_number) NOT ILIKE word)"
        );
        let Self { student, method, verified, faculty, program, year, words } = self;
        read.only(count, &[student, method, verified, faculty, program, year, words]).await
    }
}

/// List payments
///
/// Students see their own, the finance office all, other staff none.
#[utoipa::path(get, path = "/api/finance/payments", tag = "finance",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("search" = Option<String>, Query),
        ("ordering" = Option<String>, Query), ("payment_method" = Option<String>, Query),
        ("is_verified" = Option<bool>, Query), ("student__faculty" = Option<String>, Query),
        ("student__program" = Option<String>, Query), ("student__graduation_year" = Option<i32>, Query)),
    responses((status = 200, body = Paginated<PaymentRow>)))]
pub async fn list_payments(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    links: Links,
    page: PageNumber<20, 100>,
    filters: Filters,
) -> Result<Json<Paginated<PaymentRow>>> {
    let ordering = filters.ordering::<PaymentOrder>();
    let chosen = Chosen::read(&person, filters)?;
    let list = sql!(
        "SELECT id, student_name, registration_number, amount, payment_method, transaction_id, payment_date, is_verified,
                verified_by_name, verification_date, fee_statement, graduation_fee_amount, created_at, state,
                amount_received, amount_due, overpaid_amount
         FROM payment_rows
         WHERE ($1::uuid IS NULL OR student_id = $1) AND ($2::text IS NULL OR payment_method = $2)
           AND ($3::bool IS NULL OR is_verified = $3) AND ($4::text IS NULL OR faculty = $4)
           AND ($5::text IS NULL OR program = $5) AND ($6::int IS NULL OR graduation_year = $6)
           AND NOT EXISTS (SELECT FROM unnest($7::text[]) AS word WHERE concat_ws(E'\n', transaction_id,
               registration_number, student_name, admission_number, phone_number) NOT ILIKE word)
         ORDER BY CASE $8 WHEN 'amount' THEN amount END, CASE $8 WHEN '-amount' THEN amount END DESC,
           CASE $8 WHEN 'created_at' THEN created_at WHEN 'payment_date' THEN payment_date
                   WHEN 'verification_date' THEN verification_date END NULLS FIRST,
           CASE $8 WHEN '-created_at' THEN created_at WHEN '-payment_date' THEN payment_date
                   WHEN '-verification_date' THEN verification_date END DESC NULLS LAST,
           id LIMIT $9 OFFSET $10"
    );
    let mut read = app.db.read().await?;
    let (window, [key]) = (page.window(chosen.count(&mut read).await?)?, ordering.keys());
    let Chosen { student, method, verified, faculty, program, year, words } = &chosen;
    let (limit, offset) = (window.limit, window.offset);
    let rows: Vec<PaymentRow> = read
        .all(list, &[student, method, verified, faculty, program, year, words, &key, &limit, &offset])
        .await?;
    let rows = rows.into_iter().map(|row| row.linked(&links)).collect::<Result<_>>()?;
    Ok(Json(page.paginated(window, rows)))
}

/// Show a payment
#[utoipa::path(get, path = "/api/finance/payments/{id}", tag = "finance", params(("id" = Uuid, Path)),
    responses((status = 200, body = Payment)))]
pub async fn show_payment(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
) -> Result<Json<Payment>> {
    Payment::find(&app, &links, id, payer(&person)).await.map(Json)
}

/// Show one's own payment
#[utoipa::path(get, path = "/api/finance/payments/my_payment", tag = "finance",
    responses((status = 200, body = Payment)))]
pub async fn show_my_payment(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    links: Links,
) -> Result<Json<Payment>> {
    if !person.is_student() {
        return Err(refused(STUDENTS_ONLY));
    }
    let find = sql!("SELECT id FROM payments WHERE student_id = $1 AND deleted_at IS NULL");
    let found: Option<Uuid> = app.db.read().await?.one(find, &[&person.student]).await?;
    let none = || {
        let text = "No payment record found";
        not_found(text).with("message", text).with("has_paid", false)
    };
    Payment::find(&app, &links, found.ok_or_else(none)?, None).await.map(Json)
}

/// Show one's own payment, by another path
#[utoipa::path(get, path = "/api/finance/my_payment", tag = "finance", responses((status = 200, body = Payment)))]
pub async fn show_my_payment_by_alias(
    person: Signed<Person>,
    app: State<App>,
    links: Links,
) -> Result<Json<Payment>> {
    show_my_payment(person, app, links).await
}

/// Payments that wait for a decision, the newest 200 of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unverified {
    /// All of them.
    count: i64,
    payments: Vec<PaymentRow>,
}

/// List payments that are not verified
#[utoipa::path(get, path = "/api/finance/payments/unverified", tag = "finance",
    responses((status = 200, body = Unverified)))]
pub async fn list_unverified_payments(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    links: Links,
) -> Result<Json<Unverified>> {
    if !person.is_finance_desk() {
        return Err(refused(DESK_ONLY));
    }
    let count = sql!("SELECT count(*) FROM payments WHERE deleted_at IS NULL AND NOT is_verified");
    let list = sql!(
        "SELECT id, student_name, registration_number, amount, payment_method, transaction_id, payment_date, is_verified,
                verified_by_name, verification_date, fee_statement, graduation_fee_amount, created_at, state,
                amount_received, amount_due, overpaid_amount
         FROM payment_rows WHERE NOT is_verified ORDER BY created_at DESC, id LIMIT 200"
    );
    let mut read = app.db.read().await?;
    let count = read.only(count, &[]).await?;
    let rows: Vec<PaymentRow> = read.all(list, &[]).await?;
    let payments = rows.into_iter().map(|row| row.linked(&links)).collect::<Result<_>>()?;
    Ok(Json(Unverified { count, payments }))
}

/// The student whose payment this is; 404 without one.
pub(super) async fn student_of(app: &App, id: Uuid) -> Result<Uuid> {
    let find = sql!("SELECT student_id FROM payments WHERE id = $1 AND deleted_at IS NULL");
    app.db.read().await?.one(find, &[&id]).await?.ok_or_else(unknown)
}
