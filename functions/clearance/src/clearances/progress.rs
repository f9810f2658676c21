//! How far a request has come.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    http::{Json, Path},
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::clearance::{ApprovalSummary, OfficeAnswer, blocking_reason, find};
use crate::{access::Person, times::Brief};

/// How far a request has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearanceProgress {
    clearance_request_id: Uuid,
    overall_status: String,
    completion_percentage: usize,
    total_departments: usize,
    approved_count: usize,
    pending_count: usize,
    rejected_count: usize,
    /// In the order of the offices.
    progress: Vec<ProgressStep>,
    /// Why it is not completed.
    blocking_reason: Option<String>,
}

/// An office.
#[derive(Debug, Serialize, ToSchema)]
struct ProgressStep {
    order: i32,
    department: String,
    department_code: String,
    status: String,
    approved_by: Option<String>,
    approval_date: Option<Brief>,
    rejection_reason: String,
    notes: String,
}

impl From<OfficeAnswer> for ProgressStep {
    fn from(answer: OfficeAnswer) -> Self {
        Self {
            order: answer.approval_order,
            department: answer.name,
            department_code: answer.code,
            status: answer.status,
            approved_by: answer.approved_by,
            approval_date: answer.approval_date.map(|at| Brief(at.0)),
            rejection_reason: answer.rejection_reason,
            notes: answer.notes,
        }
    }
}

/// Show the progress of a request
#[utoipa::path(get, path = "/api/clearances/{id}/progress", tag = "clearances", params(("id" = Uuid, Path)),
    responses((status = 200, body = ClearanceProgress)))]
pub async fn show_progress(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<ClearanceProgress>> {
    progress(&app, &person, id).await
}

/// Show the progress of a request, by its older name
#[utoipa::path(get, path = "/api/clearances/{id}/approval_progress", tag = "clearances", params(("id" = Uuid, Path)),
    responses((status = 200, body = ClearanceProgress)))]
pub async fn show_approval_progress(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<ClearanceProgress>> {
    progress(&app, &person, id).await
}

async fn progress(app: &App, person: &Person, id: Uuid) -> Result<Json<ClearanceProgress>> {
    let (clearance, answers) = find(&mut app.db.read().await?, id, person.reach_of_requests()).await?;
    let summary = ApprovalSummary::of(&answers);
    Ok(Json(ClearanceProgress {
        clearance_request_id: id,
        completion_percentage: summary.percentage(),
        total_departments: summary.total,
        approved_count: summary.approved,
        pending_count: summary.pending,
        rejected_count: summary.rejected,
        blocking_reason: blocking_reason(&clearance, &answers),
        overall_status: clearance.status,
        progress: answers.into_iter().map(ProgressStep::from).collect(),
    }))
}
