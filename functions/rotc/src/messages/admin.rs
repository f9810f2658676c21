//! Messages to the administrators in the resource API.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Read,
    error::{internal, not_found},
    http::{Created, Json, PageRequest, Path, Query},
    row, sql,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    post::{self, NewMessage},
    reply::{self, Outcome, Reply},
};
use crate::{
    access::{Admin, Member},
    answer::{Listing, Success, iso, success},
};

/// Messages in a page, and the most that may be asked for.
const PAGE: (i64, i64) = (50, 1_000);

row! {
    /// A message to the administrators, or a broadcast of one of them.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct MessageToAdmin {
        /// The message's id.
        id: i32,
        /// Who wrote it; none for a broadcast.
        user: Option<i32>,
        /// The writer's user name; `Administrator` for a broadcast.
        user_name: String,
        /// The writer's mail address.
        user_email: Option<String>,
        /// What it is about.
        subject: Option<String>,
        /// The text.
        message: Option<String>,
        /// `pending`, `resolved`, `replied` or `broadcast`.
        status: Option<String>,
        /// What an administrator answered.
        admin_reply: Option<String>,
        /// When it was written.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        created_at: Option<NaiveDateTime>,
    }
}

/// Which messages.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MessageFilter {
    /// `pending`, `resolved`, `replied` or `broadcast`.
    #[serde(default)]
    pub status: Option<String>,
}

/// List messages to the administrators
///
/// Admins see all, others their own and the broadcasts they have not deleted. Oldest first.
#[utoipa::path(get, path = "/api/messages/admin", tag = "messages", params(MessageFilter, PageRequest),
    responses((status = 200, body = Listing<MessageToAdmin>)))]
pub async fn list_admin_messages(
    Member(user): Member,
    State(app): State<App>,
    Query(filter): Query<MessageFilter>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Listing<MessageToAdmin>>> {
    let page = request.page(PAGE.0, PAGE.1);
    let status = filter.status.as_deref().filter(|status| !status.is_empty());
    let only = user.only_own();
    let mut read = app.db.read().await?;
    let data = read
        .all(
            sql!(
                "SELECT sent.id, sent.user_id AS user, coalesce(users.username, 'Administrator') AS user_name,
                        users.email AS user_email, sent.subject, sent.message, sent.status, sent.admin_reply,
                        sent.created_at
                 FROM admin_messages AS sent LEFT JOIN users ON users.id = sent.user_id
                 WHERE ($1::text IS NULL OR sent.status = $1)
                   AND ($2::int IS NULL OR sent.user_id = $2
                        OR (sent.user_id IS NULL AND sent.status = 'broadcast'
                            AND NOT EXISTS (SELECT FROM muster.hidden_broadcasts AS hidden
                                            WHERE hidden.message_id = sent.id AND hidden.user_id = $2)))
                 ORDER BY sent.created_at, sent.id LIMIT $3 OFFSET $4"
            ),
            &[&status, &only, &page.limit, &page.offset()],
        )
        .await?;
    let total = count(&mut read, status, only).await?;
    Ok(Json(Listing::of(page, total, data)))
}

async fn count(read: &mut Read, status: Option<&str>, only: Option<i32>) -> Result<i64> {
    let count = sql!(
        "SELECT count(*) FROM admin_messages AS sent
         WHERE ($1::text IS NULL OR sent.status = $1)
           AND ($2::int IS NULL OR sent.user_id = $2
                OR (sent.user_id IS NULL AND sent.status = 'broadcast'
                    AND NOT EXISTS (SELECT FROM muster.hidden_broadcasts AS hidden
                                    WHERE hidden.message_id = sent.id AND hidden.user_id = $2)))"
    );
    read.only(count, &[&status, &only]).await
}

/// Write to the administrators, as a resource
///
/// Each of them is told. The same message again within ten seconds is taken as the same.
#[utoipa::path(post, path = "/api/messages/admin", tag = "messages", request_body = NewMessage,
    responses((status = 201, body = Success<MessageToAdmin>)))]
pub async fn create_admin_message(
    Member(user): Member,
    State(app): State<App>,
    Json(new): Json<NewMessage>,
) -> Result<Created<Success<MessageToAdmin>>> {
    post::POSTS.hit(&app, &user.id.to_string()).await?;
    let mut change = app.db.change(&user.actor()).await?;
    let id = post::post(&app, &mut change, &user, &new).await?;
    change.commit().await?;
    let sent = show(&app, id).await?.ok_or_else(|| internal("a message vanished"))?;
    Ok(Created(success(sent).saying("Message sent successfully")))
}

/// Answer a message, as a resource
///
/// The status becomes `replied` unless another is named. The writer is told.
#[utoipa::path(put, path = "/api/messages/admin/{id}", tag = "messages", params(("id" = i32, Path)),
    request_body = Reply, responses((status = 200, body = Success<MessageToAdmin>)))]
pub async fn answer_admin_message(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
    Json(reply): Json<Reply>,
) -> Result<Json<Success<MessageToAdmin>>> {
    let unknown = || not_found("Message not found");
    if matches!(reply::answer(&app, &admin, id, &reply, "replied").await?, Outcome::Nothing) {
        return Err(unknown());
    }
    let answered = show(&app, id).await?.ok_or_else(unknown)?;
    Ok(Json(success(answered).saying("Reply sent successfully")))
}

async fn show(app: &App, id: i32) -> Result<Option<MessageToAdmin>> {
    let show = sql!(
        "SELECT sent.id, sent.user_id AS user, coalesce(users.username, 'Administrator') AS user_name,
                users.email AS user_email, sent.subject, sent.message, sent.status, sent.admin_reply, sent.created_at
         FROM admin_messages AS sent LEFT JOIN users ON users.id = sent.user_id WHERE sent.id = $1"
    );
    app.db.read().await?.one(show, &[&id]).await
}
