//! Lists of messages in the client API.

use axum::extract::State;
use shared::{App, Result, http::Json};

use super::message::{self, AdminMessage, SentMessage};
use crate::access::{Admin, Member};

/// List all messages
///
/// The newest thousand, broadcasts among them.
#[utoipa::path(get, path = "/api/messages", tag = "messages", responses((status = 200, body = Vec<SentMessage>)))]
pub async fn list_messages(_: Admin, State(app): State<App>) -> Result<Json<Vec<SentMessage>>> {
    Ok(Json(message::all(&app).await?))
}

/// List my messages
///
/// What one has written, and what administrators have told everybody, newest first.
#[utoipa::path(get, path = "/api/messages/my", tag = "messages",
    responses((status = 200, body = Vec<AdminMessage>)))]
pub async fn list_my_messages(
    Member(user): Member,
    State(app): State<App>,
) -> Result<Json<Vec<AdminMessage>>> {
    Ok(Json(message::mine(&app, &user).await?))
}
