//! Who changed what: the audit log as administrators read it.

mod criteria;
mod expire;
mod statistics;

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::{
    App, Result,
    db::{Param, Read},
    drf::{Filters, PageNumber, Paginated},
    http::{Json, Path, Sortable},
    row, sql,
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub use criteria::Criteria;
pub use expire::CleanAudit;

use crate::{
    access::Admin,
    refusals::{fault, unknown},
    times::Local,
};

/// The routes below `/api/audit-logs`.
pub const GROUP: Group = Group {
    name: "audit-logs",
    about: "Who changed what.",
    prefixes: &["/api/audit-logs"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: || {
        OpenApiRouter::new()
            .routes(routes!(list_audit_logs))
            .routes(routes!(list_recent_audit_logs))
            .routes(routes!(list_audit_logs_by_user))
            .routes(routes!(list_audit_logs_of_user))
            .routes(routes!(statistics::show_audit_statistics))
            .routes(routes!(show_audit_log))
    },
};

/// Rows of a list that has no pages.
const MOST: i64 = 200;

row! {
    /// Something that somebody did.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct LogRow {
        id: Uuid,
        actor: Option<Uuid>,
        /// As it was then; absent where nobody was signed in.
        #[serde(skip_serializing_if = "Option::is_none")]
        actor_name: Option<String>,
        /// As it was then; absent where nobody was signed in.
        #[serde(skip_serializing_if = "Option::is_none")]
        actor_email: Option<String>,
        /// Whether the account is gone.
        actor_deleted: bool,
        /// `create`, `update`, `delete`, `approve`, `reject`, `login`, `logout`, `other`.
        action: String,
        /// The model.
        entity: String,
        entity_id: String,
        description: String,
        ip_address: Option<String>,
        created_at: Local,
    }
}

row! {
    /// The same with what was changed.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct LogDetail {
        id: Uuid,
        actor: Option<Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        actor_name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        actor_email: Option<String>,
        actor_deleted: bool,
        action: String,
        entity: String,
        entity_id: String,
        description: String,
        ip_address: Option<String>,
        created_at: Local,
        /// The fields with their values before and after.
        changes: Value,
        /// The name of the model in lower case.
        content_type: String,
        /// The same as `entity_id`.
        object_id: String,
        /// What the record was called.
        object_str: String,
        /// The request that did it.
        request_id: Option<String>,
    }
}

struct Logs;

impl Sortable for Logs {
    const NAMES: &'static [&'static str] = &["created_at", "action", "actor"];
    const DEFAULT: &'static str = "-created_at";
}

impl Criteria {
    async fn count(&self, read: &mut Read) -> Result<i64> {
        let count = sql!(
            "SELECT count(*) FROM audit_logs
             WHERE ($1::text IS NULL OR action = $1) AND ($2::text IS NULL OR entity = $2)
               AND ($3::uuid IS NULL OR actor_id = $3) AND ($4::text IS NULL OR ip_address = $4)
               AND ($5::text IS NULL OR entity ILIKE $5) AND created_at >= coalesce($6, '-infinity'::timestamptz)
               AND created_at <= coalesce($7, 'infinity'::timestamptz) AND created_at < coalesce($8, 'infinity'::timestamptz)
               AND NOT EXISTS (
                   SELECT FROM unnest($9::text[]) AS word
                   WHERE concat_ws(E'\\n', entity, entity_id, description, actor_email, actor_name, ip_address) NOT ILIKE word)"
        );
        read.only(count, &self.params()).await
    }

    async fn list(&self, read: &mut Read, keys: [&str; 2], limit: i64, offset: i64) -> Result<Vec<LogRow>> {
        let list = sql!(
            "SELECT id, actor_id AS actor, actor_name, actor_email,
                    actor_id IS NOT NULL AND NOT EXISTS (SELECT FROM users WHERE users.id = actor_id) AS actor_deleted,
                    action, entity, entity_id, description, ip_address, created_at
             FROM audit_logs, to_char(created_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') AS made
             WHERE ($1::text IS NULL OR action = $1) AND ($2::text IS NULL OR entity = $2)
               AND ($3::uuid IS NULL OR actor_id = $3) AND ($4::text IS NULL OR ip_address = $4)
               AND ($5::text IS NULL OR entity ILIKE $5) AND created_at >= coalesce($6, '-infinity'::timestamptz)
               AND created_at <= coalesce($7, 'infinity'::timestamptz) AND created_at < coalesce($8, 'infinity'::timestamptz)
               AND NOT EXISTS (
                   SELECT FROM unnest($9::text[]) AS word
                   WHERE concat_ws(E'\\n', entity, entity_id, description, actor_email, actor_name, ip_address) NOT ILIKE word)
             ORDER BY CASE $10 WHEN 'created_at' THEN made WHEN 'action' THEN action WHEN 'actor' THEN actor_id::text END NULLS FIRST,
                      CASE $10 WHEN '-created_at' THEN made WHEN '-action' THEN action WHEN '-actor' THEN actor_id::text END DESC NULLS LAST,
                      CASE $11 WHEN 'created_at' THEN made WHEN 'action' THEN action WHEN 'actor' THEN actor_id::text END NULLS FIRST,
                      CASE $11 WHEN '-created_at' THEN made WHEN '-action' THEN action WHEN '-actor' THEN actor_id::text END DESC NULLS LAST,
                      id
             LIMIT $12 OFFSET $13"
        );
        let rest: [Param<'_>; 4] = [&keys[0], &keys[1], &limit, &offset];
        read.all(list, &[&self.params()[..], &rest].concat()).await
    }

    async fn newest(&self, read: &mut Read, limit: i64) -> Result<Vec<LogRow>> {
        self.list(read, [Logs::DEFAULT, ""], limit, 0).await
    }
}

/// List the audit log
#[utoipa::path(get, path = "/api/audit-logs", tag = "audit-logs",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("action" = Option<String>, Query),
        ("entity" = Option<String>, Query), ("contains" = Option<String>, Query), ("actor" = Option<Uuid>, Query),
        ("ip_address" = Option<String>, Query), ("start" = Option<String>, Query), ("end" = Option<String>, Query),
        ("date_start" = Option<String>, Query), ("date_end" = Option<String>, Query),
        ("search" = Option<String>, Query), ("ordering" = Option<String>, Query)),
    responses((status = 200, body = Paginated<LogRow>)))]
pub async fn list_audit_logs(
    Admin(_admin): Admin,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    filters: Filters,
) -> Result<Json<Paginated<LogRow>>> {
    let ordering = filters.ordering::<Logs>();
    let mut read = app.db.read().await?;
    let criteria = Criteria::read(&mut read, filters).await?;
    let window = page.window(criteria.count(&mut read).await?)?;
    let rows = criteria.list(&mut read, ordering.keys(), window.limit, window.offset).await?;
    Ok(Json(page.paginated(window, rows)))
}

/// List the newest 20 rows of the audit log
#[utoipa::path(get, path = "/api/audit-logs/recent", tag = "audit-logs",
    responses((status = 200, body = Vec<LogRow>)))]
pub async fn list_recent_audit_logs(
    Admin(_admin): Admin,
    State(app): State<App>,
    filters: Filters,
) -> Result<Json<Vec<LogRow>>> {
    let mut read = app.db.read().await?;
    let criteria = Criteria::read(&mut read, filters).await?;
    Ok(Json(criteria.newest(&mut read, 20).await?))
}

/// List what an account did
#[utoipa::path(get, path = "/api/audit-logs/by_user", tag = "audit-logs", params(("user" = Uuid, Query)),
    responses((status = 200, body = Vec<LogRow>)))]
pub async fn list_audit_logs_by_user(
    Admin(_admin): Admin,
    State(app): State<App>,
    mut filters: Filters,
) -> Result<Json<Vec<LogRow>>> {
    if filters.text("user").is_none() {
        return Err(fault("user query param required"));
    }
    let user = filters.uuid("user");
    of_user(&app, filters, user).await
}

/// List what an account did
#[utoipa::path(get, path = "/api/audit-logs/by_user/{user_id}", tag = "audit-logs", params(("user_id" = Uuid, Path)),
    responses((status = 200, body = Vec<LogRow>)))]
pub async fn list_audit_logs_of_user(
    Admin(_admin): Admin,
    State(app): State<App>,
    Path(user): Path<Uuid>,
    filters: Filters,
) -> Result<Json<Vec<LogRow>>> {
    of_user(&app, filters, Some(user)).await
}

async fn of_user(app: &App, filters: Filters, user: Option<Uuid>) -> Result<Json<Vec<LogRow>>> {
    let mut read = app.db.read().await?;
    let criteria = Criteria::read(&mut read, filters).await?.of(user);
    Ok(Json(criteria.newest(&mut read, MOST).await?))
}

/// Show a row of the audit log
#[utoipa::path(get, path = "/api/audit-logs/{id}", tag = "audit-logs", params(("id" = Uuid, Path)),
    responses((status = 200, body = LogDetail)))]
pub async fn show_audit_log(
    Admin(_admin): Admin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<LogDetail>> {
    let find = sql!(
        "SELECT id, actor_id AS actor, actor_name, actor_email,
                actor_id IS NOT NULL AND NOT EXISTS (SELECT FROM users WHERE users.id = actor_id) AS actor_deleted,
                action, entity, entity_id, description, ip_address, created_at, changes, lower(entity) AS content_type,
                entity_id AS object_id, object_str, request_id
         FROM audit_logs WHERE id = $1"
    );
    app.db.read().await?.one(find, &[&id]).await?.map(Json).ok_or_else(unknown)
}
