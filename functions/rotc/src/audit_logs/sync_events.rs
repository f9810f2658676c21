//! What was told, or waits to be told, to those who listen.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    App, Result,
    error::invalid_field,
    http::{Json, PageRequest, Query, lenient::chosen},
    row, sql,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::Admin,
    answer::{Pagination, Success, iso, success},
};

/// Which events are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct EventFilter {
    /// `true` for those sent, `false` for those that wait.
    pub processed: Option<String>,
    /// About this cadet.
    pub cadet_id: Option<i32>,
    /// `grade_updated`.
    pub event_type: Option<String>,
}

row! {
    /// An event.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct SyncEvent {
        /// The event's id.
        pub id: i32,
        /// What has happened.
        pub event_type: String,
        /// The cadet it is about.
        pub cadet_id: Option<i32>,
        /// More about it.
        pub payload: Option<Value>,
        /// Whether it was sent.
        pub processed: bool,
        /// When it happened.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub created_at: Option<NaiveDateTime>,
        /// When it was sent.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub processed_at: Option<NaiveDateTime>,
    }
}

/// A page of events.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// Newest first.
    pub events: Vec<SyncEvent>,
    /// Which page this is.
    pub pagination: Pagination,
}

/// List events
///
/// Newest first; 50 in a page, at most 500.
#[utoipa::path(get, path = "/api/sync-events", tag = "audit-logs", params(EventFilter, PageRequest),
    responses((status = 200, body = Success<EventPage>)))]
pub async fn list_sync_events(
    _: Admin,
    State(app): State<App>,
    Query(filter): Query<EventFilter>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Success<EventPage>>> {
    let processed = match chosen(filter.processed).map(|text| text.to_ascii_lowercase()).as_deref() {
        None => None,
        Some("true" | "1") => Some(true),
        Some("false" | "0") => Some(false),
        Some(_) => return Err(invalid_field("processed", "processed must be true or false")),
    };
    let (page, kind, cadet_id) = (page.page(50, 500), chosen(filter.event_type), filter.cadet_id);
    let mut read = app.db.read().await?;
    let count = sql!(
        "SELECT count(*) FROM sync_events
         WHERE ($1::bool IS NULL OR coalesce(processed, FALSE) = $1) AND ($2::int IS NULL OR cadet_id = $2)
           AND ($3::text IS NULL OR event_type = $3)"
    );
    let total: i64 = read.only(count, &[&processed, &cadet_id, &kind]).await?;
    let list = sql!(
        "SELECT id, event_type, cadet_id, payload, coalesce(processed, FALSE) AS processed, created_at, processed_at
         FROM sync_events
         WHERE ($1::bool IS NULL OR coalesce(processed, FALSE) = $1) AND ($2::int IS NULL OR cadet_id = $2)
           AND ($3::text IS NULL OR event_type = $3)
         ORDER BY id DESC LIMIT $4 OFFSET $5"
    );
    let events = read.all(list, &[&processed, &cadet_id, &kind, &page.limit, &page.offset()]).await?;
    Ok(Json(success(EventPage { events, pagination: Pagination::of(page, total) })))
}
