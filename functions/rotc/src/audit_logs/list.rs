//! Who changed what.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::Value;
use shared::{
    App, Result,
    http::{Json, PageRequest, Query},
    row, sql,
};
use utoipa::ToSchema;

use super::{AuditFilter, AuditSelection};
use crate::{
    access::Admin,
    answer::{Pagination, Success, iso, success},
};

row! {
    /// What happened to a row.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct AuditLog {
        /// The entry's id.
        pub id: i32,
        /// The table.
        pub table_name: String,
        /// `INSERT`, `UPDATE`, `DELETE`, or an event such as `LOGIN_FAILED`.
        pub operation: String,
        /// The row's id.
        pub record_id: Option<i32>,
        /// Who did it; null for the system.
        pub user_id: Option<i32>,
        /// Before and after, without secrets and personal data.
        pub payload: Option<Value>,
        /// When.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub created_at: Option<NaiveDateTime>,
    }
}

/// A page of the audit log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// Newest first.
    pub logs: Vec<AuditLog>,
    /// Which page this is.
    pub pagination: Pagination,
}

/// List who changed what
///
/// Newest first; 50 in a page, at most 500.
#[utoipa::path(get, path = "/api/audit-logs", tag = "audit-logs", params(AuditFilter, PageRequest),
    responses((status = 200, body = Success<AuditPage>)))]
pub async fn list_audit_logs(
    _: Admin,
    State(app): State<App>,
    selection: AuditSelection,
    Query(page): Query<PageRequest>,
) -> Result<Json<Success<AuditPage>>> {
    let page = page.page(50, 500);
    let AuditSelection { table_name, operation, user_id, from, before } = selection;
    let mut read = app.db.read().await?;
    let count = sql!(
        "SELECT count(*) FROM audit_logs
         WHERE ($1::text IS NULL OR table_name = $1) AND ($2::text IS NULL OR operation = $2)
           AND ($3::int IS NULL OR user_id = $3)
           AND ($4::timestamp IS NULL OR created_at >= $4) AND ($5::timestamp IS NULL OR created_at < $5)"
    );
    let total: i64 = read.only(count, &[&table_name, &operation, &user_id, &from, &before]).await?;
    let list = sql!(
        "SELECT id, table_name, operation, record_id, user_id, payload, created_at FROM audit_logs
         WHERE ($1::text IS NULL OR table_name = $1) AND ($2::text IS NULL OR operation = $2)
           AND ($3::int IS NULL OR user_id = $3)
           AND ($4::timestamp IS NULL OR created_at >= $4) AND ($5::timestamp IS NULL OR created_at < $5)
         ORDER BY id DESC LIMIT $6 OFFSET $7"
    );
    let params: [shared::db::Param<'_>; 7] =
        [&table_name, &operation, &user_id, &from, &before, &page.limit, &page.offset()];
    let logs = read.all(list, &params).await?;
    Ok(Json(success(AuditPage { logs, pagination: Pagination::of(page, total) })))
}
