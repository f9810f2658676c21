//! Approvals by office.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, auth::principal::Signed, db::Param, drf::Filters, http::Json, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    approval::{ApprovalRow, linked},
    list::STATUSES,
};
use crate::{
    access::{Person, Reach},
    media::Links,
};

/// The approvals of an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficeApprovals {
    department: OfficeOf,
    total: i64,
    pending: i64,
    approved: i64,
    rejected: i64,
    /// At most 20: those that wait first, then the oldest.
    approvals: Vec<ApprovalRow>,
}

/// An office and its place.
#[derive(Debug, Serialize, ToSchema)]
struct OfficeOf {
    id: Uuid,
    name: String,
    code: String,
    approval_order: i32,
}

row! {
    struct Counted {
        id: Uuid,
        name: String,
        code: String,
        approval_order: i32,
        total: i64,
        pending: i64,
        approved: i64,
        rejected: i64,
    }
}

/// List approvals by office
///
/// Offices without any are left out.
#[utoipa::path(get, path = "/api/approvals/by-department", tag = "approvals",
    params(("department" = Option<String>, Query), ("status" = Option<String>, Query)),
    responses((status = 200, body = Vec<OfficeApprovals>)))]
pub async fn list_approvals_by_department(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    links: Links,
    mut filters: Filters,
) -> Result<Json<Vec<OfficeApprovals>>> {
    let status = filters.choice("status", &STATUSES);
    let named = filters.text("department");
    filters.finish()?;
    let Reach { owner, office } = person.reach();
    let params: [Param<'_>; 4] = [&owner, &office, &status, &named];
    let count = sql!(
        "SELECT office_id AS id, department_name AS name, department_code AS code, approval_order, count(*) AS total,
                count(*) FILTER (WHERE status = 'pending') AS pending,
                count(*) FILTER (WHERE status = 'approved') AS approved,
                count(*) FILTER (WHERE status = 'rejected') AS rejected
         FROM approval_rows
         WHERE ($1::uuid IS NULL OR owner = $1) AND ($2::uuid IS NULL OR office_id = $2)
           AND ($3::text IS NULL OR status = $3) AND ($4::text IS NULL OR $4 IN (office_id::text, department_code))
         GROUP BY office_id, department_name, department_code, approval_order ORDER BY approval_order, office_id"
    );
    let list = sql!(
        "SELECT id, clearance_request, student_name, registration_number, department_name, status, approved_by_name,
                approval_date, evidence_file, created_at, department_name AS department, department_code, student_email,
                submitted_date, clearance_status
         FROM (SELECT id, clearance_request, student_name, registration_number, department_name, status, approved_by_name,
                      approval_date, evidence_file, created_at, department_code, student_email, submitted_date,
                      clearance_status,
                      row_number() OVER (PARTITION BY office_id ORDER BY status <> 'pending', created_at, id) AS place
               FROM approval_rows
               WHERE ($1::uuid IS NULL OR owner = $1) AND ($2::uuid IS NULL OR office_id = $2)
                 AND ($3::text IS NULL OR status = $3)
                 AND ($4::text IS NULL OR $4 IN (office_id::text, department_code))) AS placed
         WHERE place <= 20 ORDER BY place"
    );
    let mut read = app.db.read().await?;
    let offices: Vec<Counted> = read.all(count, &params).await?;
    let mut rows: Vec<ApprovalRow> = linked(read.all(list, &params).await?, &links)?;
    let mut all = Vec::with_capacity(offices.len());
    for Counted { id, name, code, approval_order, total, pending, approved, rejected } in offices {
        let (approvals, others) = rows.into_iter().partition(|row| row.department_code == code);
        rows = others;
        let department = OfficeOf { id, name, code, approval_order };
        all.push(OfficeApprovals { department, total, pending, approved, rejected, approvals });
    }
    Ok(Json(all))
}
