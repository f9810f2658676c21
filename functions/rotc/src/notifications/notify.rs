//! Writing notices, in the change that causes them. Whoever has a device subscribed gets them as push messages too.

use shared::{Result, db::Change, error::internal, sql};

use super::inbox::PUBLIC_TYPES;
use super::push_notice::PushNotice;

/// Notices that were written: their ids, and whether anybody they are for has a device.
type Written = Vec<(i32, bool)>;

/// Tells everyone: `kind` says whose lists show it (`announcement`, `profile_update`).
pub async fn everyone(change: &mut Change, kind: &'static str, text: &str) -> Result<()> {
    all_users(change, kind, text).await.map(drop)
}

/// Tells administrators of a step that somebody has taken in the system. The same step again within a minute is no news.
pub async fn step(change: &mut Change, kind: &'static str, text: &str) -> Result<()> {
    let told = sql!(
        "SELECT EXISTS (SELECT FROM notifications
                        WHERE user_id IS NULL AND type = $1 AND message = $2
                          AND created_at > LOCALTIMESTAMP - make_interval(secs => 60))"
    );
    let one_at_a_time = sql!("SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))");
    change.execute(one_at_a_time, &[&kind, &text]).await?;
    if change.only::<bool>(told, &[&kind, &text]).await? {
        return Ok(());
    }
    everyone(change, kind, text).await
}

/// Tells everyone, and gives the notice's id.
pub(super) async fn all_users(change: &mut Change, kind: &str, text: &str) -> Result<i32> {
    let insert = sql!(
        "INSERT INTO notifications (user_id, message, type) VALUES (NULL, $2, $1)
         RETURNING id, EXISTS (SELECT FROM push_subscriptions)"
    );
    let written = change.one::<(i32, bool)>(insert, &[&kind, &text]).await?;
    let (id, device) = written.ok_or_else(|| internal("a notice was not stored"))?;
    // What only administrators see of those for everyone tells of every step in the system: no device should ring at that.
    if PUBLIC_TYPES.contains(&kind) {
        push(change, vec![(id, device)], None).await?;
    }
    Ok(id)
}

/// Tells these cadets the same, each by the account they sign in with. Who has none is told nothing.
pub async fn cadets(change: &mut Change, cadet_ids: &[i32], kind: &'static str, text: &str) -> Result<()> {
    let insert = sql!(
        "INSERT INTO notifications (user_id, message, type)
         SELECT users.id, $3, $2 FROM users
         WHERE users.cadet_id = ANY($1) AND users.role = 'cadet' AND users.is_archived IS NOT TRUE
         ORDER BY users.id
         RETURNING id, EXISTS (SELECT FROM push_subscriptions AS devices WHERE devices.user_id = notifications.user_id)"
    );
    let written = change.all(insert, &[&cadet_ids, &kind, &text]).await?;
    push(change, written, None).await
}

/// Tells a member of the staff, by the account they sign in with.
pub async fn staff_member(change: &mut Change, staff_id: i32, kind: &'static str, text: &str) -> Result<()> {
    let insert = sql!(
        "INSERT INTO notifications (user_id, message, type)
         SELECT users.id, $3, $2 FROM users
         WHERE users.staff_id = $1 AND users.role <> 'cadet' AND users.is_archived IS NOT TRUE
         ORDER BY users.id
         RETURNING id, EXISTS (SELECT FROM push_subscriptions AS devices WHERE devices.user_id = notifications.user_id)"
    );
    let written = change.all(insert, &[&staff_id, &kind, &text]).await?;
    push(change, written, None).await
}

/// Tells one user, and tells the notice's id; none when there is no such user.
pub async fn user(change: &mut Change, user_id: i32, kind: &str, text: &str) -> Result<Option<i32>> {
    let insert = sql!(
        "INSERT INTO notifications (user_id, message, type)
         SELECT users.id, $3, $2 FROM users WHERE users.id = $1 AND users.is_archived IS NOT TRUE
         RETURNING id, EXISTS (SELECT FROM push_subscriptions AS devices WHERE devices.user_id = notifications.user_id)"
    );
    let written: Written = change.all(insert, &[&user_id, &kind, &text]).await?;
    let id = written.first().map(|(id, _)| *id);
    push(change, written, None).await?;
    Ok(id)
}

/// Tells every administrator, except the one who caused it.
pub async fn admins(change: &mut Change, sender: i32, kind: &'static str, text: &str) -> Result<()> {
    let insert = sql!(
        "INSERT INTO notifications (user_id, message, type)
         SELECT users.id, $3, $2 FROM users
         WHERE users.role = 'admin' AND users.id <> $1 AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
         ORDER BY users.id
         RETURNING id, EXISTS (SELECT FROM push_subscriptions AS devices WHERE devices.user_id = notifications.user_id)"
    );
    let written = change.all(insert, &[&sender, &kind, &text]).await?;
    push(change, written, None).await
}

/// Tells every administrator of something that nobody has caused; `ring` says whether their devices do.
pub async fn every_admin(change: &mut Change, kind: &'static str, text: &str, ring: bool) -> Result<()> {
    let insert = sql!(
        "INSERT INTO notifications (user_id, message, type)
         SELECT users.id, $2, $1 FROM users
         WHERE users.role = 'admin' AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
         ORDER BY users.id
         RETURNING id, EXISTS (SELECT FROM push_subscriptions AS devices WHERE devices.user_id = notifications.user_id)"
    );
    let written = change.all(insert, &[&kind, &text]).await?;
    if ring { push(change, written, None).await } else { Ok(()) }
}

/// Tells everybody on the staff of a message in their chat, except who wrote it. Devices show the message itself.
pub async fn colleagues(change: &mut Change, sender: i32, chat_message: i32, text: &str) -> Result<()> {
    let insert = sql!(
        "INSERT INTO notifications (user_id, message, type)
         SELECT users.id, $2, 'staff_chat'
         FROM users LEFT JOIN training_staff ON training_staff.id = users.staff_id
         WHERE (users.role = 'training_staff' OR (users.role = 'admin' AND users.staff_id IS NOT NULL))
           AND users.id <> $1 AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
           AND training_staff.is_archived IS NOT TRUE
         ORDER BY users.id
         RETURNING id, EXISTS (SELECT FROM push_subscriptions AS devices WHERE devices.user_id = notifications.user_id)"
    );
    let written = change.all(insert, &[&sender, &text]).await?;
    push(change, written, Some(chat_message)).await
}

/// Sends these notices, which were written elsewhere, to the devices of those they are for.
pub(super) async fn ring(change: &mut Change, notices: &[i32]) -> Result<()> {
    push(change, notices.iter().map(|id| (*id, true)).collect(), None).await
}

/// Starts the delivery to devices, one job for all notices of a cause; none where nobody has a device.
async fn push(change: &mut Change, written: Written, chat_message: Option<i32>) -> Result<()> {
    let notices: Vec<i32> = written.into_iter().filter(|(_, device)| *device).map(|(id, _)| id).collect();
    if !notices.is_empty() {
        change.start(&PushNotice { notices, chat_message }).await?;
    }
    Ok(())
}
