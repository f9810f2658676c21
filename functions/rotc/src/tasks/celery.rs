//! Whether anybody does the work, and how much there is. The addresses are those of the requirements, where Celery did it.

use std::collections::BTreeMap;

use axum::extract::State;
use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;
use serde_json::json;
use shared::{App, Error, Result, error::Kind, http::Json, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::Admin,
    answer::{Success, iso, success},
};

/// A job that has waited for so long since it was due, in a queue that did nothing else, is taken by nobody.
const STUCK_SECONDS: i64 = 15 * 60;

/// A worker says every minute that it lives.
const SILENT: TimeDelta = TimeDelta::minutes(3);

row! {
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
}

row! {
    /// What waits in a queue.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct QueueView {
        /// Its name.
        pub name: String,
        /// Jobs that are due.
        pub waiting: i64,
        /// Jobs that are to be tried again later.
        pub postponed: i64,
        /// Jobs in hand.
        pub running: i64,
        /// Jobs of the last 30 days that failed for good.
        pub failed: i64,
        /// How long the oldest that is due has waited.
        pub oldest_seconds: i64,
        /// How long ago one was begun or ended; 0 while one runs.
        pub idle_seconds: i64,
    }
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
    pub queues: Vec<QueueView>,
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
    let (workers, queues) = (workers(&app).await?, queues(&app).await?);
    let stuck = queues.iter().any(|queue| queue.oldest_seconds.min(queue.idle_seconds) > STUCK_SECONDS);
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
    pub queues: Vec<QueueView>,
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
        tasks: counts(&app).await?,
        queues: queues(&app).await?,
        workers: workers(&app).await?,
        timestamp: Some(app.clock.now().naive_utc()),
    })))
}

async fn workers(app: &App) -> Result<Vec<WorkerView>> {
    let list = sql!(
        "SELECT id, name, queues, at_once, started_at AT TIME ZONE 'UTC' AS started_at,
                seen_at AT TIME ZONE 'UTC' AS seen_at
         FROM muster.workers WHERE seen_at > $1 ORDER BY started_at, id"
    );
    app.db.read().await?.all(list, &[&(app.clock.now() - SILENT)]).await
}

async fn queues(app: &App) -> Result<Vec<QueueView>> {
    let list = sql!(
        "SELECT queue AS name,
                count(*) FILTER (WHERE status = 'queued' AND (run_at IS NULL OR run_at <= $1)) AS waiting,
                count(*) FILTER (WHERE status = 'queued' AND run_at > $1) AS postponed,
                count(*) FILTER (WHERE status = 'running') AS running,
                count(*) FILTER (WHERE status = 'failed') AS failed,
                greatest(0, coalesce(extract(epoch FROM $1 - min(coalesce(run_at, created_at))
                    FILTER (WHERE status = 'queued' AND (run_at IS NULL OR run_at <= $1))), 0))::bigint AS oldest_seconds,
                CASE WHEN bool_or(status = 'running') THEN 0
                     ELSE greatest(0, extract(epoch FROM $1 - coalesce(max(greatest(started_at, finished_at)), 'epoch')))
                END::bigint AS idle_seconds
         FROM muster.jobs GROUP BY queue ORDER BY queue"
    );
    app.db.read().await?.all(list, &[&app.clock.now()]).await
}

async fn counts(app: &App) -> Result<BTreeMap<&'static str, i64>> {
    let count = sql!(
        "SELECT count(*) FILTER (WHERE status = 'queued' AND tries = 0) AS pending,
                count(*) FILTER (WHERE status = 'queued' AND tries > 0) AS retry,
                count(*) FILTER (WHERE status = 'running') AS started,
                count(*) FILTER (WHERE status = 'done') AS success,
                count(*) FILTER (WHERE status = 'failed') AS failure,
                count(*) FILTER (WHERE status = 'cancelled') AS revoked
         FROM muster.jobs"
    );
    let counts: Option<Counts> = app.db.read().await?.one(count, &[]).await?;
    let counts = counts.unwrap_or_default();
    Ok(BTreeMap::from([
        ("pending", counts.pending),
        ("retry", counts.retry),
        ("started", counts.started),
        ("success", counts.success),
        ("failure", counts.failure),
        ("revoked", counts.revoked),
    ]))
}

row! {
    #[derive(Default)]
    struct Counts {
        pending: i64,
        retry: i64,
        started: i64,
        success: i64,
        failure: i64,
        revoked: i64,
    }
}
