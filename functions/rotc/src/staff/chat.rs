//! The chat of the staff.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    db::Change,
    error::{forbidden, invalid, not_found},
    http::{
        Json, Page, Path,
        lenient::{filled, text_only},
    },
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    access::{NoSender, OnStaff, Role, StaffRoom, User},
    answer::{Message, iso, message},
    events,
    notifications::notify,
};

/// Messages in the list.
const MOST: i64 = 100;

/// The same message again within this time is the same message: a button pressed twice, a request sent again.
const DOUBLED_WITHIN_SECONDS: f64 = 5.0;

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
        let text = filled(&self.content);
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
///
/// The others on the staff are told. The same message again within five seconds is taken as the same.
#[utoipa::path(post, path = "/api/staff/chat/messages", tag = "staff", request_body = ChatText,
    responses((status = 200, body = Posted)))]
pub async fn post_chat_message(
    own: OnStaff<NoSender>,
    State(app): State<App>,
    Json(sent): Json<ChatText>,
) -> Result<Json<Posted>> {
    let id = post(&app, &own.user, own.staff_id, &sent).await?;
    Ok(Json(Posted { id, message: "Message posted" }))
}

/// Stores a message and tells the others on the staff, unless the sender has just posted the same.
pub(crate) async fn post(app: &App, user: &User, staff_id: i32, sent: &ChatText) -> Result<i32> {
    let text = sent.text()?;
    let now = app.clock.now().naive_utc();
    let mut change = app.db.change(&user.actor()).await?;
    // Two requests of one sender wait for each other, so that the second sees what the first has written.
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext('chat'), $1)"), &[&staff_id]).await?;
    let doubled = sql!(
        "SELECT id FROM staff_messages
         WHERE sender_staff_id = $1 AND content = $2
           AND created_at > $3::timestamp - make_interval(secs => $4) AND created_at <= $3
         ORDER BY id LIMIT 1"
    );
    if let Some(id) = change.one::<i32>(doubled, &[&staff_id, &text, &now, &DOUBLED_WITHIN_SECONDS]).await? {
        return Ok(id);
    }
    let insert = sql!(
        "INSERT INTO staff_messages (sender_staff_id, content, created_at) VALUES ($1, $2, $3) RETURNING id"
    );
    let id = change.only(insert, &[&staff_id, &text, &now]).await?;
    tell(&mut change, user, staff_id, id).await?;
    change.commit().await?;
    Ok(id)
}

async fn tell(change: &mut Change, user: &User, staff_id: i32, id: i32) -> Result<()> {
    let name = sql!("SELECT concat_ws(' ', rank, last_name) FROM training_staff WHERE id = $1");
    let name: String = change.only(name, &[&staff_id]).await?;
    notify::colleagues(change, user.id, id, &format!("New message from {name} in the staff chat")).await?;
    events::publish(change, "staff_chat", None, json!({ "messageId": id, "staffId": staff_id })).await
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
    let sender = change.one::<i32>(sender, &[&id]).await?;
    let sender = sender.ok_or_else(|| not_found("Message not found."))?;
    if user.role == Role::Admin || user.staff_id == Some(sender) { Ok(()) } else { Err(forbidden(refusal)) }
}

row! {
    /// A message of the chat as a resource.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct StaffMessage {
        id: i32,
        /// The sender's row in `training_staff`.
        sender_staff: i32,
        sender_name: String,
        sender_rank: Option<String>,
        content: String,
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        created_at: Option<NaiveDateTime>,
    }
}

/// One page of all messages, oldest first, and how many there are.
pub(crate) async fn page(app: &App, page: Page) -> Result<(Vec<StaffMessage>, i64)> {
    let list = sql!(
        "SELECT chat.id, chat.sender_staff_id AS sender_staff,
                concat_ws(' ', staff.first_name, staff.last_name) AS sender_name, staff.rank AS sender_rank,
                chat.content, chat.created_at
         FROM staff_messages AS chat JOIN training_staff AS staff ON staff.id = chat.sender_staff_id
         ORDER BY chat.created_at, chat.id LIMIT $1 OFFSET $2"
    );
    let mut read = app.db.read().await?;
    let messages = read.all(list, &[&page.limit, &page.offset()]).await?;
    Ok((messages, read.only(sql!("SELECT count(*) FROM staff_messages"), &[]).await?))
}

/// One message.
pub(crate) async fn show(app: &App, id: i32) -> Result<Option<StaffMessage>> {
    let show = sql!(
        "SELECT chat.id, chat.sender_staff_id AS sender_staff,
                concat_ws(' ', staff.first_name, staff.last_name) AS sender_name, staff.rank AS sender_rank,
                chat.content, chat.created_at
         FROM staff_messages AS chat JOIN training_staff AS staff ON staff.id = chat.sender_staff_id
         WHERE chat.id = $1"
    );
    app.db.read().await?.one(show, &[&id]).await
}
