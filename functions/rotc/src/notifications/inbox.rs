//! The notices of one user.
//!
//! A private notice is read and deleted in its own row. One for everyone keeps its row; who has read or
//! dismissed it stands in `muster.notification_states`. Who sees what is in `migrations/rotc/R__notices.sql`.

use chrono::NaiveDateTime;
use serde::Serialize;
use shared::{App, Result, db::Change, http::Page, row, sql};
use utoipa::ToSchema;

use crate::{
    access::{Role, User},
    answer::iso,
};

/// Notices in a list.
const MOST: i64 = 50;

/// Kinds of notices for everyone that cadets and staff get. The others are about people and the system.
pub const PUBLIC_TYPES: &[&str] = &["activity", "announcement", "admin_broadcast"];

row! {
    /// A notice.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Notification {
        /// The notice's id.
        pub id: i32,
        /// Whom it is for; none for everyone.
        pub user_id: Option<i32>,
        /// The text.
        pub message: String,
        /// What it is about: `grade`, `attendance`, `activity` and others.
        #[serde(rename = "type")]
        pub kind: String,
        /// Whether the user has read it.
        pub is_read: bool,
        /// When it was made.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub created_at: Option<NaiveDateTime>,
    }
}

/// The kinds of notices for everyone that `user` gets; none for all.
fn types(user: &User) -> Option<&'static [&'static str]> {
    (user.role != Role::Admin).then_some(PUBLIC_TYPES)
}

/// The newest notices of `user`, without those dismissed.
pub async fn list(app: &App, user: &User) -> Result<Vec<Notification>> {
    list_of(app, user, types(user)).await
}

/// The same with public ones only of those for everyone, even for admins: the list of the staff's pages.
pub async fn list_public(app: &App, user: &User) -> Result<Vec<Notification>> {
    list_of(app, user, Some(PUBLIC_TYPES)).await
}

async fn list_of(
    app: &App,
    user: &User,
    types: Option<&'static [&'static str]>,
) -> Result<Vec<Notification>> {
    // Two lists of the newest, each by its index: a legacy server has left hundreds of thousands of notices for everyone.
    let list = sql!(
        "SELECT id, user_id, message, kind, is_read, created_at FROM muster.inbox($1, $2)
         ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    app.db.read().await?.all(list, &[&user.id, &types, &MOST]).await
}

/// One page of all notices of `user`, read ones, unread ones or both, and how many there are.
pub async fn page(
    app: &App,
    user: &User,
    is_read: Option<bool>,
    page: Page,
) -> Result<(Vec<Notification>, i64)> {
    let list = sql!(
        "SELECT id, user_id, message, kind, is_read, created_at FROM muster.inbox($1, $2)
         WHERE $3::bool IS NULL OR is_read = $3
         ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5"
    );
    let mut read = app.db.read().await?;
    let (types, limit, offset) = (types(user), page.limit, page.offset());
    let notices = read.all(list, &[&user.id, &types, &is_read, &limit, &offset]).await?;
    let count = sql!("SELECT count(*) FROM muster.inbox($1, $2) WHERE $3::bool IS NULL OR is_read = $3");
    let total = read.only(count, &[&user.id, &types, &is_read]).await?;
    Ok((notices, total))
}

/// One notice that `user` can see.
pub async fn find(app: &App, user: &User, id: i32) -> Result<Option<Notification>> {
    let find = sql!(
        "SELECT id, user_id, message, kind, is_read, created_at FROM muster.inbox($1, $2) WHERE id = $3"
    );
    app.db.read().await?.one(find, &[&user.id, &types(user), &id]).await
}

/// A notice as a change has just written it.
pub async fn written(change: &mut Change, id: i32) -> Result<Option<Notification>> {
    let find = sql!(
        "SELECT id, user_id, message, type AS kind, coalesce(is_read, FALSE) AS is_read, created_at
         FROM notifications WHERE id = $1"
    );
    change.one(find, &[&id]).await
}

/// How many notices `user` has not read.
pub async fn unread(app: &App, user: &User) -> Result<i64> {
    let count = sql!("SELECT count(*) FROM muster.inbox($1, $2) WHERE NOT is_read");
    app.db.read().await?.only(count, &[&user.id, &types(user)]).await
}

/// Marks one notice as read, or all of them, and tells how many were not. A notice of somebody else, or none at all,
/// changes nothing.
pub async fn mark_read(app: &App, user: &User, only: Option<i32>) -> Result<u64> {
    let mut change = app.db.change(&user.actor()).await?;
    let own = sql!(
        "UPDATE notifications SET is_read = TRUE
         WHERE user_id = $1 AND ($2::int IS NULL OR id = $2) AND is_read IS NOT TRUE"
    );
    let mut marked = change.execute(own, &[&user.id, &only]).await?;
    let global = sql!(
        "INSERT INTO muster.notification_states (user_id, notification_id, read_at)
         SELECT $1, id, $4 FROM notifications
         WHERE user_id IS NULL AND is_read IS NOT TRUE AND ($2::int IS NULL OR id = $2)
           AND ($3::text[] IS NULL OR type = ANY($3))
         ON CONFLICT (user_id, notification_id) DO UPDATE SET read_at = excluded.read_at
             WHERE notification_states.read_at IS NULL"
    );
    marked += change.execute(global, &[&user.id, &only, &types(user), &app.clock.now()]).await?;
    change.commit().await?;
    Ok(marked)
}

/// Deletes one private notice or dismisses one for everyone, or does so with all of them.
pub async fn delete(app: &App, user: &User, only: Option<i32>) -> Result<()> {
    let mut change = app.db.change(&user.actor()).await?;
    let own = sql!("DELETE FROM notifications WHERE user_id = $1 AND ($2::int IS NULL OR id = $2)");
    change.execute(own, &[&user.id, &only]).await?;
    let global = sql!(
        "INSERT INTO muster.notification_states (user_id, notification_id, dismissed_at)
         SELECT $1, id, $4 FROM notifications
         WHERE user_id IS NULL AND ($2::int IS NULL OR id = $2) AND ($3::text[] IS NULL OR type = ANY($3))
         ON CONFLICT (user_id, notification_id) DO UPDATE SET dismissed_at = excluded.dismissed_at
             WHERE notification_states.dismissed_at IS NULL"
    );
    change.execute(global, &[&user.id, &only, &types(user), &app.clock.now()]).await?;
    change.commit().await
}

/// Removes the row of a notice of one user, or, `for_everyone`, of one for everyone; tells whether there was one.
pub async fn remove(app: &App, admin: &User, id: i32, for_everyone: bool) -> Result<bool> {
    let mut change = app.db.change(&admin.actor()).await?;
    let remove = sql!("DELETE FROM notifications WHERE id = $1 AND (user_id IS NOT NULL OR $2)");
    let removed = change.execute(remove, &[&id, &for_everyone]).await?;
    if removed > 0 {
        change
            .execute(sql!("DELETE FROM muster.notification_states WHERE notification_id = $1"), &[&id])
            .await?;
    }
    change.commit().await?;
    Ok(removed > 0)
}
