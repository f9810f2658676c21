//! Deleting messages.

use axum::extract::State;
use shared::{
    App, Result,
    db::Change,
    http::{Json, Path},
    sql,
};

use crate::{
    access::{Member, Role},
    answer::{Message, message},
};

/// Delete a message
///
/// One's own; admins any. A broadcast that somebody else deletes disappears for them only. Ids of others' messages change
/// nothing.
#[utoipa::path(delete, path = "/api/messages/{id}", tag = "messages", params(("id" = i32, Path)),
    responses((status = 200, body = Message)))]
pub async fn delete_message(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    let mut change = app.db.change(&user.actor()).await?;
    if user.role == Role::Admin {
        change.execute(sql!("DELETE FROM admin_messages WHERE id = $1"), &[&id]).await?;
        change.execute(sql!("DELETE FROM muster.hidden_broadcasts WHERE message_id = $1"), &[&id]).await?;
    } else {
        let own = sql!("DELETE FROM admin_messages WHERE id = $1 AND user_id = $2");
        change.execute(own, &[&id, &user.id]).await?;
        hide(&app, &mut change, id, user.id).await?;
    }
    change.commit().await?;
    Ok(message("Message deleted successfully"))
}

async fn hide(app: &App, change: &mut Change, id: i32, user_id: i32) -> Result<()> {
    let hide = sql!(
        "INSERT INTO muster.hidden_broadcasts (user_id, message_id, hidden_at)
         SELECT $2, id, $3 FROM admin_messages WHERE id = $1 AND user_id IS NULL AND status = 'broadcast'
         ON CONFLICT (user_id, message_id) DO NOTHING"
    );
    change.execute(hide, &[&id, &user_id, &app.clock.now()]).await?;
    Ok(())
}
