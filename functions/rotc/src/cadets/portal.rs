//! Small marks a cadet leaves: the portal was opened, the guide was read.

use axum::extract::State;
use serde_json::json;
use shared::{App, Result, http::Json, sql};

use crate::{
    access::{AccessDenied, Member, Own},
    answer::{Message, message},
    events,
    notifications::notify,
};

/// Tell the admins that the cadet portal was opened
#[utoipa::path(post, path = "/api/cadet/access", tag = "cadets", responses((status = 200, body = Message)))]
pub async fn record_portal_access(Member(user): Member, State(app): State<App>) -> Result<Json<Message>> {
    let mut change = app.db.change(&user.actor()).await?;
    notify::step(&mut change, "portal_access", "Cadet portal accessed").await?;
    let at = app.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let payload = json!({ "role": "cadet", "userId": user.id, "cadetId": user.cadet_id, "at": at });
    events::publish(&mut change, "portal_access", user.cadet_id, payload).await?;
    change.commit().await?;
    Ok(message("access recorded"))
}

/// Remember that the cadet has read the guide
#[utoipa::path(post, path = "/api/cadet/acknowledge-guide", tag = "cadets",
    responses((status = 200, body = Message)))]
pub async fn acknowledge_guide(own: Own<AccessDenied>, State(app): State<App>) -> Result<Json<Message>> {
    let mut change = app.db.change(&own.user.actor()).await?;
    change.execute(sql!("UPDATE cadets SET has_seen_guide = TRUE WHERE id = $1"), &[&own.cadet_id]).await?;
    change.commit().await?;
    Ok(message("User guide acknowledged"))
}
