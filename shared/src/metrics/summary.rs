//! The counters of this process as JSON.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Process, SlowRequest};
use crate::{
    App, Result,
    http::{
        number::{js_number, js_number_or_null},
        timestamp,
    },
    sql,
};

/// The numbers of this process.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Numbers {
    /// Requests.
    pub requests: RequestNumbers,
    /// Kept answers.
    pub cache: CacheNumbers,
    /// Queries and connections.
    pub database: DatabaseNumbers,
    /// When they were read.
    #[serde(serialize_with = "timestamp::javascript")]
    pub timestamp: DateTime<Utc>,
}

/// Requests since the start, or since the last reset.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestNumbers {
    /// All of them.
    pub total: u64,
    /// Whole milliseconds, on average.
    pub avg_response_time: u64,
    /// Those that took more than a second.
    pub slow_requests: u64,
}

/// Lookups of kept answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CacheNumbers {
    /// Found.
    pub hits: u64,
    /// Not found.
    pub misses: u64,
    /// Found, in percent with one decimal.
    #[serde(serialize_with = "js_number")]
    pub hit_rate: f64,
    /// Answers kept now.
    pub keys: u64,
}

/// Queries, and the connections of this process.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseNumbers {
    /// All queries.
    pub total_queries: u64,
    /// Whole milliseconds, on average.
    pub avg_query_time: u64,
    /// Those that took more than a tenth of a second.
    pub slow_queries: u64,
    /// Open connections.
    pub pool_total: usize,
    /// Connections in use.
    pub pool_active: usize,
    /// Connections without work.
    pub pool_idle: usize,
    /// Requests that wait for a connection.
    pub pool_waiting: usize,
    /// Connections there may be.
    pub pool_max: usize,
}

impl Numbers {
    /// The counters now.
    pub async fn now(app: &App) -> Self {
        let (requests, queries) = (app.metrics.requests().view(), app.metrics.queries().view());
        let (lookups, (keys, _)) = (app.cache.lookups(), app.cache.size().await);
        let pool = app.db.connections();
        Self {
            requests: RequestNumbers {
                total: requests.total,
                avg_response_time: requests.average_ms().round() as u64,
                slow_requests: requests.slow,
            },
            cache: CacheNumbers {
                hits: lookups.hits,
                misses: lookups.misses,
                hit_rate: rounded(lookups.hit_percent().unwrap_or(0.0), 1),
                keys,
            },
            database: DatabaseNumbers {
                total_queries: queries.total,
                avg_query_time: queries.average_ms().round() as u64,
                slow_queries: queries.slow,
                pool_total: pool.open,
                pool_active: pool.busy,
                pool_idle: pool.idle,
                pool_waiting: pool.waiting,
                pool_max: pool.most,
            },
            timestamp: app.clock.now(),
        }
    }
}

/// With so many decimals.
pub fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

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
    /// `/api/items/{id}`.
    pub path: String,
    /// Milliseconds.
    #[serde(serialize_with = "js_number")]
    pub response_time: f64,
    /// When it ended.
    #[serde(serialize_with = "timestamp::javascript")]
    pub timestamp: DateTime<Utc>,
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

/// Sessions that have not ended.
pub async fn active_sessions(app: &App) -> Result<i64> {
    let count = sql!(
        "SELECT count(*) FROM muster.sessions
         WHERE revoked_at IS NULL AND idle_expires_at > $1 AND absolute_expires_at > $1"
    );
    app.db.read().await?.only(count, &[&app.clock.now()]).await
}

impl RequestMetrics {
    /// The counters now, with the sessions of the database that have not ended.
    pub async fn now(app: &App) -> Result<Self> {
        let active_sessions = active_sessions(app).await?;
        let requests = app.metrics.requests();
        let (view, recent) = (requests.view(), requests.recent());
        let ms = |duration: Duration| rounded(duration.as_secs_f64() * 1e3, 3);
        Ok(Self {
            numbers: Numbers::now(app).await,
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
            slow_requests: requests
                .slow_ones()
                .into_iter()
                .take(SHOWN)
                .map(|one| slow_request(app, one))
                .collect(),
            system: process(app),
        })
    }
}

/// Slow requests in the summary.
const SHOWN: usize = 20;

fn slow_request(app: &App, slow: SlowRequest) -> SlowRequestShown {
    SlowRequestShown {
        method: slow.method,
        path: slow.route,
        response_time: rounded(slow.took.as_secs_f64() * 1e3, 3),
        timestamp: ago(app, slow.ended),
    }
}

/// The time of something that happened at `moment`.
pub fn ago(app: &App, moment: Instant) -> DateTime<Utc> {
    app.clock.now() - TimeDelta::from_std(moment.elapsed()).unwrap_or_default()
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
