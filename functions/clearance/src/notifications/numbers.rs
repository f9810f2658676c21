//! What somebody has not read yet, and how much there is.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, auth::principal::Signed, db::Read, http::Json, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{categorized, owner};
use crate::{
    access::Person,
    notices::{ShownNotice, TYPES},
};

/// The notices that are not read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Unread {
    count: i64,
    /// The newest 200.
    notifications: Vec<ShownNotice>,
}

/// How many notices are not read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnreadCount {
    unread_count: i64,
}

row! {
    struct Numbers {
        total: i64,
        unread: i64,
    }
}

/// How many notices there are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotificationStatistics {
    total_notifications: i64,
    unread_count: i64,
    read_count: i64,
    /// By the titles of the types, all of them.
    by_type: BTreeMap<&'static str, i64>,
    /// The newest five.
    recent_notifications: Vec<ShownNotice>,
}

async fn count(read: &mut Read, owner: Option<Uuid>) -> Result<Numbers> {
    let count = sql!(
        "SELECT count(*) AS total, count(*) FILTER (WHERE NOT is_read) AS unread
         FROM notifications WHERE $1::uuid IS NULL OR recipient_id = $1"
    );
    read.only(count, &[&owner]).await
}

/// The newest notices of an owner, all or those not read.
async fn newest(
    read: &mut Read,
    owner: Option<Uuid>,
    is_read: Option<bool>,
    limit: i64,
) -> Result<Vec<ShownNotice>> {
    let list = sql!(
        "SELECT id, notification_type, title, message, is_read, created_at, '' AS category, related_object_type,
                related_object_id
         FROM shown_notifications
         WHERE ($1::uuid IS NULL OR recipient_id = $1) AND ($2::bool IS NULL OR is_read = $2)
         ORDER BY created_at DESC, id LIMIT $3"
    );
    read.all(list, &[&owner, &is_read, &limit]).await.map(categorized)
}

/// List the notices that are not read
#[utoipa::path(get, path = "/api/notifications/unread", tag = "notifications",
    responses((status = 200, body = Unread)))]
pub async fn list_unread_notifications(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<Unread>> {
    let mut read = app.db.read().await?;
    let count = count(&mut read, owner(&person)).await?.unread;
    Ok(Json(Unread { count, notifications: newest(&mut read, owner(&person), Some(false), 200).await? }))
}

/// Count the notices that are not read
#[utoipa::path(get, path = "/api/notifications/unread-count", tag = "notifications",
    responses((status = 200, body = UnreadCount)))]
pub async fn count_unread_notifications(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<UnreadCount>> {
    let unread_count = count(&mut app.db.read().await?, owner(&person)).await?.unread;
    Ok(Json(UnreadCount { unread_count }))
}

/// Count the notices by type
#[utoipa::path(get, path = "/api/notifications/statistics", tag = "notifications",
    responses((status = 200, body = NotificationStatistics)))]
pub async fn show_notification_statistics(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<NotificationStatistics>> {
    let owner = owner(&person);
    let mut read = app.db.read().await?;
    let Numbers { total, unread } = count(&mut read, owner).await?;
    let by_type = sql!(
        "SELECT notification_type, count(*) FROM notifications
         WHERE $1::uuid IS NULL OR recipient_id = $1 GROUP BY notification_type"
    );
    let counted: BTreeMap<String, i64> = read.all(by_type, &[&owner]).await?.into_iter().collect();
    let of_type = |name: &str| counted.get(name).copied().unwrap_or_default();
    Ok(Json(NotificationStatistics {
        total_notifications: total,
        unread_count: unread,
        read_count: total - unread,
        by_type: TYPES.iter().map(|(name, title, _)| (*title, of_type(name))).collect(),
        recent_notifications: newest(&mut read, owner, None, 5).await?,
    }))
}
