//! Finance records: what a student owes.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::{Principal, Signed},
    db::Read,
    drf::{Data, Filters, Need, PageNumber, Paginated},
    http::{Json, Money, Path, Sortable},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    booking::deal,
    lock,
    payments::{STUDENTS_ONLY, payer},
};
use crate::{
    access::{FinanceDesk, Person},
    refusals::unknown,
    times::Local,
};

row! {
    /// What a student owes.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct FinanceRecord {
        id: Uuid,
        student: Uuid,
        student_name: String,
        registration_number: String,
        /// Fees of the studies, which are paid elsewhere.
        tuition_balance: Money,
        /// 0: waived.
        graduation_fee: Money,
        amount_received: Money,
        amount_due: Money,
        /// `verified`: nothing is due; `paid`: a claim of all that is due waits; `pending`.
        graduation_fee_status: String,
        mpesa_code: String,
        mpesa_payment_date: Option<Local>,
        last_verified_date: Option<Local>,
        verified_by: String,
        notes: String,
        created_at: Local,
        updated_at: Local,
    }
}

row! {
    /// The graduation fee as an invoice.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Invoice {
        id: Uuid,
        student_name: String,
        registration_number: String,
        amount: Money,
        amount_paid: Money,
        amount_due: Money,
        /// `verified`: nothing is due; `paid`: a claim of all that is due waits; `pending`.
        status: String,
        created_at: Local,
    }
}

/// Lists that are ordered by age only.
pub(super) struct ByAge;

impl Sortable for ByAge {
    const NAMES: &'static [&'static str] = &["created_at"];
    const DEFAULT: &'static str = "-created_at";
}

/// Selects the record `$1`, of the student `$2` if one is given; without `$1` that of the student.
const ONE: shared::db::Sql = sql!(
    "SELECT id, student, student_name, registration_number, tuition_balance, graduation_fee, amount_received, amount_due,
            graduation_fee_status, mpesa_code, mpesa_payment_date, last_verified_date, verified_by, notes, created_at,
            updated_at
     FROM fee_rows WHERE ($1::uuid IS NULL OR id = $1) AND ($2::uuid IS NULL OR student = $2) LIMIT 1"
);

async fn find(read: &mut Read, id: Option<Uuid>, student: Option<Uuid>) -> Result<FinanceRecord> {
    read.one(ONE, &[&id, &student]).await?.ok_or_else(unknown)
}

/// What a list is narrowed to.
struct Chosen {
    student: Option<Uuid>,
    status: Option<&'static str>,
    year: Option<i32>,
    words: Vec<String>,
}

impl Chosen {
    fn read(person: &Person, mut filters: Filters) -> Result<Self> {
        let statuses = [("pending", "pending"), ("paid", "paid"), ("verified", "verified")];
        let chosen = Self {
            student: payer(person),
            status: filters.choice("graduation_fee_status", &statuses),
            year: filters.integer("student__graduation_year"),
            words: filters.search(),
        };
        filters.finish().map(|()| chosen)
    }

    async fn count(&self, read: &mut Read) -> Result<i64> {
        let count = sql!(
            "SELECT count(*) FROM fee_rows
             WHERE ($1::uuid IS NULL OR student = $1) AND ($2::text IS NULL OR graduation_fee_status = $2)
               AND ($3::int IS NULL OR graduation_year = $3)
               AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS word
                               WHERE concat_ws(E'\n', registration_number, student_name) NOT ILIKE word)"
        );
        read.only(count, &[&self.student, &self.status, &self.year, &self.words]).await
    }
}

/// List finance records
#[utoipa::path(get, path = "/api/finance/records", tag = "finance",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("search" = Option<String>, Query),
        ("ordering" = Option<String>, Query), ("graduation_fee_status" = Option<String>, Query),
        ("student__graduation_year" = Option<i32>, Query)),
    responses((status = 200, body = Paginated<FinanceRecord>)))]
pub async fn list_finance_records(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    filters: Filters,
) -> Result<Json<Paginated<FinanceRecord>>> {
    let ordering = filters.ordering::<ByAge>();
    let chosen = Chosen::read(&person, filters)?;
    let list = sql!(
        "SELECT id, student, student_name, registration_number, tuition_balance, graduation_fee, amount_received, amount_due,
                graduation_fee_status, mpesa_code, mpesa_payment_date, last_verified_date, verified_by, notes, created_at,
                updated_at
         FROM fee_rows
         WHERE ($1::uuid IS NULL OR student = $1) AND ($2::text IS NULL OR graduation_fee_status = $2)
           AND ($3::int IS NULL OR graduation_year = $3)
           AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS word
                           WHERE concat_ws(E'\n', registration_number, student_name) NOT ILIKE word)
         ORDER BY CASE $5 WHEN 'created_at' THEN created_at END, created_at DESC, id LIMIT $6 OFFSET $7"
    );
    let mut read = app.db.read().await?;
    let (window, [key]) = (page.window(chosen.count(&mut read).await?)?, ordering.keys());
    let Chosen { student, status, year, words } = &chosen;
    let rows = read.all(list, &[student, status, year, words, &key, &window.limit, &window.offset]).await?;
    Ok(Json(page.paginated(window, rows)))
}

/// List invoices
///
/// Each is the graduation fee of a student.
#[utoipa::path(get, path = "/api/finance/invoices", tag = "finance",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("search" = Option<String>, Query),
        ("ordering" = Option<String>, Query)),
    responses((status = 200, body = Paginated<Invoice>)))]
pub async fn list_invoices(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    filters: Filters,
) -> Result<Json<Paginated<Invoice>>> {
    let ordering = filters.ordering::<ByAge>();
    let chosen = Chosen::read(&person, filters)?;
    let list = sql!(
        "SELECT id, student_name, registration_number, graduation_fee AS amount, amount_received AS amount_paid,
                amount_due, graduation_fee_status AS status, created_at
         FROM fee_rows
         WHERE ($1::uuid IS NULL OR student = $1) AND ($2::text IS NULL OR graduation_fee_status = $2)
           AND ($3::int IS NULL OR graduation_year = $3)
           AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS word
                           WHERE concat_ws(E'\n', registration_number, student_name) NOT ILIKE word)
         ORDER BY CASE $5 WHEN 'created_at' THEN created_at END, created_at DESC, id LIMIT $6 OFFSET $7"
    );
    let mut read = app.db.read().await?;
    let (window, [key]) = (page.window(chosen.count(&mut read).await?)?, ordering.keys());
    let Chosen { student, status, year, words } = &chosen;
    let rows = read.all(list, &[student, status, year, words, &key, &window.limit, &window.offset]).await?;
    Ok(Json(page.paginated(window, rows)))
}

/// Show a finance record
#[utoipa::path(get, path = "/api/finance/records/{id}", tag = "finance", params(("id" = Uuid, Path)),
    responses((status = 200, body = FinanceRecord)))]
pub async fn show_finance_record(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<FinanceRecord>> {
    find(&mut app.db.read().await?, Some(id), payer(&person)).await.map(Json)
}

/// Show one's own finance record
#[utoipa::path(get, path = "/api/finance/records/my_record", tag = "finance",
    responses((status = 200, body = FinanceRecord)))]
pub async fn show_my_finance_record(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<FinanceRecord>> {
    let student = person.own_student(STUDENTS_ONLY)?;
    find(&mut app.db.read().await?, None, Some(student)).await.map(Json)
}

/// Change a finance record
///
/// What was received is dealt out anew, oldest first; 0 waives the fee.
#[utoipa::path(patch, path = "/api/finance/records/{id}", tag = "finance", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = FinanceRecord)))]
pub async fn change_finance_record(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<FinanceRecord>> {
    let owner = sql!("SELECT student_id FROM finance_records WHERE id = $1");
    let student: Uuid = app.db.read().await?.one(owner, &[&id]).await?.ok_or_else(unknown)?;
    let mut fields = data.fields();
    let mut amount = |name: &str, most: Option<Money>| {
        let amount = fields.money(name, Need::Optional, 10, 2)?;
        if amount < Money::ZERO {
            fields.reject(name, "Ensure this value is greater than or equal to 0.");
        } else if let Some(most) = most.filter(|most| amount > *most) {
            fields.reject(name, format!("Ensure this value is less than or equal to {}.", most.decimal()));
        }
        Some(amount)
    };
    let balance = amount("tuition_balance", None);
    let fee = amount("graduation_fee", Some(Money::from_minor(1_000_000, 0)));
    let notes = fields.text_or_blank("notes", Need::Optional, 2000);
    fields.finish()?;
    let mut change = app.db.change(&person.actor()).await?;
    lock(&app, &mut change, student).await?;
    let update = sql!(
        "UPDATE finance_records SET tuition_balance = coalesce($2, tuition_balance),
                graduation_fee = coalesce($3, graduation_fee), notes = coalesce($4, notes) WHERE id = $1"
    );
    change.execute(update, &[&id, &balance, &fee, &notes]).await?;
    deal(&app, &mut change, student).await?;
    change.commit().await?;
    find(&mut app.db.read().await?, Some(id), None).await.map(Json)
}
