//! Answers of the administrators.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use shared::{
    App, Result,
    db::Change,
    error::{invalid, invalid_field},
    http::{
        Json, Path,
        lenient::{filled, text_only},
    },
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    access::{Admin, User},
    answer::{Message, message},
    events,
    notifications::notify,
};

/// What a message can be besides a broadcast.
const STATES: &[&str] = &["pending", "resolved", "replied"];

/// Characters of an answer.
const LONGEST: usize = 20_000;

/// An answer.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct Reply {
    /// The text, at most 20,000 characters.
    #[serde(default, deserialize_with = "text_only")]
    pub admin_reply: Option<String>,
    /// `pending`, `resolved` or `replied`.
    #[serde(default)]
    pub status: Option<String>,
}

/// What came of an answer.
pub(super) enum Outcome {
    /// There is no such message.
    Nothing,
    /// It is stored.
    Replied,
}

/// Answer a message
///
/// The writer is told. Legacy: an answer to a message that is gone succeeds as well.
#[utoipa::path(put, path = "/api/messages/{id}/reply", tag = "messages", params(("id" = i32, Path)),
    request_body = Reply, responses((status = 200, body = Message)))]
pub async fn reply_to_message(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
    Json(reply): Json<Reply>,
) -> Result<Json<Message>> {
    answer(&app, &admin, id, &reply, "resolved").await?;
    Ok(message("Reply sent successfully"))
}

/// Stores an answer and tells the writer, unless it is the answer that is there already.
pub(super) async fn answer(
    app: &App,
    admin: &User,
    id: i32,
    reply: &Reply,
    default: &'static str,
) -> Result<Outcome> {
    let text =
        filled(&reply.admin_reply).ok_or_else(|| invalid_field("admin_reply", "A reply is required"))?;
    if text.chars().count() > LONGEST {
        return Err(invalid_field("admin_reply", "The reply is too long."));
    }
    let status = reply.status.as_deref().unwrap_or(default);
    if !STATES.contains(&status) {
        return Err(invalid_field("status", format!("status must be one of: {}", STATES.join(", "))));
    }
    let mut change = app.db.change(&admin.actor()).await?;
    let find =
        sql!("SELECT user_id, subject, admin_reply, status FROM admin_messages WHERE id = $1 FOR UPDATE");
    type Found = (Option<i32>, Option<String>, Option<String>, Option<String>);
    let Some((writer, subject, before, state)) = change.one::<Found>(find, &[&id]).await? else {
        return Ok(Outcome::Nothing);
    };
    let Some(writer) = writer else {
        return Err(invalid("broadcast", "A broadcast cannot be replied to."));
    };
    if before.as_deref() == Some(text) && state.as_deref() == Some(status) {
        return Ok(Outcome::Replied);
    }
    let update = sql!("UPDATE admin_messages SET admin_reply = $2, status = $3 WHERE id = $1");
    change.execute(update, &[&id, &text, &status]).await?;
    tell(&mut change, id, writer, subject.as_deref().unwrap_or_default()).await?;
    change.commit().await?;
    Ok(Outcome::Replied)
}

async fn tell(change: &mut Change, id: i32, writer: i32, subject: &str) -> Result<()> {
    let text = format!("Admin replied to your message: {subject}");
    notify::user(change, writer, "ask_admin_reply", &text).await?;
    events::publish(change, "ask_admin_reply", None, json!({ "userId": writer, "messageId": id })).await
}
