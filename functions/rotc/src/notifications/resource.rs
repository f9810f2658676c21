//! Notices in the resource API, for every role.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    error::{forbidden, internal, invalid_field, not_found},
    http::{
        Created, Json, PageRequest, Path, Query,
        lenient::{filled, present, query_flag, text_only},
    },
};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    inbox::{self, Notification, PUBLIC_TYPES},
    notify,
};
use crate::{
    access::{Guest, Member, Role, Staff, User},
    answer::{Empty, Listing, Success, iso, success},
};

/// Notices in a page, and the most that may be asked for.
const PAGE: (i64, i64) = (50, 1_000);

/// Characters of a notice.
const LONGEST: usize = 2_000;

/// A notice as a resource.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Notice {
    /// The notice's id.
    pub id: i32,
    /// Whom it is for; none for everyone.
    pub user: Option<i32>,
    /// The same.
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

impl From<Notification> for Notice {
    fn from(row: Notification) -> Self {
        let Notification { id, user_id, message, kind, is_read, created_at } = row;
        Self { id, user: user_id, user_id, message, kind, is_read, created_at }
    }
}

/// Which notices.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoticeFilter {
    /// Only read (`true`) or only unread ones (`false`).
    #[serde(default, deserialize_with = "query_flag")]
    pub is_read: Option<bool>,
}

/// A page, or nothing at all for strangers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Notices {
    /// Of somebody who is signed in.
    Page(Listing<Notice>),
    /// Legacy: an empty list in place of a page.
    Nothing(Vec<Notice>),
}

/// List notifications
///
/// One's own, and those for everyone that one's role gets, newest first. Legacy: strangers get an empty list.
#[utoipa::path(get, path = "/api/notifications", tag = "notifications", security((), ("bearer" = [])), params(NoticeFilter, PageRequest),
    responses((status = 200, body = Notices)))]
pub async fn list_notifications(
    Guest(user): Guest,
    State(app): State<App>,
    Query(filter): Query<NoticeFilter>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Notices>> {
    let Some(user) = user else { return Ok(Json(Notices::Nothing(Vec::new()))) };
    let page = request.page(PAGE.0, PAGE.1);
    let (notices, total) = inbox::page(&app, &user, filter.is_read, page).await?;
    let data = notices.into_iter().map(Notice::from).collect::<Vec<_>>();
    Ok(Json(Notices::Page(Listing::of(page, total, data))))
}

/// A notice to send.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
pub struct NewNotice {
    /// Whom it is for; an explicit null means everyone.
    #[serde(alias = "user_id", deserialize_with = "present")]
    #[schema(value_type = Option<i32>)]
    pub user: Option<Option<i32>>,
    /// At most 2,000 characters.
    #[serde(deserialize_with = "text_only")]
    pub message: Option<String>,
    /// Small letters, digits and underscores, at most 50; for everyone one of `activity`, `announcement` and, by
    /// admins, `admin_broadcast`.
    #[serde(rename = "type", deserialize_with = "text_only")]
    pub kind: Option<String>,
}

/// Send a notification
#[utoipa::path(post, path = "/api/notifications", tag = "notifications", request_body = NewNotice,
    responses((status = 201, body = Success<Notice>)))]
pub async fn create_notification(
    Staff(sender): Staff,
    State(app): State<App>,
    Json(new): Json<NewNotice>,
) -> Result<Created<Success<Notice>>> {
    let (kind, text) = new.checked()?;
    let recipient = new.user.ok_or_else(|| invalid_field("user", "This field is required."))?;
    if recipient.is_none() {
        public(&sender, kind)?;
    }
    let mut change = app.db.change(&sender.actor()).await?;
    let id = match recipient {
        Some(id) => notify::user(&mut change, id, kind, text).await?,
        None => Some(notify::all_users(&mut change, kind, text).await?),
    };
    let id = id.ok_or_else(|| invalid_field("user", "There is no such user."))?;
    let notice = inbox::written(&mut change, id).await?.ok_or_else(|| internal("a notice vanished"))?;
    change.commit().await?;
    Ok(Created(success(notice.into())))
}

impl NewNotice {
    fn checked(&self) -> Result<(&str, &str)> {
        let text =
            filled(&self.message).ok_or_else(|| invalid_field("message", "This field is required."))?;
        if text.chars().count() > LONGEST {
            return Err(invalid_field("message", "The message is too long."));
        }
        let kind = filled(&self.kind).ok_or_else(|| invalid_field("type", "This field is required."))?;
        let word = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
        if kind.len() > 50 || !kind.bytes().all(word) {
            return Err(invalid_field("type", "type must be a word of small letters"));
        }
        Ok((kind, text))
    }
}

/// Refuses kinds that not everybody would see, and broadcasts of anybody but an admin.
fn public(sender: &User, kind: &str) -> Result<()> {
    if !PUBLIC_TYPES.contains(&kind) {
        return Err(invalid_field("type", format!("type must be one of: {}", PUBLIC_TYPES.join(", "))));
    }
    if kind == "admin_broadcast" && sender.role != Role::Admin {
        return Err(forbidden("Only administrators may broadcast."));
    }
    Ok(())
}

/// Mark a notification as read, as a resource
#[utoipa::path(put, path = "/api/notifications/{id}/read", tag = "notifications", params(("id" = i32, Path)),
    responses((status = 200, body = Success<Notice>)))]
pub async fn read_notification(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<Notice>>> {
    inbox::mark_read(&app, &user, Some(id)).await?;
    let notice = inbox::find(&app, &user, id).await?.ok_or_else(|| not_found("Notification not found"))?;
    Ok(Json(success(notice.into())))
}

/// How many notices were marked.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Count {
    /// Notices.
    pub count: i64,
}

/// Mark all notifications as read, as a resource
#[utoipa::path(post, path = "/api/notifications/mark_all_read", tag = "notifications",
    responses((status = 200, body = Success<Count>)))]
pub async fn mark_all_notifications_read(
    Member(user): Member,
    State(app): State<App>,
) -> Result<Json<Success<Count>>> {
    let count = i64::try_from(inbox::mark_read(&app, &user, None).await?)?;
    let message = format!("{count} notifications marked as read");
    Ok(Json(success(Count { count }).saying(message)))
}

/// The count of unread notices, where either kind of client looks for it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Unread {
    /// Always true.
    pub success: bool,
    /// Unread notices.
    pub count: i64,
    /// The same.
    pub data: Count,
}

/// Count unread notifications
#[utoipa::path(get, path = "/api/notifications/unread/count", tag = "notifications",
    responses((status = 200, body = Unread)))]
pub async fn count_unread(Member(user): Member, State(app): State<App>) -> Result<Json<Unread>> {
    let count = inbox::unread(&app, &user).await?;
    Ok(Json(Unread { success: true, count, data: Count { count } }))
}

/// How far a deletion reaches.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Reach {
    /// `true`, by an admin: a notice for everyone is taken back from everybody.
    #[serde(default, deserialize_with = "query_flag")]
    pub everyone: Option<bool>,
}

/// Delete a notification, as a resource
///
/// One's own; admins anybody's. One for everyone disappears for oneself only: the lists of the client delete what one has
/// seen. An admin takes it back from everybody with `?everyone=true`.
#[utoipa::path(delete, path = "/api/notifications/{id}", tag = "notifications",
    params(("id" = i32, Path), Reach), responses((status = 200, body = Success<Empty>)))]
pub async fn delete_notification(
    Member(user): Member,
    State(app): State<App>,
    Path(id): Path<i32>,
    Query(reach): Query<Reach>,
) -> Result<Json<Success<Empty>>> {
    let everyone = reach.everyone == Some(true);
    if everyone && user.role != Role::Admin {
        return Err(forbidden("Forbidden"));
    }
    let unknown = || not_found("Notification not found");
    if user.role == Role::Admin && inbox::remove(&app, &user, id, everyone).await? {
        return Ok(deleted());
    }
    inbox::find(&app, &user, id).await?.ok_or_else(unknown)?;
    inbox::delete(&app, &user, Some(id)).await?;
    Ok(deleted())
}

fn deleted() -> Json<Success<Empty>> {
    Json(success(Empty {}).saying("Notification deleted"))
}
