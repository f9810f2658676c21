//! How many cadets are there right now.

use axum::extract::State;
use chrono::TimeDelta;
use serde::Serialize;
use shared::{App, Result, http::Json, sql};
use utoipa::ToSchema;

use crate::access::Staff;

/// Whoever was heard of within these minutes is there.
const MINUTES: i64 = 5;

/// How many are there.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct OnlineUsers {
    /// Users who are cadets.
    pub count: i64,
}

/// Count the cadets who are online
///
/// Those heard of in the last five minutes.
#[utoipa::path(get, path = "/api/admin/online-users", tag = "analytics",
    responses((status = 200, body = OnlineUsers)))]
pub async fn count_online_users(_: Staff, State(app): State<App>) -> Result<Json<OnlineUsers>> {
    let count = sql!("SELECT count(*) FROM users WHERE role = 'cadet' AND last_seen > $1");
    let since = (app.clock.now() - TimeDelta::minutes(MINUTES)).naive_utc();
    Ok(Json(OnlineUsers { count: app.db.read().await?.only(count, &[&since]).await? }))
}
