//! Jobs as they are.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    App, Result,
    error::not_found,
    http::{Json, PageRequest, Path, Query},
    jobs::board::{self, JobRecord},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::status::TaskProgress;
use crate::{
    access::{Member, User},
    answer::{Listing, Success, iso, success},
};

/// A job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobView {
    /// The job's id.
    pub id: Uuid,
    /// What it does: `send_mails`, `clean_up` and others.
    pub kind: String,
    /// Which workers do it.
    pub queue: String,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    pub status: String,
    /// How often it was tried.
    pub tries: i32,
    /// How far it is.
    pub progress: Option<TaskProgress>,
    /// What came of it.
    pub result: Option<Value>,
    /// Why the last try failed.
    pub error: Option<String>,
    /// Who started it; null for the system.
    pub created_by: Option<i32>,
    /// When it was started.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub created_at: Option<NaiveDateTime>,
    /// When its first try began.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = Option<String>)]
    pub started_at: Option<NaiveDateTime>,
    /// When it ended.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = Option<String>)]
    pub finished_at: Option<NaiveDateTime>,
    /// When it is tried next, if it waits for a certain time.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = Option<String>)]
    pub run_at: Option<NaiveDateTime>,
}

impl From<JobRecord> for JobView {
    fn from(job: JobRecord) -> Self {
        Self {
            progress: TaskProgress::of(job.progress_done, job.progress_of),
            id: job.id,
            kind: job.kind,
            queue: job.queue,
            status: job.status,
            tries: job.tries,
            result: job.result,
            error: job.problem,
            created_by: job.created_by.and_then(|id| id.parse().ok()),
            created_at: Some(job.created_at.naive_utc()),
            started_at: job.started_at.map(|at| at.naive_utc()),
            finished_at: job.finished_at.map(|at| at.naive_utc()),
            run_at: job.run_at.map(|at| at.naive_utc()),
        }
    }
}

/// Which jobs are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct JobFilter {
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    pub status: Option<String>,
    /// What they do.
    pub kind: Option<String>,
}

/// List jobs
///
/// Newest first, 20 in a page, at most 100: everybody's for administrators, else one's own.
#[utoipa::path(get, path = "/api/jobs", tag = "tasks", params(JobFilter, PageRequest),
    responses((status = 200, body = Listing<JobView>)))]
pub async fn list_jobs(
    Member(user): Member,
    State(app): State<App>,
    Query(filter): Query<JobFilter>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Listing<JobView>>> {
    let page = request.page(20, 100);
    let JobFilter { status, kind } = filter;
    let filter = board::Filter { status, kind, only_of: user.only_own().map(|id| id.to_string()) };
    let (total, jobs) = board::list(&mut app.db.read().await?, &filter, page).await?;
    let data = jobs.into_iter().map(JobView::from).collect();
    Ok(Json(Listing::of(page, total, data)))
}

/// Show a job
///
/// To administrators, and to whoever started it.
#[utoipa::path(get, path = "/api/jobs/{id}", tag = "tasks", params(("id" = Uuid, Path)),
    responses((status = 200, body = Success<JobView>)))]
pub async fn show_job(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Success<JobView>>> {
    Ok(Json(success(JobView::find(&app, &user, id).await?)))
}

impl JobView {
    /// The job, if this user may see it.
    pub(super) async fn find(app: &App, user: &User, id: Uuid) -> Result<Self> {
        find(app, user, id).await?.map(Self::from).ok_or_else(|| not_found("Job not found"))
    }
}

/// The job as it is stored, if this user may see it.
pub(super) async fn find(app: &App, user: &User, id: Uuid) -> Result<Option<JobRecord>> {
    let only_of = user.only_own().map(|id| id.to_string());
    board::find(&mut app.db.read().await?, id, only_of.as_deref()).await
}
