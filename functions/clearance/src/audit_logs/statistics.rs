//! How much is done, by whom and to what.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::{App, Result, drf::Filters, http::Json, row, sql};
use utoipa::ToSchema;

use super::{Criteria, LogRow, criteria::ACTIONS};
use crate::access::Admin;

row! {
    struct Numbers {
        total: i64,
        by_action: Value,
        top_entities: Value,
        top_users: Value,
    }
}

/// How much is done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditStatistics {
    total_logs: i64,
    /// Rows by action, each of the eight.
    by_action: Value,
    /// The five models with the most rows: `{entity, count}`.
    top_entities: Value,
    /// The five accounts with the most rows: `{email, name, count}`.
    top_users: Value,
    /// The newest ten.
    recent_logs: Vec<LogRow>,
}

/// Count the rows of the audit log
#[utoipa::path(get, path = "/api/audit-logs/statistics", tag = "audit-logs",
    responses((status = 200, body = AuditStatistics)))]
pub async fn show_audit_statistics(
    Admin(_admin): Admin,
    State(app): State<App>,
    filters: Filters,
) -> Result<Json<AuditStatistics>> {
    let count = sql!(
        "WITH found AS MATERIALIZED (
             SELECT action, entity, actor_id, actor_name, actor_email FROM audit_logs
             WHERE ($1::text IS NULL OR action = $1) AND ($2::text IS NULL OR entity = $2)
               AND ($3::uuid IS NULL OR actor_id = $3) AND ($4::text IS NULL OR ip_address = $4)
               AND ($5::text IS NULL OR entity ILIKE $5) AND created_at >= coalesce($6, '-infinity'::timestamptz)
               AND created_at <= coalesce($7, 'infinity'::timestamptz) AND created_at < coalesce($8, 'infinity'::timestamptz)
               AND NOT EXISTS (
                   SELECT FROM unnest($9::text[]) AS word
                   WHERE concat_ws(E'\\n', entity, entity_id, description, actor_email, actor_name, ip_address) NOT ILIKE word)
         ),
         actions AS (SELECT name, (SELECT count(*) FROM found WHERE action = name) AS rows FROM unnest($10::text[]) AS name),
         entities AS (SELECT entity, count(*) AS count FROM found GROUP BY entity ORDER BY count(*) DESC, entity LIMIT 5),
         accounts AS (SELECT max(actor_email) AS email, max(actor_name) AS name, count(*) AS count FROM found
                      WHERE actor_id IS NOT NULL GROUP BY actor_id ORDER BY count(*) DESC, actor_id LIMIT 5)
         SELECT (SELECT count(*) FROM found) AS total, (SELECT jsonb_object_agg(name, rows) FROM actions) AS by_action,
                (SELECT coalesce(jsonb_agg(to_jsonb(entities) ORDER BY count DESC, entity), '[]') FROM entities) AS top_entities,
                (SELECT coalesce(jsonb_agg(to_jsonb(accounts) ORDER BY count DESC, email), '[]') FROM accounts) AS top_users"
    );
    let mut read = app.db.read().await?;
    let criteria = Criteria::read(&mut read, filters).await?;
    let actions = ACTIONS.map(|(name, _)| name).to_vec();
    let Numbers { total, by_action, top_entities, top_users } =
        read.only(count, &[&criteria.params()[..], &[&actions]].concat()).await?;
    let recent_logs = criteria.newest(&mut read, 10).await?;
    Ok(Json(AuditStatistics { total_logs: total, by_action, top_entities, top_users, recent_logs }))
}
