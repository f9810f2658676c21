//! The notices of one user.
//!
//! A private notice is read and deleted in its own row. One for everyone keeps its row; who has read or
//! dismissed it stands in `muster.notification_states`.

use chrono::NaiveDateTime;
use serde::Serialize;
use shared::{App, Result, row, sql};
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
    let list = sql!(
        "SELECT notices.id, notices.user_id, notices.message, notices.type AS kind,
                coalesce(notices.is_read, FALSE) OR states.read_at IS NOT NULL AS is_read, notices.created_at
         FROM notifications AS notices
         LEFT JOIN muster.notification_states AS states
              ON states.notification_id = notices.id AND states.user_id = $1 AND notices.user_id IS NULL
         WHERE (notices.user_id = $1
                OR (notices.user_id IS NULL AND ($2::text[] IS NULL OR notices.type = ANY($2))))
           AND states.dismissed_at IS NULL
         ORDER BY notices.created_at DESC, notices.id DESC LIMIT $3"
    );
    app.db.read().await?.all(list, &[&user.id, &types(user), &MOST]).await
}

/// Marks one notice as read, or all of them. A notice of somebody else, or none at all, changes nothing.
pub async fn mark_read(app: &App, user: &User, only: Option<i32>) -> Result<()> {
    let mut change = app.db.change(&user.actor()).await?;
    let own = sql!(
        "UPDATE notifications SET is_read = TRUE
         WHERE user_id = $1 AND ($2::int IS NULL OR id = $2) AND is_read IS NOT TRUE"
    );
    change.execute(own, &[&user.id, &only]).await?;
    let global = sql!(
        "INSERT INTO muster.notification_states (user_id, notification_id, read_at)
         SELECT $1, id, $4 FROM notifications
         WHERE user_id IS NULL AND is_read IS NOT TRUE AND ($2::int IS NULL OR id = $2)
           AND ($3::text[] IS NULL OR type = ANY($3))
         ON CONFLICT (user_id, notification_id) DO UPDATE SET read_at = excluded.read_at
             WHERE notification_states.read_at IS NULL"
    );
    change.execute(global, &[&user.id, &only, &types(user), &app.clock.now()]).await?;
    change.commit().await
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
