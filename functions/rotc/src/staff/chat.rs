//! The chat of the staff.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Change,
    error::{forbidden, invalid, not_found},
    http::{Json, Path},
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    access::{NoSender, OnStaff, Role, StaffRoom, User},
    answer::{Message, iso, message},
    sent::text_only,
};

/// Messages in the list.
const MOST: i64 = 100;

/// Characters of a message.
const LONGEST: usize = 5_000;

row! {
    /// A message with its sender.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct ChatMessage {
        id: i32,
        content: String,
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        created_at: Option<NaiveDateTime>,
        /// The sender's row in `training_staff`.
        staff_id: i32,
        first_name: String,
        last_name: String,
        rank: Option<String>,
        /// Where the sender's picture is.
        profile_pic: Option<String>,
    }
}

row! {
    /// The newest message.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct LatestMessage {
        id: i32,
        content: String,
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        created_at: Option<NaiveDateTime>,
        first_name: String,
        last_name: String,
        rank: Option<String>,
    }
}

/// The text of a message.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct ChatText {
    /// At most 5,000 characters; spaces around it are removed.
    #[serde(default, deserialize_with = "text_only")]
    pub content: Option<String>,
}

impl ChatText {
    fn text(&self) -> Result<&str> {
        let text = self.content.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| invalid("required", "Message content is required."))?;
        if text.chars().count() > LONGEST {
            return Err(invalid("too_long", "The message is too long."));
        }
        Ok(text)
    }
}

/// A message that was posted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Posted {
    /// The message's id.
    pub id: i32,
    /// One sentence.
    pub message: &'static str,
}

/// List the messages of the chat
///
/// The last hundred, oldest first.
#[utoipa::path(get, path = "/api/staff/chat/messages", tag = "staff",
    responses((status = 200, body = Vec<ChatMessage>)))]
pub async fn list_chat_messages(_: StaffRoom, State(app): State<App>) -> Result<Json<Vec<ChatMessage>>> {
    // Pictures that old rows hold as data URLs are long, and clients ask every three seconds.
    let list = sql!(
        "SELECT chat.id, chat.content, chat.created_at, staff.id AS staff_id, staff.first_name, staff.last_name,
                staff.rank,
                CASE WHEN staff.profile_pic LIKE 'data:%' THEN '/api/images/staff/' || staff.id
                     ELSE staff.profile_pic END AS profile_pic
         FROM (SELECT id, content, created_at, sender_staff_id FROM staff_messages
               ORDER BY created_at DESC, id DESC LIMIT $1) AS chat
         JOIN training_staff AS staff ON staff.id = chat.sender_staff_id
         ORDER BY chat.created_at, chat.id"
    );
    Ok(Json(app.db.read().await?.all(list, &[&MOST]).await?))
}

/// Show the newest message of the chat
///
/// Null before the first one.
#[utoipa::path(get, path = "/api/staff/chat/latest", tag = "staff",
    responses((status = 200, body = Option<LatestMessage>)))]
pub async fn show_latest_message(
    _: StaffRoom,
    State(app): State<App>,
) -> Result<Json<Option<LatestMessage>>> {
    let latest = sql!(
        "SELECT chat.id, chat.content, chat.created_at, staff.first_name, staff.last_name, staff.rank
         FROM staff_messages AS chat JOIN training_staff AS staff ON staff.id = chat.sender_staff_id
         ORDER BY chat.created_at DESC, chat.id DESC LIMIT 1"
    );
    Ok(Json(app.db.read().await?.one(latest, &[]).await?))
}

/// Post a message in the chat
#[utoipa::path(post, path = "/api/staff/chat/messages", tag = "staff", request_body = ChatText,
    responses((status = 200, body = Posted)))]
pub async fn post_chat_message(
    own: OnStaff<NoSender>,
    State(app): State<App>,
    Json(sent): Json<ChatText>,
) -> Result<Json<Posted>> {
    let text = sent.text()?;
    let mut change = app.db.change(&own.user.actor()).await?;
    let insert = sql!(
        "INSERT INTO staff_messages (sender_staff_id, content, created_at) VALUES ($1, $2, $3) RETURNING id"
    );
    let id = change.scalar(insert, &[&own.staff_id, &text, &app.clock.now().naive_utc()]).await?;
    change.commit().await?;
    Ok(Json(Posted { id, message: "Message posted" }))
}

/// Edit a message of the chat
///
/// One's own; admins any.
#[utoipa::path(put, path = "/api/staff/chat/messages/{id}", tag = "staff", params(("id" = i32, Path)),
    request_body = ChatText, responses((status = 200, body = Message)))]
pub async fn edit_chat_message(
    StaffRoom(user): StaffRoom,
    State(app): State<App>,
    Path(id): Path<i32>,
    Json(sent): Json<ChatText>,
) -> Result<Json<Message>> {
    let text = sent.text()?;
    let mut change = app.db.change(&user.actor()).await?;
    lock_own(&mut change, &user, id, "You can only edit your own messages.").await?;
    change.execute(sql!("UPDATE staff_messages SET content = $2 WHERE id = $1"), &[&id, &text]).await?;
    change.commit().await?;
    Ok(message("Message updated"))
}

/// Delete a message of the chat
///
/// One's own; admins any.
#[utoipa::path(delete, path = "/api/staff/chat/messages/{id}", tag = "staff", params(("id" = i32, Path)),
    responses((status = 200, body = Message)))]
pub async fn delete_chat_message(
    StaffRoom(user): StaffRoom,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    let mut change = app.db.change(&user.actor()).await?;
    lock_own(&mut change, &user, id, "You can only delete your own messages.").await?;
    change.execute(sql!("DELETE FROM staff_messages WHERE id = $1"), &[&id]).await?;
    change.commit().await?;
    Ok(message("Message deleted"))
}

/// Locks a message that the user may change: their own, or any for an admin.
async fn lock_own(change: &mut Change, user: &User, id: i32, refusal: &'static str) -> Result<()> {
    let sender = sql!("SELECT sender_staff_id FROM staff_messages WHERE id = $1 FOR UPDATE");
    let sender = change.one::<(i32,)>(sender, &[&id]).await?;
    let (sender,) = sender.ok_or_else(|| not_found("Message not found."))?;
    if user.role == Role::Admin || user.staff_id == Some(sender) { Ok(()) } else { Err(forbidden(refusal)) }
}
