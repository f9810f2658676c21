//! A message as both surfaces show it.

use chrono::NaiveDateTime;
use serde::Serialize;
use shared::{App, Result, row, sql};
use utoipa::ToSchema;

use crate::{access::User, answer::iso};

/// Messages in a list of the client API, which knows no pages.
const MOST: i64 = 1_000;

row! {
    /// A message to the administrators, or a broadcast of one of them.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct AdminMessage {
        /// The message's id.
        pub id: i32,
        /// Who wrote it; none for a broadcast.
        pub user_id: Option<i32>,
        /// The writer's role.
        pub sender_role: Option<String>,
        /// What it is about.
        pub subject: Option<String>,
        /// The text.
        pub message: Option<String>,
        /// `pending`, `resolved`, `replied` or `broadcast`.
        pub status: Option<String>,
        /// What an administrator answered.
        pub admin_reply: Option<String>,
        /// When it was written.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub created_at: Option<NaiveDateTime>,
    }
}

row! {
    /// A message with its writer. The client's search reads `username` of every row, so it is never null.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct SentMessage {
        id: i32,
        user_id: Option<i32>,
        sender_role: Option<String>,
        subject: Option<String>,
        message: Option<String>,
        status: Option<String>,
        admin_reply: Option<String>,
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        created_at: Option<NaiveDateTime>,
        /// The writer's user name; `Administrator` for a broadcast.
        username: String,
        /// The writer's mail address.
        user_email: Option<String>,
        /// First name of a cadet.
        cadet_first: Option<String>,
        /// Last name of a cadet.
        cadet_last: Option<String>,
        /// First name of a member of the staff.
        staff_first: Option<String>,
        /// Last name of a member of the staff.
        staff_last: Option<String>,
    }
}

/// All messages, newest first.
pub async fn all(app: &App) -> Result<Vec<SentMessage>> {
    let list = sql!(
        "SELECT sent.id, sent.user_id, sent.sender_role, sent.subject, sent.message, sent.status, sent.admin_reply,
                sent.created_at, coalesce(users.username, 'Administrator') AS username, users.email AS user_email,
                cadets.first_name AS cadet_first, cadets.last_name AS cadet_last,
                training_staff.first_name AS staff_first, training_staff.last_name AS staff_last
         FROM admin_messages AS sent
         LEFT JOIN users ON users.id = sent.user_id
         LEFT JOIN cadets ON cadets.id = users.cadet_id
         LEFT JOIN training_staff ON training_staff.id = users.staff_id
         ORDER BY sent.created_at DESC, sent.id DESC LIMIT $1"
    );
    app.db.read().await?.all(list, &[&MOST]).await
}

/// One's own messages and the broadcasts one has not hidden, newest first.
pub async fn mine(app: &App, user: &User) -> Result<Vec<AdminMessage>> {
    let list = sql!(
        "SELECT id, user_id, sender_role, subject, message, status, admin_reply, created_at
         FROM admin_messages
         WHERE user_id = $1
            OR (user_id IS NULL AND status = 'broadcast'
                AND NOT EXISTS (SELECT FROM muster.hidden_broadcasts AS hidden
                                WHERE hidden.message_id = admin_messages.id AND hidden.user_id = $1))
         ORDER BY created_at DESC, id DESC LIMIT $2"
    );
    app.db.read().await?.all(list, &[&user.id, &MOST]).await
}
