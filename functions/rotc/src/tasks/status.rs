//! One task in the words of Celery.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::{
    App, Result,
    error::not_found,
    http::{Json, Path},
    jobs::board::{JobRecord, Status},
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::jobs;
use crate::{
    access::Member,
    answer::{Success, success},
};

/// How a task goes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskStatus {
    /// The task's id.
    pub task_id: Uuid,
    /// `PENDING`, `STARTED`, `RETRY`, `SUCCESS`, `FAILURE` or `REVOKED`.
    pub status: &'static str,
    /// Whether it has ended.
    pub ready: bool,
    /// Whether it has ended well.
    pub successful: bool,
    /// Whether it has failed for good.
    pub failed: bool,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why it failed; while it waits to be tried again, why the last try did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How far it is, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<TaskProgress>,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct TaskProgress {
    /// What is done.
    pub current: i64,
    /// What there is to do.
    pub total: i64,
    /// The same in percent.
    pub percent: i64,
}

impl TaskProgress {
    pub(super) fn of(done: Option<i64>, of: Option<i64>) -> Option<Self> {
        let (current, total) = done.zip(of)?;
        let percent = if total > 0 { (current.saturating_mul(100) / total).clamp(0, 100) } else { 0 };
        Some(Self { current, total, percent })
    }
}

/// Show how a task goes
///
/// To administrators, and to whoever started it.
#[utoipa::path(get, path = "/api/tasks/{id}/status", tag = "tasks", params(("id" = Uuid, Path)),
    responses((status = 200, body = Success<TaskStatus>)))]
pub async fn show_task(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Success<TaskStatus>>> {
    let job = jobs::find(&app, &user, id).await?;
    Ok(Json(success(job.ok_or_else(|| not_found("Task not found"))?.into())))
}

impl From<JobRecord> for TaskStatus {
    fn from(job: JobRecord) -> Self {
        let status = Status::parse(&job.status);
        let running = status == Status::Running;
        Self {
            task_id: job.id,
            status: word(status, job.tries),
            ready: status.is_final(),
            successful: status == Status::Done,
            failed: status == Status::Failed,
            result: job.result.filter(|_| status == Status::Done),
            error: job.problem,
            progress: TaskProgress::of(job.progress_done, job.progress_of).filter(|_| running),
        }
    }
}

fn word(status: Status, tries: i32) -> &'static str {
    match status {
        Status::Queued if tries == 0 => "PENDING",
        Status::Queued => "RETRY",
        Status::Running => "STARTED",
        Status::Done => "SUCCESS",
        Status::Failed => "FAILURE",
        Status::Cancelled => "REVOKED",
    }
}
