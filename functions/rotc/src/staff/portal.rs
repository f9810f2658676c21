//! Small marks a member of the staff leaves: the portal was opened, the guide was read.

use axum::extract::State;
use serde_json::json;
use shared::{App, Result, http::Json, sql};

use crate::{
    access::{NotAStaffAccount, OnStaff},
    answer::{Message, message},
    events,
    notifications::notify,
};

/// Tell the admins that the staff portal was opened
#[utoipa::path(post, path = "/api/staff/access", tag = "staff", responses((status = 200, body = Message)))]
pub async fn record_staff_access(
    own: OnStaff<NotAStaffAccount>,
    State(app): State<App>,
) -> Result<Json<Message>> {
    let mut change = app.db.change(&own.user.actor()).await?;
    notify::step(&mut change, "portal_access", "Staff portal accessed").await?;
    let at = app.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let payload = json!({ "role": "staff", "userId": own.user.id, "staffId": own.staff_id, "at": at });
    events::publish(&mut change, "portal_access", None, payload).await?;
    change.commit().await?;
    Ok(message("access recorded"))
}

/// Remember that the member of the staff has read the guide
#[utoipa::path(post, path = "/api/staff/acknowledge-guide", tag = "staff",
    responses((status = 200, body = Message)))]
pub async fn acknowledge_staff_guide(own: OnStaff, State(app): State<App>) -> Result<Json<Message>> {
    let mut change = app.db.change(&own.user.actor()).await?;
    let update = sql!("UPDATE training_staff SET has_seen_guide = TRUE WHERE id = $1");
    change.execute(update, &[&own.staff_id]).await?;
    change.commit().await?;
    Ok(message("User guide acknowledged"))
}
