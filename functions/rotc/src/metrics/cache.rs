//! Answers that this process keeps.

use axum::extract::State;
use serde::Serialize;
use shared::{App, http::Json, metrics::rounded};
use utoipa::ToSchema;

use crate::{
    access::Admin,
    answer::{Success, js_number, success},
};

/// Kept answers, on the pages of the existing client.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminCache {
    /// Found.
    pub hits: u64,
    /// Not found.
    pub misses: u64,
    /// Answers kept now.
    pub keys: u64,
    /// `12.34%`; `0%` before the first lookup.
    pub hit_rate: String,
}

/// Show how answers are kept
#[utoipa::path(get, path = "/api/admin/cache/stats", tag = "metrics", responses((status = 200, body = AdminCache)))]
pub async fn show_admin_cache(_: Admin, State(app): State<App>) -> Json<AdminCache> {
    let CacheCounts { keys, hits, misses } = counts(&app).await;
    let percent = app.cache.lookups().hit_percent();
    let hit_rate = percent.map_or_else(|| "0%".to_owned(), |percent| format!("{percent:.2}%"));
    Json(AdminCache { hits, misses, keys, hit_rate })
}

/// Numbers before and after.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Cleared {
    /// One sentence.
    pub message: &'static str,
    /// Before.
    pub before: CacheCounts,
    /// After.
    pub after: CacheCounts,
}

/// Kept answers and lookups.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CacheCounts {
    /// Answers kept.
    pub keys: u64,
    /// Found.
    pub hits: u64,
    /// Not found.
    pub misses: u64,
}

/// Forget every kept answer
#[utoipa::path(post, path = "/api/admin/cache/clear", tag = "metrics", responses((status = 200, body = Cleared)))]
pub async fn clear_admin_cache(_: Admin, State(app): State<App>) -> Json<Cleared> {
    let before = counts(&app).await;
    app.cache.clear().await;
    Json(Cleared { message: CLEARED, before, after: counts(&app).await })
}

const CLEARED: &str = "Cache cleared successfully";

async fn counts(app: &App) -> CacheCounts {
    let lookups = app.cache.lookups();
    CacheCounts { keys: app.cache.size().await.0, hits: lookups.hits, misses: lookups.misses }
}

/// Kept answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CacheStats {
    /// `redis`, or `memory` when each process keeps its own.
    pub backend: &'static str,
    /// Found.
    pub hits: u64,
    /// Not found.
    pub misses: u64,
    /// Found, in percent.
    #[serde(serialize_with = "js_number")]
    pub hit_rate: f64,
    /// Answers kept now.
    pub keys: u64,
    /// Bytes they take.
    pub memory_used: u64,
}

/// Show how answers are kept, in the words of the resource API
#[utoipa::path(get, path = "/api/cache/stats", tag = "metrics", responses((status = 200, body = Success<CacheStats>)))]
pub async fn show_cache(_: Admin, State(app): State<App>) -> Json<Success<CacheStats>> {
    let (lookups, (keys, memory_used)) = (app.cache.lookups(), app.cache.size().await);
    let hit_rate = rounded(lookups.hit_percent().unwrap_or(0.0), 2);
    let (hits, misses) = (lookups.hits, lookups.misses);
    Json(success(CacheStats { backend: app.redis.backend(), hits, misses, hit_rate, keys, memory_used }))
}

/// The cache is empty.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CacheCleared {
    /// One sentence.
    pub message: &'static str,
    /// Always true.
    pub success: bool,
}

/// Forget every kept answer, in the words of the resource API
#[utoipa::path(post, path = "/api/cache/clear", tag = "metrics", responses((status = 200, body = CacheCleared)))]
pub async fn clear_cache(_: Admin, State(app): State<App>) -> Json<CacheCleared> {
    app.cache.clear().await;
    Json(CacheCleared { message: CLEARED, success: true })
}
