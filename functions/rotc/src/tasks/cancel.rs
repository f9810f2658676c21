//! Stopping what was started.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    error::{conflict, not_found},
    http::{Json, Path},
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Status, jobs::JobView};
use crate::{
    access::{Member, User},
    answer::{Success, success},
};

/// A task that was stopped.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Revoked {
    /// The task's id.
    pub task_id: Uuid,
    /// Whether it was running. Nothing of what it was about to do is kept.
    pub terminated: bool,
}

/// Stop a task
///
/// By administrators and whoever started it. What has ended cannot be stopped any more (409).
#[utoipa::path(post, path = "/api/tasks/{id}/revoke", tag = "tasks", params(("id" = Uuid, Path)),
    responses((status = 200, body = Success<Revoked>)))]
pub async fn revoke_task(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Success<Revoked>>> {
    let terminated = cancel(&app, &user, id, "Task not found").await?;
    let message = Some(format!("Task {id} revoked successfully"));
    Ok(Json(Success { message, ..success(Revoked { task_id: id, terminated }) }))
}

/// Stop a job
///
/// By administrators and whoever started it. What has ended cannot be stopped any more (409).
#[utoipa::path(post, path = "/api/jobs/{id}/cancel", tag = "tasks", params(("id" = Uuid, Path)),
    responses((status = 200, body = Success<JobView>)))]
pub async fn cancel_job(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Success<JobView>>> {
    cancel(&app, &user, id, "Job not found").await?;
    Ok(Json(success(JobView::find(&app, &user, id).await?)))
}

/// Whether the job was running. Its worker notices before it keeps anything (`Change::finish`) and gives up.
async fn cancel(app: &App, user: &User, id: Uuid, missing: &'static str) -> Result<bool> {
    let mut change = app.db.change(&user.actor()).await?;
    let find = sql!(
        "SELECT status FROM muster.jobs WHERE id = $1 AND ($2::int IS NULL OR created_by = $2::text) FOR UPDATE"
    );
    let found: Option<String> = change.one(find, &[&id, &user.only_own()]).await?;
    let status = found.ok_or_else(|| not_found(missing))?;
    let status = Status::parse(&status);
    match status {
        Status::Queued | Status::Running => {}
        Status::Cancelled => return Ok(false),
        Status::Done | Status::Failed => return Err(conflict("job_ended", "The task has already ended")),
    }
    let cancel = sql!(
        "UPDATE muster.jobs SET status = 'cancelled', finished_at = $2, lease_until = NULL WHERE id = $1"
    );
    change.execute(cancel, &[&id, &app.clock.now()]).await?;
    change.commit().await?;
    Ok(status == Status::Running)
}
