//! What people have been told.

mod mark;
mod numbers;
mod write;

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    drf::{Filters, PageNumber, Paginated},
    http::{Json, Path, Sortable, openapi::also_at},
    row, sql,
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    access::Person,
    events,
    notices::{ShownNotice, TYPES, category},
    refusals::unknown,
    times::Local,
};

/// The routes below `/api/notifications`.
pub const GROUP: Group = Group {
    name: "notifications",
    about: "What people have been told, and live as it is written.",
    prefixes: &["/api/notifications"],
    needs: &[Need::Database],
    memory_mb: 256,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    const MARK_AS_READ: &str = "/api/notifications/{id}/mark-as-read";
    OpenApiRouter::new()
        .routes(routes!(list_notifications, write::add_notification))
        .routes(routes!(events::stream_notifications))
        .routes(routes!(numbers::list_unread_notifications))
        .routes(routes!(numbers::count_unread_notifications))
        .routes(routes!(numbers::show_notification_statistics))
        .routes(also_at(
            routes!(mark::mark_all_notifications),
            "/api/notifications/mark-all-as-read",
            "mark_all_notifications_as_read",
            None,
        ))
        .routes(routes!(mark::delete_read_notifications))
        .routes(routes!(
            show_notification,
            write::save_notification,
            write::change_notification,
            mark::delete_notification
        ))
        .routes(also_at(routes!(mark::put_read), MARK_AS_READ, "put_notification_as_read", None))
        .routes(also_at(routes!(mark::patch_read), MARK_AS_READ, "patch_notification_as_read", None))
        .routes(also_at(routes!(mark::post_read), MARK_AS_READ, "post_notification_as_read", None))
        .routes(routes!(mark::mark_as_unread))
}

row! {
    /// A notice with its recipient, and what became of its mail.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Notification {
        id: Uuid,
        recipient: Uuid,
        /// The same as `recipient`.
        user: Uuid,
        recipient_name: String,
        recipient_email: String,
        notification_type: String,
        category: String,
        title: String,
        message: String,
        clearance: Option<Uuid>,
        approval: Option<Uuid>,
        payment: Option<Uuid>,
        gown: Option<Uuid>,
        related_object_type: Option<String>,
        related_object_id: Option<Uuid>,
        is_read: bool,
        read_at: Option<Local>,
        sent_via_email: bool,
        email_sent_at: Option<Local>,
        created_at: Local,
        updated_at: Local,
    }
}

impl Notification {
    fn categorized(self) -> Self {
        Self { category: category(&self.notification_type).to_owned(), ..self }
    }
}

/// The rows of a list with their categories, which are no column.
fn categorized(rows: Vec<ShownNotice>) -> Vec<ShownNotice> {
    let with =
        |row: ShownNotice| ShownNotice { category: category(&row.notification_type).to_owned(), ..row };
    rows.into_iter().map(with).collect()
}

/// Whose notices somebody reads: their own, administrators everybody's.
fn owner(person: &Person) -> Option<Uuid> {
    (!person.is_admin()).then_some(person.id)
}

struct Notices;

impl Sortable for Notices {
    const NAMES: &'static [&'static str] = &["created_at", "read_at"];
    const DEFAULT: &'static str = "-created_at";
}

/// List one's notices
///
/// Administrators read everybody's.
#[utoipa::path(get, path = "/api/notifications", tag = "notifications",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query),
        ("notification_type" = Option<String>, Query), ("is_read" = Option<bool>, Query),
        ("sent_via_email" = Option<bool>, Query), ("search" = Option<String>, Query),
        ("ordering" = Option<String>, Query)),
    responses((status = 200, body = Paginated<ShownNotice>)))]
pub async fn list_notifications(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Json<Paginated<ShownNotice>>> {
    let owner = owner(&person);
    let kind = filters.choice("notification_type", &TYPES.map(|(name, ..)| (name, name)));
    let (is_read, is_sent) = (filters.boolean("is_read"), filters.boolean("sent_via_email"));
    let (search, ordering) = (filters.search(), filters.ordering::<Notices>());
    let [first, second] = ordering.keys();
    filters.finish()?;
    let count = sql!(
        "SELECT count(*) FROM notifications
         WHERE ($1::uuid IS NULL OR recipient_id = $1) AND ($2::text IS NULL OR notification_type = $2)
           AND ($3::bool IS NULL OR is_read = $3) AND ($4::bool IS NULL OR sent_via_email = $4)
           AND NOT EXISTS (SELECT FROM unnest($5::text[]) AS word WHERE concat_ws(E'\\n', title, message) NOT ILIKE word)"
    );
    let list = sql!(
        "SELECT id, notification_type, title, message, is_read, created_at, '' AS category, related_object_type,
                related_object_id
         FROM shown_notifications
         WHERE ($1::uuid IS NULL OR recipient_id = $1) AND ($2::text IS NULL OR notification_type = $2)
           AND ($3::bool IS NULL OR is_read = $3) AND ($4::bool IS NULL OR sent_via_email = $4)
           AND NOT EXISTS (SELECT FROM unnest($5::text[]) AS word WHERE concat_ws(E'\\n', title, message) NOT ILIKE word)
         ORDER BY CASE $6 WHEN 'created_at' THEN created_at WHEN 'read_at' THEN read_at END NULLS FIRST,
                  CASE $6 WHEN '-created_at' THEN created_at WHEN '-read_at' THEN read_at END DESC NULLS LAST,
                  CASE $7 WHEN 'created_at' THEN created_at WHEN 'read_at' THEN read_at END NULLS FIRST,
                  CASE $7 WHEN '-created_at' THEN created_at WHEN '-read_at' THEN read_at END DESC NULLS LAST, id
         LIMIT $8 OFFSET $9"
    );
    let mut read = app.db.read().await?;
    let window = page.window(read.only(count, &[&owner, &kind, &is_read, &is_sent, &search]).await?)?;
    let (limit, offset) = (window.limit, window.offset);
    let rows = read
        .all(list, &[&owner, &kind, &is_read, &is_sent, &search, &first, &second, &limit, &offset])
        .await?;
    Ok(Json(page.paginated(window, categorized(rows))))
}

/// Selects the notice `$1`, of the account `$2` if one is given.
const ONE: shared::db::Sql = sql!(
    "SELECT id, recipient_id AS recipient, recipient_id AS user, recipient_name, recipient_email, notification_type,
            '' AS category, title, message, clearance_id AS clearance, approval_id AS approval,
            payment_id AS payment, gown_id AS gown, related_object_type, related_object_id, is_read, read_at,
            sent_via_email, email_sent_at, created_at, updated_at
     FROM shown_notifications WHERE id = $1 AND ($2::uuid IS NULL OR recipient_id = $2)"
);

/// Show a notice
#[utoipa::path(get, path = "/api/notifications/{id}", tag = "notifications", params(("id" = Uuid, Path)),
    responses((status = 200, body = Notification)))]
pub async fn show_notification(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Notification>> {
    let found: Option<Notification> = app.db.read().await?.one(ONE, &[&id, &owner(&person)]).await?;
    found.map(|found| Json(found.categorized())).ok_or_else(unknown)
}
