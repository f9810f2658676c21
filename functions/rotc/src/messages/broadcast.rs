//! Telling everybody.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use shared::{
    App, Result,
    db::Change,
    error::invalid_field,
    http::{Json, lenient::text_only},
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::post::{DOUBLED_WITHIN_SECONDS, MessageSent, NewMessage};
use crate::{access::Admin, events, notifications::notify};

/// What clients may name as the audience.
const TARGETS: &[&str] = &["all", "admin", "cadet", "staff", "training_staff"];

/// A message to everybody.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct Broadcast {
    /// At most 300 characters.
    #[serde(default, deserialize_with = "text_only")]
    pub subject: Option<String>,
    /// At most 20,000 characters.
    #[serde(default, deserialize_with = "text_only")]
    pub message: Option<String>,
    /// Legacy: `all`, `admin`, `cadet`, `staff` or `training_staff`; everybody gets it all the same.
    #[serde(default)]
    pub target_role: Option<String>,
}

/// Tell everybody
///
/// It stands in everybody's list of messages and of notices. The same again within ten seconds is taken as the same.
#[utoipa::path(post, path = "/api/messages/broadcast", tag = "messages", request_body = Broadcast,
    responses((status = 200, body = MessageSent)))]
pub async fn broadcast_message(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(broadcast): Json<Broadcast>,
) -> Result<Json<MessageSent>> {
    let Broadcast { subject, message, target_role } = broadcast;
    let target = target_role.as_deref().filter(|target| !target.is_empty()).unwrap_or("all");
    if !TARGETS.contains(&target) {
        return Err(invalid_field(
            "target_role",
            format!("target_role must be one of: {}", TARGETS.join(", ")),
        ));
    }
    let new = NewMessage { subject, message };
    let (subject, message) = new.texts()?;
    let mut change = app.db.change(&admin.actor()).await?;
    let id = tell(&app, &mut change, subject, message, target).await?;
    change.commit().await?;
    Ok(Json(MessageSent { id, message: "Broadcast sent successfully" }))
}

async fn tell(app: &App, change: &mut Change, subject: &str, message: &str, target: &str) -> Result<i32> {
    let now = app.clock.now().naive_utc();
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext('messages'), 0)"), &[]).await?;
    let doubled = sql!(
        "SELECT id FROM admin_messages
         WHERE user_id IS NULL AND status = 'broadcast' AND subject = $1 AND message = $2
           AND created_at > $3::timestamp - make_interval(secs => $4) AND created_at <= $3
         ORDER BY id LIMIT 1"
    );
    let params: [shared::db::Param<'_>; 4] = [&subject, &message, &now, &DOUBLED_WITHIN_SECONDS];
    if let Some(id) = change.one::<i32>(doubled, &params).await? {
        return Ok(id);
    }
    let insert = sql!(
        "INSERT INTO admin_messages (user_id, sender_role, subject, message, status, created_at)
         VALUES (NULL, 'admin', $1, $2, 'broadcast', $3) RETURNING id"
    );
    let id = change.only(insert, &[&subject, &message, &now]).await?;
    notify::everyone(change, "admin_broadcast", &format!("{subject}: {message}")).await?;
    let payload = json!({ "messageId": id, "targetRole": target });
    events::publish(change, "admin_broadcast", None, payload).await?;
    Ok(id)
}
