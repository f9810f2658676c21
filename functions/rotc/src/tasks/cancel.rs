//! Stopping what was started.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    http::{Json, Path},
    jobs::board,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::jobs::JobView;
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
    let message = format!("Task {id} revoked successfully");
    Ok(Json(success(Revoked { task_id: id, terminated }).saying(message)))
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

/// Whether the job was running.
async fn cancel(app: &App, user: &User, id: Uuid, missing: &'static str) -> Result<bool> {
    let mut change = app.db.change(&user.actor()).await?;
    let only_of = user.only_own().map(|id| id.to_string());
    let was_running = board::cancel(&mut change, id, only_of.as_deref(), app.clock.now(), missing).await?;
    change.commit().await?;
    Ok(was_running)
}
