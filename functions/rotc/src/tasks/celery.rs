//! Whether anybody does the work, and how much there is. The addresses are those of the requirements, where Celery did it.

use std::collections::BTreeMap;

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::json;
use shared::{
    App, Error, Result,
    error::Kind,
    http::Json,
    jobs::board::{self, Counts, QueueState, WorkerRecord},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::Admin,
    answer::{Success, iso, success},
};

/// Who does jobs: a server, or (by its schedule) the functions of the queues.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkerView {
    /// Its id, new at each start.
    pub id: Uuid,
    /// The system, and the number of the process.
    pub name: String,
    /// The queues it takes from.
    pub queues: Vec<String>,
    /// Jobs of one queue that it does at the same time.
    pub at_once: i32,
    /// When it was started.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub started_at: Option<NaiveDateTime>,
    /// When it last said that it lives.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub seen_at: Option<NaiveDateTime>,
}

/// Whether the work is done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkerHealth {
    /// `healthy`, `no_workers` or `queue_stuck`.
    pub celery: &'static str,
    /// What carries the messages: `sqs`, or `in_process`.
    pub broker: &'static str,
    /// Who does it.
    pub workers: Vec<WorkerView>,
    /// The queues that have anything in them.
    pub queues: Vec<QueueState>,
    /// Now.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub timestamp: Option<NaiveDateTime>,
    /// `healthy` or `unhealthy`.
    pub overall: &'static str,
}

/// Ask whether anybody does background work
///
/// 503 when no worker has been heard of for three minutes, or a job that is due has waited for a quarter of an hour
/// in which its queue did nothing else.
#[utoipa::path(get, path = "/api/celery/health", tag = "tasks",
    responses((status = 200, body = Success<WorkerHealth>)))]
pub async fn show_worker_health(_: Admin, State(app): State<App>) -> Result<Json<Success<WorkerHealth>>> {
    let (workers, queues) = (workers(&app).await?, board::queues(&app).await?);
    let stuck = queues.iter().any(QueueState::is_stuck);
    let trouble = if workers.is_empty() { Some("no_workers") } else { stuck.then_some("queue_stuck") };
    let health = WorkerHealth {
        celery: trouble.unwrap_or("healthy"),
        broker: if app.broker.is_volatile() { "in_process" } else { "sqs" },
        workers,
        queues,
        timestamp: Some(app.clock.now().naive_utc()),
        overall: if trouble.is_none() { "healthy" } else { "unhealthy" },
    };
    match trouble {
        None => Ok(Json(success(health))),
        Some(code) => Err(Error::new(Kind::Unavailable, code, code).with("details", json!(health))),
    }
}

/// How much work there is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkerStats {
    /// Jobs of the last 30 days by their state, in the words of the tasks.
    pub tasks: BTreeMap<&'static str, i64>,
    /// The queues that have anything in them.
    pub queues: Vec<QueueState>,
    /// Who works.
    pub workers: Vec<WorkerView>,
    /// Now.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub timestamp: Option<NaiveDateTime>,
}

/// Count background work
#[utoipa::path(get, path = "/api/celery/stats", tag = "tasks",
    responses((status = 200, body = Success<WorkerStats>)))]
pub async fn show_worker_stats(_: Admin, State(app): State<App>) -> Result<Json<Success<WorkerStats>>> {
    Ok(Json(success(WorkerStats {
        tasks: words(board::counts(&app).await?),
        queues: board::queues(&app).await?,
        workers: workers(&app).await?,
        timestamp: Some(app.clock.now().naive_utc()),
    })))
}

async fn workers(app: &App) -> Result<Vec<WorkerView>> {
    let workers = board::workers(app).await?.into_iter();
    Ok(workers
        .map(|WorkerRecord { id, name, queues, at_once, started_at, seen_at }| WorkerView {
            id,
            name,
            queues,
            at_once,
            started_at: Some(started_at.naive_utc()),
            seen_at: Some(seen_at.naive_utc()),
        })
        .collect())
}

/// In the words of Celery.
fn words(counts: Counts) -> BTreeMap<&'static str, i64> {
    BTreeMap::from([
        ("pending", counts.queued),
        ("retry", counts.retried),
        ("started", counts.running),
        ("success", counts.done),
        ("failure", counts.failed),
        ("revoked", counts.cancelled),
    ])
}
