//! Jobs as they are.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    App, Result,
    error::not_found,
    http::{Json, PageRequest, Path, Query},
    row, sql,
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

row! {
    struct Stored {
        id: Uuid,
        kind: String,
        queue: String,
        status: String,
        tries: i32,
        progress_done: Option<i64>,
        progress_of: Option<i64>,
        result: Option<Value>,
        problem: Option<String>,
        created_by: Option<i32>,
        created_at: Option<NaiveDateTime>,
        started_at: Option<NaiveDateTime>,
        finished_at: Option<NaiveDateTime>,
        run_at: Option<NaiveDateTime>,
        total: i64,
    }
}

impl From<Stored> for JobView {
    fn from(job: Stored) -> Self {
        Self {
            progress: TaskProgress::of(job.progress_done, job.progress_of),
            id: job.id,
            kind: job.kind,
            queue: job.queue,
            status: job.status,
            tries: job.tries,
            result: job.result,
            error: job.problem,
            created_by: job.created_by,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            run_at: job.run_at,
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
    let list = sql!(
        "SELECT id, kind, queue, status, tries, progress_done, progress_of, result, problem,
                created_by::int AS created_by, created_at AT TIME ZONE 'UTC' AS created_at,
                started_at AT TIME ZONE 'UTC' AS started_at, finished_at AT TIME ZONE 'UTC' AS finished_at,
                run_at AT TIME ZONE 'UTC' AS run_at, count(*) OVER () AS total
         FROM muster.jobs
         WHERE ($1::int IS NULL OR created_by = $1::text)
           AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR kind = $3)
         ORDER BY muster.jobs.created_at DESC, id DESC LIMIT $4 OFFSET $5"
    );
    let params: [shared::db::Param<'_>; 5] =
        [&user.only_own(), &filter.status, &filter.kind, &page.limit, &page.offset()];
    let jobs: Vec<Stored> = app.db.read().await?.all(list, &params).await?;
    let total = jobs.first().map_or(0, |job| job.total);
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
        let find = sql!(
            "SELECT id, kind, queue, status, tries, progress_done, progress_of, result, problem,
                    created_by::int AS created_by, created_at AT TIME ZONE 'UTC' AS created_at,
                started_at AT TIME ZONE 'UTC' AS started_at,
                    finished_at AT TIME ZONE 'UTC' AS finished_at, run_at AT TIME ZONE 'UTC' AS run_at,
                    1::bigint AS total
             FROM muster.jobs WHERE id = $1 AND ($2::int IS NULL OR created_by = $2::text)"
        );
        let job: Option<Stored> = app.db.read().await?.one(find, &[&id, &user.only_own()]).await?;
        job.map(Self::from).ok_or_else(|| not_found("Job not found"))
    }
}
