//! The numbers in the words of the resource API.

use std::collections::BTreeMap;

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::Serialize;
use shared::{
    App, Result,
    http::Json,
    metrics::{RequestMetrics, SlowQuery, ago, rounded},
    row, sql,
};
use utoipa::ToSchema;

use super::alerts;
use crate::{
    access::Admin,
    answer::{Success, iso, js_number, success},
};

/// Slow queries in a response.
const SHOWN: usize = 20;

/// Show the numbers about requests
#[utoipa::path(get, path = "/api/metrics", tag = "metrics", responses((status = 200, body = Success<RequestMetrics>)))]
pub async fn show_metrics(_: Admin, State(app): State<App>) -> Result<Json<Success<RequestMetrics>>> {
    alerts::look(&app).await;
    Ok(Json(success(RequestMetrics::now(&app).await?)))
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
    SlowQueryShown { sql: slow.sql, time, timestamp: Some(ago(app, slow.ended).naive_utc()) }
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
