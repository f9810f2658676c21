//! Writing to the administrators.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    auth::rate_limit::Limit,
    db::Change,
    error::{invalid, invalid_field},
    http::{
        Json,
        lenient::{filled, text_only},
    },
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    access::{Member, User},
    events,
    notifications::notify,
};

/// The same message again within this time is the same message: a button pressed twice, a request sent again.
pub(super) const DOUBLED_WITHIN_SECONDS: f64 = 10.0;

/// Messages that one person may write to the administrators.
pub(super) const POSTS: Limit = Limit { name: "message", hits: 20, seconds: 600 };

/// Characters of a subject.
const LONGEST_SUBJECT: usize = 300;

/// Characters of a message.
const LONGEST: usize = 20_000;

/// A message to write.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct NewMessage {
    /// At most 300 characters.
    #[serde(default, deserialize_with = "text_only")]
    pub subject: Option<String>,
    /// At most 20,000 characters.
    #[serde(default, deserialize_with = "text_only")]
    pub message: Option<String>,
}

impl NewMessage {
    /// Subject and message, if both are there and not too long.
    pub(super) fn texts(&self) -> Result<(&str, &str)> {
        let both = filled(&self.subject).zip(filled(&self.message));
        let (subject, message) =
            both.ok_or_else(|| invalid("required", "Subject and message are required"))?;
        if subject.chars().count() > LONGEST_SUBJECT {
            return Err(invalid_field("subject", "The subject is too long."));
        }
        if message.chars().count() > LONGEST {
            return Err(invalid_field("message", "The message is too long."));
        }
        Ok((subject, message))
    }
}

/// A message that was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageSent {
    /// The message's id.
    pub id: i32,
    /// One sentence.
    pub message: &'static str,
}

/// Write to the administrators
///
/// Each of them is told. The same message again within ten seconds is taken as the same.
#[utoipa::path(post, path = "/api/messages", tag = "messages", request_body = NewMessage,
    responses((status = 200, body = MessageSent)))]
pub async fn post_message(
    Member(user): Member,
    State(app): State<App>,
    Json(new): Json<NewMessage>,
) -> Result<Json<MessageSent>> {
    POSTS.hit(&app, &user.id.to_string()).await?;
    let mut change = app.db.change(&user.actor()).await?;
    let id = post(&app, &mut change, &user, &new).await?;
    change.commit().await?;
    Ok(Json(MessageSent { id, message: "Message sent successfully" }))
}

/// Stores a message and tells the administrators, unless it is there already.
pub(super) async fn post(app: &App, change: &mut Change, user: &User, new: &NewMessage) -> Result<i32> {
    let (subject, message) = new.texts()?;
    let now = app.clock.now().naive_utc();
    // Two requests of one person wait for each other, so that the second sees what the first has written.
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext('messages'), $1)"), &[&user.id]).await?;
    let doubled = sql!(
        "SELECT id FROM admin_messages
         WHERE user_id = $1 AND subject = $2 AND message = $3
           AND created_at > $4::timestamp - make_interval(secs => $5) AND created_at <= $4
         ORDER BY id LIMIT 1"
    );
    let params: [shared::db::Param<'_>; 5] = [&user.id, &subject, &message, &now, &DOUBLED_WITHIN_SECONDS];
    if let Some(id) = change.one::<i32>(doubled, &params).await? {
        return Ok(id);
    }
    let insert = sql!(
        "INSERT INTO admin_messages (user_id, sender_role, subject, message, status, created_at)
         VALUES ($1, $2, $3, $4, 'pending', $5) RETURNING id"
    );
    let id = change.only(insert, &[&user.id, &user.role.as_str(), &subject, &message, &now]).await?;
    let text = format!("New message from {}: {subject}", user.username);
    notify::admins(change, user.id, "ask_admin", &text).await?;
    events::publish(change, "ask_admin", None, json!({ "messageId": id })).await?;
    Ok(id)
}
