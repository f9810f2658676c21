//! Letting cadets edit their completed profiles again.

use axum::extract::State;
use serde_json::json;
use shared::{App, Result, http::Json, sql};

use super::selection::Selection;
use crate::{
    access::Admin,
    answer::{Message, message},
    events,
};

/// Unlock profiles
///
/// The cadets may edit and complete their profiles once more.
#[utoipa::path(post, path = "/api/admin/cadets/unlock", tag = "cadets", request_body = Selection,
    responses((status = 200, body = Message)))]
pub async fn unlock_cadets(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(selection): Json<Selection>,
) -> Result<Json<Message>> {
    let ids = selection.any()?;
    let mut change = app.db.change(&admin.actor()).await?;
    let unlock = sql!("UPDATE cadets SET is_profile_completed = FALSE WHERE id = ANY($1)");
    let unlocked = change.execute(unlock, &[&ids]).await?;
    if unlocked > 0 {
        events::publish(&mut change, "cadet_unlocked", None, json!({ "cadetIds": ids })).await?;
    }
    change.commit().await?;
    Ok(message(format!("Successfully unlocked {unlocked} profile(s)")))
}
