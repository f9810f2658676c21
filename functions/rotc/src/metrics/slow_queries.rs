//! Queries that took long.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App,
    http::Json,
    metrics::{SLOW_QUERY, rounded},
};
use utoipa::ToSchema;

use super::resource_api::{SlowQueryShown, slow_query};
use crate::{
    access::Admin,
    answer::{Empty, Success, js_number, success},
};

/// Queries that took long.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SlowQueries {
    /// All queries in short.
    pub analysis: QueryAnalysis,
    /// The last hundred slow ones, newest first.
    pub recent_slow_queries: Vec<SlowQueryShown>,
    /// From how many milliseconds on a query is slow.
    pub threshold_ms: u64,
}

/// All queries in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueryAnalysis {
    /// All queries.
    pub total_queries: u64,
    /// Milliseconds altogether.
    #[serde(serialize_with = "js_number")]
    pub total_time: f64,
    /// Milliseconds, on average.
    #[serde(serialize_with = "js_number")]
    pub average_time: f64,
    /// The slow ones.
    pub slow_queries: u64,
}

/// List queries that took long
///
/// Their text is that of the program; no value of anybody stands in it.
#[utoipa::path(get, path = "/api/slow-queries", tag = "metrics", responses((status = 200, body = Success<SlowQueries>)))]
pub async fn list_slow_queries(_: Admin, State(app): State<App>) -> Json<Success<SlowQueries>> {
    let queries = app.metrics.queries();
    let view = queries.view();
    Json(success(SlowQueries {
        analysis: QueryAnalysis {
            total_queries: view.total,
            total_time: rounded(view.took.as_secs_f64() * 1e3, 3),
            average_time: rounded(view.average_ms(), 3),
            slow_queries: view.slow,
        },
        recent_slow_queries: queries.slow_ones().iter().map(|one| slow_query(&app, one)).collect(),
        threshold_ms: SLOW_QUERY.as_millis() as u64,
    }))
}

/// Forget the queries that took long
#[utoipa::path(post, path = "/api/slow-queries/reset", tag = "metrics", responses((status = 200, body = Success<Empty>)))]
pub async fn reset_slow_queries(_: Admin, State(app): State<App>) -> Json<Success<Empty>> {
    app.metrics.queries().forget_slow();
    Json(success(Empty {}).saying("Query statistics reset successfully"))
}
