//! The numbers in the words of the resource API.

use std::collections::BTreeMap;

use axum::extract::State;
use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;
use shared::{
    App, Result,
    http::Json,
    metrics::{Process, SlowQuery, SlowRequest},
    row, sql,
};
use utoipa::ToSchema;

use super::{
    alerts,
    numbers::{self, Numbers, rounded},
};
use crate::{
    access::Admin,
    answer::{Success, iso, js_number, js_number_or_null, success},
};

/// Slow requests and queries in an answer.
const SHOWN: usize = 20;

/// Numbers about requests.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestMetrics {
    /// The numbers in the legacy words.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// All requests.
    pub request_count: u64,
    /// Those that failed because of the server.
    pub error_count: u64,
    /// Sessions that have not ended.
    pub active_sessions: i64,
    /// Milliseconds, on average.
    #[serde(serialize_with = "js_number")]
    pub avg_response_time: f64,
    /// Milliseconds of the quickest.
    #[serde(serialize_with = "js_number")]
    pub min_response_time: f64,
    /// Milliseconds of the slowest.
    #[serde(serialize_with = "js_number")]
    pub max_response_time: f64,
    /// Half of the last thousand took at most so many milliseconds.
    #[serde(serialize_with = "js_number")]
    pub median_response_time: f64,
    /// Failed ones in percent.
    #[serde(serialize_with = "js_number")]
    pub error_rate: f64,
    /// How often each status was answered.
    pub status_codes: BTreeMap<u16, u64>,
    /// Those that took more than a second.
    pub slow_requests_count: u64,
    /// The last of them.
    pub slow_requests: Vec<SlowRequestShown>,
    /// The process.
    pub system: ProcessNumbers,
}

/// A slow request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SlowRequestShown {
    /// `GET`.
    pub method: &'static str,
    /// `/api/cadets/{id}`.
    pub path: String,
    /// Milliseconds.
    #[serde(serialize_with = "js_number")]
    pub response_time: f64,
    /// When it ended.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub timestamp: Option<NaiveDateTime>,
}

/// What the process uses.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProcessNumbers {
    /// Bytes of memory; null where the system does not say.
    pub memory_bytes: Option<u64>,
    /// Seconds of processor time since the start.
    #[serde(serialize_with = "js_number_or_null")]
    pub cpu_seconds: Option<f64>,
    /// Processor time in percent of one processor, since the start.
    #[serde(serialize_with = "js_number_or_null")]
    pub cpu_percent: Option<f64>,
    /// Threads.
    pub threads: Option<u64>,
    /// Seconds since the start.
    pub uptime_seconds: u64,
}

/// Show the numbers about requests
#[utoipa::path(get, path = "/api/metrics", tag = "metrics", responses((status = 200, body = Success<RequestMetrics>)))]
pub async fn show_metrics(_: Admin, State(app): State<App>) -> Result<Json<Success<RequestMetrics>>> {
    alerts::look(&app).await;
    let active_sessions = active_sessions(&app).await?;
    let requests = app.metrics.requests();
    let (view, recent) = (requests.view(), requests.recent());
    let slow = requests.slow_ones();
    let ms = |duration: std::time::Duration| rounded(duration.as_secs_f64() * 1e3, 3);
    Ok(Json(success(RequestMetrics {
        numbers: numbers::now(&app).await,
        request_count: view.total,
        error_count: view.failed,
        active_sessions,
        avg_response_time: rounded(view.average_ms(), 3),
        min_response_time: ms(view.shortest),
        max_response_time: ms(view.longest),
        median_response_time: rounded(recent.median_ms, 3),
        error_rate: rounded(view.failed_percent(), 2),
        status_codes: view.statuses.into_iter().collect(),
        slow_requests_count: view.slow,
        slow_requests: slow.into_iter().take(SHOWN).map(|one| slow_request(&app, one)).collect(),
        system: process(&app),
    })))
}

/// Sessions that have not ended.
pub async fn active_sessions(app: &App) -> Result<i64> {
    let count = sql!(
        "SELECT count(*) FROM muster.sessions
         WHERE revoked_at IS NULL AND idle_expires_at > $1 AND absolute_expires_at > $1"
    );
    app.db.read().await?.only(count, &[&app.clock.now()]).await
}

fn slow_request(app: &App, slow: SlowRequest) -> SlowRequestShown {
    SlowRequestShown {
        method: slow.method,
        path: slow.route,
        response_time: rounded(slow.took.as_secs_f64() * 1e3, 3),
        timestamp: ago(app, slow.ended),
    }
}

/// The time of something that happened at `moment`.
fn ago(app: &App, moment: std::time::Instant) -> Option<NaiveDateTime> {
    let past = TimeDelta::from_std(moment.elapsed()).ok()?;
    Some((app.clock.now() - past).naive_utc())
}

fn process(app: &App) -> ProcessNumbers {
    let (process, uptime) = (Process::now(), app.metrics.uptime());
    ProcessNumbers {
        memory_bytes: process.resident_bytes,
        cpu_seconds: process.cpu_seconds,
        cpu_percent: process.cpu_seconds.map(|cpu| rounded(cpu * 100.0 / uptime.as_secs_f64().max(0.01), 1)),
        threads: process.threads,
        uptime_seconds: uptime.as_secs(),
    }
}

/// Numbers about the database.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DatabaseMetrics {
    /// All queries.
    pub query_count: u64,
    /// Milliseconds altogether.
    #[serde(serialize_with = "js_number")]
    pub total_query_time: f64,
    /// Milliseconds, on average.
    #[serde(serialize_with = "js_number")]
    pub avg_query_time: f64,
    /// Those that took more than a tenth of a second.
    pub slow_queries_count: u64,
    /// The last of them.
    pub slow_queries: Vec<SlowQueryShown>,
    /// Connections of this process.
    pub connection_stats: ConnectionNumbers,
    /// The twenty largest tables.
    pub table_stats: Vec<TableSize>,
    /// When.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub timestamp: Option<NaiveDateTime>,
}

/// A slow query.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SlowQueryShown {
    /// The statement, without the values.
    pub sql: &'static str,
    /// Milliseconds.
    #[serde(serialize_with = "js_number")]
    pub time: f64,
    /// When it ended.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub timestamp: Option<NaiveDateTime>,
}

/// A slow query as answers show it.
pub fn slow_query(app: &App, slow: &SlowQuery) -> SlowQueryShown {
    let time = rounded(slow.took.as_secs_f64() * 1e3, 3);
    SlowQueryShown { sql: slow.sql, time, timestamp: ago(app, slow.ended) }
}

/// The connections of this process.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectionNumbers {
    /// Always `postgresql`.
    pub engine: &'static str,
    /// In use.
    pub connections_used: usize,
    /// As many may be in use beside them.
    pub connections_available: usize,
    /// Requests that wait for one.
    pub connections_waiting: usize,
}

row! {
    /// How much room a table takes.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct TableSize {
        /// `public` or `muster`.
        pub schema: String,
        /// The table.
        pub table: String,
        /// With its indexes, in words.
        pub size: String,
        /// With its indexes, in bytes.
        pub bytes: i64,
    }
}

/// Show the numbers about the database
#[utoipa::path(get, path = "/api/metrics/database", tag = "metrics",
    responses((status = 200, body = Success<DatabaseMetrics>)))]
pub async fn show_database_metrics(
    _: Admin,
    State(app): State<App>,
) -> Result<Json<Success<DatabaseMetrics>>> {
    let list = sql!(
        "SELECT schemaname::text AS schema, relname::text AS table, pg_size_pretty(bytes) AS size, bytes
         FROM (SELECT schemaname, relname, pg_total_relation_size(relid) AS bytes
               FROM pg_stat_user_tables WHERE schemaname IN ('public', 'muster')) AS tables
         ORDER BY bytes DESC, relname LIMIT 20"
    );
    let table_stats = app.db.read().await?.all(list, &[]).await?;
    let (queries, pool) = (app.metrics.queries(), app.db.connections());
    let (view, slow) = (queries.view(), queries.slow_ones());
    Ok(Json(success(DatabaseMetrics {
        query_count: view.total,
        total_query_time: rounded(view.took.as_secs_f64() * 1e3, 3),
        avg_query_time: rounded(view.average_ms(), 3),
        slow_queries_count: view.slow,
        slow_queries: slow.iter().take(SHOWN).map(|one| slow_query(&app, one)).collect(),
        connection_stats: ConnectionNumbers {
            engine: "postgresql",
            connections_used: pool.busy,
            connections_available: pool.most.saturating_sub(pool.busy),
            connections_waiting: pool.waiting,
        },
        table_stats,
        timestamp: Some(app.clock.now().naive_utc()),
    })))
}

/// Numbers about kept answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CacheMetrics {
    /// `redis`, or `memory` when each process keeps its own.
    pub cache_backend: &'static str,
    /// Found, in percent.
    #[serde(serialize_with = "js_number")]
    pub hit_rate: f64,
    /// Not found, in percent.
    #[serde(serialize_with = "js_number")]
    pub miss_rate: f64,
    /// Found.
    pub total_hits: u64,
    /// Not found.
    pub total_misses: u64,
    /// What Redis counts about itself; empty without it, or when it does not answer.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub redis_stats: BTreeMap<&'static str, u64>,
    /// When.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub timestamp: Option<NaiveDateTime>,
}

/// Show the numbers about kept answers
#[utoipa::path(get, path = "/api/metrics/cache", tag = "metrics", responses((status = 200, body = Success<CacheMetrics>)))]
pub async fn show_cache_metrics(_: Admin, State(app): State<App>) -> Json<Success<CacheMetrics>> {
    let lookups = app.cache.lookups();
    let percent = lookups.hit_percent();
    Json(success(CacheMetrics {
        cache_backend: app.redis.backend(),
        hit_rate: percent.map_or(0.0, |percent| rounded(percent, 2)),
        miss_rate: percent.map_or(0.0, |percent| rounded(100.0 - percent, 2)),
        total_hits: lookups.hits,
        total_misses: lookups.misses,
        redis_stats: app.redis.stats().await,
        timestamp: Some(app.clock.now().naive_utc()),
    }))
}
