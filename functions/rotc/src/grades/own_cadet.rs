//! Which cadet a user is, also for users that were never linked to their cadet.

use serde_json::json;
use shared::{App, Result, error::forbidden, sql};

use crate::{
    access::{NotACadetAccount, Refusal, Role, User},
    events,
};

/// The cadet behind a user; 403 for everybody else.
///
/// A cadet user without a cadet is linked to the one whose student id is the user name, or else to the only
/// one with the user's mail address. Unlike in the legacy server, a cadet who has a user already is left
/// alone: an address typed at registration must not open somebody else's record.
pub async fn own_cadet(app: &App, user: &User) -> Result<i32> {
    if user.role != Role::Cadet {
        return Err(forbidden(NotACadetAccount::MESSAGE));
    }
    if let Some(cadet_id) = user.cadet_id {
        return Ok(cadet_id);
    }
    if let Some(cadet_id) = candidate(app, user).await? {
        link(app, user, cadet_id).await?;
        return Ok(cadet_id);
    }
    tracing::warn!(user_id = user.id, "a cadet user belongs to no cadet");
    Err(forbidden(NotACadetAccount::MESSAGE))
}

async fn candidate(app: &App, user: &User) -> Result<Option<i32>> {
    let find = sql!(
        "SELECT cadets.id, cadets.student_id = users.username AS by_number
         FROM users JOIN cadets ON cadets.student_id = users.username
              OR (users.email <> '' AND lower(cadets.email) = lower(users.email))
         WHERE users.id = $1 AND cadets.is_archived IS NOT TRUE
           AND NOT EXISTS (SELECT FROM users AS others
                           WHERE others.cadet_id = cadets.id AND others.is_archived IS NOT TRUE)
         ORDER BY by_number DESC, cadets.id LIMIT 2"
    );
    let found: Vec<(i32, bool)> = app.db.read().await?.all(find, &[&user.id]).await?;
    Ok(match found[..] {
        [(cadet_id, true), ..] | [(cadet_id, false)] => Some(cadet_id),
        _ => None,
    })
}

async fn link(app: &App, user: &User, cadet_id: i32) -> Result<()> {
    let mut change = app.db.change(&user.actor()).await?;
    let update = sql!("UPDATE users SET cadet_id = $2 WHERE id = $1 AND cadet_id IS NULL");
    if change.execute(update, &[&user.id, &cadet_id]).await? == 1 {
        let payload = json!({ "userId": user.id, "cadetId": cadet_id });
        events::publish(&mut change, "cadet_autolinked", Some(cadet_id), payload).await?;
    }
    change.commit().await
}
