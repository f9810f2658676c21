//! Lists of approvals.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    db::{Param, Sql},
    drf::{Filters, PageNumber, Paginated},
    error::forbidden,
    http::{Json, Path, Sortable},
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::approval::{ApprovalRow, linked};
use crate::{
    access::{Decider, Person, Reach},
    media::Links,
    offices::TYPES,
    refusals::{NOT_PERMITTED, fault, unknown},
};

/// What an approval can be.
pub const STATUSES: [(&str, &str); 3] =
    [("pending", "pending"), ("approved", "approved"), ("rejected", "rejected")];

/// What a request can be where one filters by it.
const REQUEST_STATUSES: [&str; 5] = ["pending", "in_progress", "completed", "rejected", "cancelled"];

struct Columns;

impl Sortable for Columns {
    const NAMES: &'static [&'static str] = &["created_at", "approval_date", "department__approval_order"];
    const DEFAULT: &'static str = "-created_at";
}

/// Approvals that somebody waits for.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingApprovals {
    /// How many there are.
    count: i64,
    /// At most 200 of them, newest first.
    approvals: Vec<ApprovalRow>,
}

/// List approvals
///
/// Students see those of their requests, staff those of their office.
#[utoipa::path(get, path = "/api/approvals", tag = "approvals",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("search" = Option<String>, Query),
        ("ordering" = Option<String>, Query), ("status" = Option<String>, Query), ("department" = Option<Uuid>, Query),
        ("department__department_type" = Option<String>, Query), ("clearance_request__status" = Option<String>, Query),
        ("clearance_request__student__faculty" = Option<String>, Query),
        ("clearance_request__student__graduation_year" = Option<i32>, Query)),
    responses((status = 200, body = Paginated<ApprovalRow>)))]
pub async fn list_approvals(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    links: Links,
    page: PageNumber<20, 100>,
    filters: Filters,
) -> Result<Json<Paginated<ApprovalRow>>> {
    listed(&app, person.reach(), &links, &page, filters).await.map(Json)
}

/// List the approvals of an office
///
/// Of another office than their own staff get 403.
#[utoipa::path(get, path = "/api/departments/{id}/approvals", tag = "departments", params(("id" = Uuid, Path)),
    responses((status = 200, body = Paginated<ApprovalRow>)))]
pub async fn list_approvals_of_department(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    page: PageNumber<20, 100>,
    filters: Filters,
) -> Result<Json<Paginated<ApprovalRow>>> {
    let exists = sql!("SELECT EXISTS (SELECT FROM departments WHERE id = $1)");
    if !app.db.read().await?.only::<bool>(exists, &[&id]).await? {
        return Err(unknown());
    }
    let reach = person.reach();
    if reach.office.is_some_and(|office| office != id) {
        return Err(forbidden(NOT_PERMITTED));
    }
    listed(&app, Reach { office: Some(id), ..reach }, &links, &page, filters).await.map(Json)
}

/// Counts what is within reach (`$1`, `$2`) and fits the filters.
const COUNT: Sql = sql!(
    "SELECT count(*) FROM approval_rows
     WHERE ($1::uuid IS NULL OR owner = $1) AND ($2::uuid IS NULL OR office_id = $2)
       AND ($3::text IS NULL OR status = $3) AND ($4::uuid IS NULL OR office_id = $4)
       AND ($5::text IS NULL OR lower(department_type) = $5) AND ($6::text IS NULL OR clearance_status = $6)
       AND ($7::text IS NULL OR faculty = $7) AND ($8::int IS NULL OR graduation_year = $8)
       AND NOT EXISTS (SELECT FROM unnest($9::text[]) AS word
            WHERE concat_ws(E'\n', registration_number, student_name, admission_number, notes, rejection_reason)
                  NOT ILIKE word)"
);

/// The same rows by two keys, a page of them.
const LIST: Sql = sql!(
    "SELECT id, clearance_request, student_name, registration_number, department_name, status, approved_by_name,
            approval_date, evidence_file, created_at, department_name AS department, department_code, student_email,
            submitted_date, clearance_status
     FROM approval_rows
     WHERE ($1::uuid IS NULL OR owner = $1) AND ($2::uuid IS NULL OR office_id = $2)
       AND ($3::text IS NULL OR status = $3) AND ($4::uuid IS NULL OR office_id = $4)
       AND ($5::text IS NULL OR lower(department_type) = $5) AND ($6::text IS NULL OR clearance_status = $6)
       AND ($7::text IS NULL OR faculty = $7) AND ($8::int IS NULL OR graduation_year = $8)
       AND NOT EXISTS (SELECT FROM unnest($9::text[]) AS word
            WHERE concat_ws(E'\n', registration_number, student_name, admission_number, notes, rejection_reason)
                  NOT ILIKE word)
     ORDER BY CASE $10 WHEN 'created_at' THEN ordinal(created_at) WHEN '-created_at' THEN -ordinal(created_at)
                  WHEN 'approval_date' THEN ordinal(approval_date) WHEN '-approval_date' THEN -ordinal(approval_date)
                  WHEN 'department__approval_order' THEN ordinal(approval_order)
                  WHEN '-department__approval_order' THEN -ordinal(approval_order) END,
              CASE $11 WHEN 'created_at' THEN ordinal(created_at) WHEN '-created_at' THEN -ordinal(created_at)
                  WHEN 'approval_date' THEN ordinal(approval_date) WHEN '-approval_date' THEN -ordinal(approval_date)
                  WHEN 'department__approval_order' THEN ordinal(approval_order)
                  WHEN '-department__approval_order' THEN -ordinal(approval_order) END,
              CASE WHEN $10 LIKE '%approval_order' THEN created_at END, id LIMIT $12 OFFSET $13"
);

async fn listed(
    app: &App,
    reach: Reach,
    links: &Links,
    page: &PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Paginated<ApprovalRow>> {
    let status = filters.choice("status", &STATUSES);
    let office = filters.uuid("department");
    let kind = filters.text("department__department_type").map(|kind| (kind.to_lowercase(), kind));
    if let Some((_, kind)) = kind.as_ref().filter(|(lower, _)| TYPES.iter().all(|(name, _)| name != lower)) {
        let message = format!("Select a valid choice. {kind} is not one of the available choices.");
        filters.reject("department__department_type", message);
    }
    let kind = kind.map(|(kind, _)| kind);
    let request = filters.choice("clearance_request__status", &REQUEST_STATUSES.map(|name| (name, name)));
    let faculty = filters.text("clearance_request__student__faculty");
    let year = filters.integer("clearance_request__student__graduation_year");
    let (search, keys) = (filters.search(), filters.ordering::<Columns>());
    let [first, second] = keys.keys();
    let mut read = app.db.read().await?;
    let exists = sql!("SELECT $1::uuid IS NULL OR EXISTS (SELECT FROM departments WHERE id = $1)");
    if !read.only::<bool>(exists, &[&office]).await? {
        filters.unknown("department");
    }
    filters.finish()?;
    let params: [Param<'_>; 9] =
        [&reach.owner, &reach.office, &status, &office, &kind, &request, &faculty, &year, &search];
    let window = page.window(read.only(COUNT, &params).await?)?;
    let rest: [Param<'_>; 4] = [&first, &second, &window.limit, &window.offset];
    let rows = read.all(LIST, &[params.as_slice(), &rest].concat()).await?;
    Ok(page.paginated(window, linked(rows, links)?))
}

/// List the approvals that wait for a decision
///
/// Those of closed requests do not.
#[utoipa::path(get, path = "/api/approvals/pending", tag = "approvals",
    responses((status = 200, body = PendingApprovals)))]
pub async fn list_pending_approvals(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    links: Links,
) -> Result<Json<PendingApprovals>> {
    if person.is_staff() && person.office.is_none() {
        return Err(fault("No department assigned"));
    }
    let count = sql!(
        "SELECT count(*) FROM approval_rows WHERE status = 'pending' AND is_open
           AND ($1::uuid IS NULL OR owner = $1) AND ($2::uuid IS NULL OR office_id = $2)"
    );
    let list = sql!(
        "SELECT id, clearance_request, student_name, registration_number, department_name, status, approved_by_name,
                approval_date, evidence_file, created_at, department_name AS department, department_code, student_email,
                submitted_date, clearance_status
         FROM approval_rows WHERE status = 'pending' AND is_open
           AND ($1::uuid IS NULL OR owner = $1) AND ($2::uuid IS NULL OR office_id = $2)
         ORDER BY created_at DESC, id LIMIT 200"
    );
    let Reach { owner, office } = person.reach();
    let mut read = app.db.read().await?;
    let count = read.only(count, &[&owner, &office]).await?;
    let approvals = linked(read.all(list, &[&owner, &office]).await?, &links)?;
    Ok(Json(PendingApprovals { count, approvals }))
}

/// List what one has decided
///
/// At most 200, the latest decision first.
#[utoipa::path(get, path = "/api/approvals/my_approvals", tag = "approvals",
    responses((status = 200, body = Vec<ApprovalRow>)))]
pub async fn list_own_approvals(
    Decider(person): Decider,
    State(app): State<App>,
    links: Links,
) -> Result<Json<Vec<ApprovalRow>>> {
    let list = sql!(
        "SELECT id, clearance_request, student_name, registration_number, department_name, status, approved_by_name,
                approval_date, evidence_file, created_at, department_name AS department, department_code, student_email,
                submitted_date, clearance_status
         FROM approval_rows WHERE approver_id = $1 ORDER BY approval_date DESC NULLS LAST, id LIMIT 200"
    );
    let rows = app.db.read().await?.all(list, &[&person.id]).await?;
    linked(rows, &links).map(Json)
}
