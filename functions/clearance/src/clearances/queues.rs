//! Requests that somebody has sent, and those that somebody waits for.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, auth::principal::Signed, http::Json, sql};
use utoipa::ToSchema;

use super::clearance::ClearanceRow;
use crate::{
    access::Person,
    refusals::{fault, refused},
};

/// Requests that wait for an office.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingClearances {
    /// The name of the office.
    department: String,
    /// How many there are.
    pending_count: i64,
    /// At most 200 of them, newest first.
    clearances: Vec<ClearanceRow>,
}

/// List one's own requests
///
/// Newest first.
#[utoipa::path(get, path = "/api/clearances/my_clearances", tag = "clearances",
    responses((status = 200, body = Vec<ClearanceRow>)))]
pub async fn list_own_clearances(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<Vec<ClearanceRow>>> {
    let student = person.own_student("Only students can access this endpoint")?;
    let list = sql!(
        "SELECT requests.id, full_name AS student_name, registration_number, status, submission_date, completion_date,
                counts.percentage AS completion_percentage, requests.created_at, NULL::uuid AS clearance_id,
                NULL::text AS department, NULL::text AS department_code
         FROM clearance_requests AS requests JOIN student_rows AS students ON students.id = student_id
         CROSS JOIN LATERAL approval_counts(requests.id) AS counts
         WHERE student_id = $1 AND requests.deleted_at IS NULL ORDER BY requests.created_at DESC, requests.id LIMIT 200"
    );
    app.db.read().await?.all(list, &[&student]).await.map(Json)
}

/// List the requests that wait for one's office
#[utoipa::path(get, path = "/api/clearances/pending_approvals", tag = "clearances",
    responses((status = 200, body = WaitingClearances)))]
pub async fn list_waiting_clearances(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<WaitingClearances>> {
    if !person.is_staff() {
        return Err(refused("Only department staff can access this endpoint"));
    }
    let office = person.office.ok_or_else(|| fault("No department assigned to your account"))?;
    let count = sql!(
        "SELECT name, (SELECT count(*) FROM approval_rows WHERE office_id = $1 AND status = 'pending' AND is_open)
         FROM departments WHERE id = $1"
    );
    let list = sql!(
        "SELECT requests.id, student_name, registration_number, requests.status, submission_date, completion_date,
                counts.percentage AS completion_percentage, requests.created_at, NULL::uuid AS clearance_id,
                NULL::text AS department, NULL::text AS department_code
         FROM approval_rows AS approvals JOIN clearance_requests AS requests ON requests.id = clearance_request
         CROSS JOIN LATERAL approval_counts(requests.id) AS counts
         WHERE office_id = $1 AND approvals.status = 'pending' AND is_open
         ORDER BY requests.created_at DESC, requests.id LIMIT 200"
    );
    let mut read = app.db.read().await?;
    let (department, pending_count): (String, i64) = read.only(count, &[&office]).await?;
    let clearances = read.all(list, &[&office]).await?;
    Ok(Json(WaitingClearances { department, pending_count, clearances }))
}
