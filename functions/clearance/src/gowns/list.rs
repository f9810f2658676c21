//! Lists of gowns.

use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    db::Param,
    drf::{Filters, PageNumber, Paginated},
    error::forbidden,
    http::{Json, Path, Sortable},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{SIZES, shown::GownDetail, state::STATUSES};
use crate::{
    access::Person,
    refusals::ADMINS_ONLY,
    times::{Local, nairobi, today},
};

row! {
    /// A gown in a list.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct GownRow {
        id: Uuid,
        student_name: String,
        registration_number: String,
        gown_number: String,
        /// The same as `gown_number`.
        gown_code: String,
        gown_size: String,
        status: String,
        is_returned: bool,
        deposit_paid: bool,
        /// `pending`, `retained`, `refunded`.
        deposit_status: String,
        deposit_refund_date: Option<Local>,
        issued_date: Local,
        /// The same as `issued_date`.
        issue_date: Local,
        expected_return_date: NaiveDate,
        return_date: Option<Local>,
        is_overdue: bool,
        issued_by_name: Option<String>,
    }
}

struct Gowns;

impl Sortable for Gowns {
    const NAMES: &'static [&'static str] = &["issued_date", "expected_return_date", "gown_number"];
    const DEFAULT: &'static str = "-issued_date";
}

/// Whose gowns somebody may see: students their own, the desk all of them, others none.
fn owner(person: &Person) -> Result<Option<Uuid>> {
    match person.is_student() {
        true => Ok(Some(person.id)),
        false if person.is_gown_desk() => Ok(None),
        false => Err(forbidden(ADMINS_ONLY)),
    }
}

/// List gowns
///
/// Students see their own.
#[utoipa::path(get, path = "/api/gown-issuances", tag = "gowns",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("status" = Option<String>, Query),
        ("deposit_paid" = Option<bool>, Query), ("deposit_refunded" = Option<bool>, Query),
        ("gown_size" = Option<String>, Query), ("issued_date" = Option<String>, Query),
        ("search" = Option<String>, Query), ("ordering" = Option<String>, Query)),
    responses((status = 200, body = Paginated<GownRow>)))]
pub async fn list_gowns(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Json<Paginated<GownRow>>> {
    let owner = owner(&person)?;
    let (status, size) = (filters.choice("status", &STATUSES), filters.choice("gown_size", &SIZES));
    let (paid, refunded) = (filters.boolean("deposit_paid"), filters.boolean("deposit_refunded"));
    let (issued, search) = (filters.moment("issued_date", &nairobi()), filters.search());
    let ordering = filters.ordering::<Gowns>();
    let [first, second] = ordering.keys();
    filters.finish()?;
    let count = sql!(
        "SELECT count(*) FROM shown_gowns
         WHERE ($1::uuid IS NULL OR owner_id = $1) AND ($2::text IS NULL OR status = $2)
           AND ($3::bool IS NULL OR deposit_paid = $3) AND ($4::bool IS NULL OR deposit_refunded = $4)
           AND ($5::text IS NULL OR gown_size = $5) AND ($6::timestamptz IS NULL OR issued_date = $6)
           AND NOT EXISTS (SELECT FROM unnest($7::text[]) AS word
                           WHERE concat_ws(E'\\n', gown_number, registration_number, student_name) NOT ILIKE word)"
    );
    let list = sql!(
        "SELECT id, student_name, registration_number, gown_number, gown_number AS gown_code, gown_size, status, is_returned,
                deposit_paid, deposit_status, refund_date AS deposit_refund_date, issued_date, issued_date AS issue_date,
                expected_return_date, actual_return_date AS return_date,
                status = 'issued' AND expected_return_date < $8 AS is_overdue, issued_by_name
         FROM shown_gowns, to_char(issued_date AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') AS issued,
              to_char(expected_return_date, 'YYYYMMDD') AS due
         WHERE ($1::uuid IS NULL OR owner_id = $1) AND ($2::text IS NULL OR status = $2)
           AND ($3::bool IS NULL OR deposit_paid = $3) AND ($4::bool IS NULL OR deposit_refunded = $4)
           AND ($5::text IS NULL OR gown_size = $5) AND ($6::timestamptz IS NULL OR issued_date = $6)
           AND NOT EXISTS (SELECT FROM unnest($7::text[]) AS word
                           WHERE concat_ws(E'\\n', gown_number, registration_number, student_name) NOT ILIKE word)
         ORDER BY CASE $9 WHEN 'issued_date' THEN issued WHEN 'expected_return_date' THEN due WHEN 'gown_number' THEN gown_number END,
                  CASE $9 WHEN '-issued_date' THEN issued WHEN '-expected_return_date' THEN due WHEN '-gown_number' THEN gown_number END DESC,
                  CASE $10 WHEN 'issued_date' THEN issued WHEN 'expected_return_date' THEN due WHEN 'gown_number' THEN gown_number END,
                  CASE $10 WHEN '-issued_date' THEN issued WHEN '-expected_return_date' THEN due WHEN '-gown_number' THEN gown_number END DESC,
                  id
         LIMIT $11 OFFSET $12"
    );
    let params: [Param<'_>; 7] = [&owner, &status, &paid, &refunded, &size, &issued, &search];
    let mut read = app.db.read().await?;
    let window = page.window(read.only(count, &params).await?)?;
    let today = today(&app);
    let rest: [Param<'_>; 5] = [&today, &first, &second, &window.limit, &window.offset];
    let rows = read.all(list, &[&params[..], &rest].concat()).await?;
    Ok(Json(page.paginated(window, rows)))
}

/// Show a gown
#[utoipa::path(get, path = "/api/gown-issuances/{id}", tag = "gowns", params(("id" = Uuid, Path)),
    responses((status = 200, body = GownDetail)))]
pub async fn show_gown(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<GownDetail>> {
    GownDetail::find(&app, id, owner(&person)?).await.map(Json)
}
