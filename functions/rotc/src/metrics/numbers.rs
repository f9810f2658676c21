//! The numbers as the legacy server put them.

use chrono::NaiveDateTime;
use serde::Serialize;
use shared::App;
use utoipa::ToSchema;

use crate::answer::{iso, js_number};

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
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub timestamp: Option<NaiveDateTime>,
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

/// The numbers now.
pub async fn now(app: &App) -> Numbers {
    let (requests, queries) = (app.metrics.requests().view(), app.metrics.queries().view());
    let (lookups, (keys, _)) = (app.cache.lookups(), app.cache.size().await);
    let pool = app.db.connections();
    Numbers {
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
        timestamp: Some(app.clock.now().naive_utc()),
    }
}

/// With so many decimals.
pub fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}
