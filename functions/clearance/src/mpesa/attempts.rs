//! Reading requests to pay.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    db::Read,
    drf::{Filters, PageNumber, Paginated},
    http::{Json, Money, Path, Sortable},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::attempt::STATUSES;
pub(super) use crate::finance::payer;
use crate::{access::Person, finance::phone::shown_to, refusals::unknown, times::Local};

row! {
    /// A request to pay on a phone.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct ShownAttempt {
        id: Uuid,
        student: Uuid,
        student_name: String,
        registration_number: String,
        phone_number: String,
        amount: Money,
        account_reference: String,
        /// Null until M-PESA has answered.
        checkout_request_id: Option<String>,
        merchant_request_id: Option<String>,
        /// `created`, `sent`, `pending`, `succeeded`, `mismatch`, `failed`, `cancelled`, `timed_out`, `reversed`.
        status: String,
        result_code: Option<String>,
        result_desc: String,
        /// Null until it is paid and the number is known.
        transaction_id: Option<String>,
        created_at: Local,
        updated_at: Local,
        finished_at: Option<Local>,
    }
}

impl ShownAttempt {
    /// One by its id; with `student` only if it is theirs. 404 without one.
    pub(super) async fn find(read: &mut Read, id: Uuid, student: Option<Uuid>) -> Result<Self> {
        let find = sql!(
            "SELECT id, student, student_name, registration_number, phone_number, amount, account_reference, checkout_request_id,
                    merchant_request_id, status, result_code, result_desc, transaction_id, created_at, updated_at, finished_at
             FROM attempt_rows
             WHERE id = $1 AND ($2::uuid IS NULL OR student = $2)"
        );
        read.one(find, &[&id, &student]).await?.ok_or_else(unknown)
    }

    /// With the phone number as this person sees it.
    pub(super) fn for_eyes_of(self, person: &Person) -> Self {
        Self { phone_number: shown_to(person, self.phone_number), ..self }
    }
}

struct AttemptOrder;

impl Sortable for AttemptOrder {
    const NAMES: &'static [&'static str] = &["created_at"];
    const DEFAULT: &'static str = "-created_at";
}

/// List requests to pay
///
/// Students see their own, the finance office all. `student` is the id of a student or of their account.
#[utoipa::path(get, path = "/api/finance/mpesa_attempts", tag = "mpesa",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("ordering" = Option<String>, Query),
        ("status" = Option<String>, Query), ("student" = Option<Uuid>, Query)),
    responses((status = 200, body = Paginated<ShownAttempt>)))]
pub async fn list_attempts(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Json<Paginated<ShownAttempt>>> {
    let status = filters.choice("status", &STATUSES.map(|(name, _)| (name, name)));
    let (student, ordering) = (filters.uuid("student"), filters.ordering::<AttemptOrder>());
    filters.finish()?;
    let own = payer(&person);
    let count = sql!(
        "SELECT count(*) FROM attempt_rows
         WHERE ($1::uuid IS NULL OR student = $1) AND ($2::text IS NULL OR status = $2)
           AND ($3::uuid IS NULL OR $3 IN (student, user_id))"
    );
    let list = sql!(
        "SELECT id, student, student_name, registration_number, phone_number, amount, account_reference, checkout_request_id,
                merchant_request_id, status, result_code, result_desc, transaction_id, created_at, updated_at, finished_at
         FROM attempt_rows
         WHERE ($1::uuid IS NULL OR student = $1) AND ($2::text IS NULL OR status = $2)
           AND ($3::uuid IS NULL OR $3 IN (student, user_id))
         ORDER BY CASE $4 WHEN 'created_at' THEN created_at END, created_at DESC, id LIMIT $5 OFFSET $6"
    );
    let mut read = app.db.read().await?;
    let window = page.window(read.only(count, &[&own, &status, &student]).await?)?;
    let [key] = ordering.keys();
    let rows: Vec<ShownAttempt> =
        read.all(list, &[&own, &status, &student, &key, &window.limit, &window.offset]).await?;
    let rows = rows.into_iter().map(|shown| shown.for_eyes_of(&person)).collect();
    Ok(Json(page.paginated(window, rows)))
}

/// Show a request to pay
#[utoipa::path(get, path = "/api/finance/mpesa_attempts/{id}", tag = "mpesa", params(("id" = Uuid, Path)),
    responses((status = 200, body = ShownAttempt)))]
pub async fn show_attempt(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<ShownAttempt>> {
    let shown = ShownAttempt::find(&mut app.db.read().await?, id, payer(&person)).await?;
    Ok(Json(shown.for_eyes_of(&person)))
}
