//! Who works in an office, what waits there, and in which order offices are shown.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    error::forbidden,
    http::{Json, Path},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Department, find};
use crate::{access::Person, refusals::NOT_PERMITTED};

row! {
    /// A member of the staff of an office.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Colleague {
        id: Uuid,
        full_name: String,
        /// Null for students.
        email: Option<String>,
        /// Null for students.
        admission_number: Option<String>,
        is_active: bool,
    }
}

/// List the staff of an office
///
/// Students see names only.
#[utoipa::path(get, path = "/api/departments/{id}/staff", tag = "departments", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<Colleague>)))]
pub async fn list_department_staff(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Vec<Colleague>>> {
    let department = find(&app, id).await?;
    let list = sql!(
        "SELECT id, full_name, CASE WHEN $2 THEN email END AS email,
                CASE WHEN $2 THEN admission_number END AS admission_number, is_active
         FROM users WHERE is_active AND department_id = $1 AND role = 'department_staff'
         ORDER BY full_name, id LIMIT 200"
    );
    let staff = app.db.read().await?.all(list, &[&department.id, &!person.is_student()]).await?;
    Ok(Json(staff))
}

row! {
    /// What became of the approvals of an office.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct OfficeNumbers {
        total_approvals: i64,
        pending_approvals: i64,
        approved_count: i64,
        rejected_count: i64,
        /// Percent of all, with two decimals.
        approval_rate: f64,
    }
}

/// An office with its numbers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfficeStatistics {
    department: Department,
    statistics: OfficeNumbers,
}

/// Show the numbers of an office
///
/// For its staff and administrators.
#[utoipa::path(get, path = "/api/departments/{id}/statistics", tag = "departments", params(("id" = Uuid, Path)),
    responses((status = 200, body = OfficeStatistics)))]
pub async fn show_department_statistics(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<OfficeStatistics>> {
    if person.is_student() {
        return Err(forbidden(NOT_PERMITTED));
    }
    let department = find(&app, id).await?;
    if !person.is_admin() && person.office != Some(id) {
        return Err(forbidden(NOT_PERMITTED));
    }
    let count = sql!(
        "SELECT count(*) AS total_approvals, count(*) FILTER (WHERE own.status = 'pending') AS pending_approvals,
                count(*) FILTER (WHERE own.status = 'approved') AS approved_count,
                count(*) FILTER (WHERE own.status = 'rejected') AS rejected_count,
                percent(count(*) FILTER (WHERE own.status = 'approved'), count(*)) AS approval_rate
         FROM clearance_approvals AS own JOIN clearance_requests AS requests ON requests.id = own.clearance_request_id
         WHERE own.department_id = $1 AND own.deleted_at IS NULL AND requests.deleted_at IS NULL"
    );
    let statistics = app.db.read().await?.only(count, &[&id]).await?;
    Ok(Json(OfficeStatistics { department, statistics }))
}

row! {
    /// A step on the way to be cleared.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct WorkflowStep {
        order: i32,
        department: String,
        code: String,
        r#type: String,
        /// The address of its head.
        contact: String,
    }
}

/// The offices that decide on a new request. They all decide at once; the order is that of lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Workflow {
    total_steps: usize,
    workflow: Vec<WorkflowStep>,
}

/// List the offices that a new request needs
#[utoipa::path(get, path = "/api/departments/approval_workflow", tag = "departments",
    responses((status = 200, body = Workflow)))]
pub async fn show_approval_workflow(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<Workflow>> {
    let list = sql!(
        "SELECT approval_order AS order, name AS department, code, department_type AS type, head_email AS contact
         FROM departments WHERE is_active ORDER BY approval_order, id"
    );
    let workflow: Vec<WorkflowStep> = app.db.read().await?.all(list, &[]).await?;
    Ok(Json(Workflow { total_steps: workflow.len(), workflow }))
}
