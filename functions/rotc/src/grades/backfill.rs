//! Bringing the ledger up to totals that were set without it.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    error::invalid_field,
    http::{Json, lenient::Loose},
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::ledger;
use crate::access::Admin;

/// Whose ledger to bring up.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase")]
pub struct BackfillScope {
    /// One cadet; everybody if missing.
    #[serde(default)]
    #[schema(value_type = Option<i32>)]
    pub cadet_id: Loose,
}

row! {
    /// What was added for one cadet.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    pub struct Backfilled {
        /// The cadet.
        pub cadet_id: i32,
        /// Merit points that no entry explained.
        pub merit_backfilled: i32,
        /// Demerit points that no entry explained.
        pub demerit_backfilled: i32,
    }
}

/// What was done, cadet by cadet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BackfillReport {
    /// One sentence.
    pub message: &'static str,
    /// Every cadet with grades, also those with nothing to add.
    pub summary: Vec<Backfilled>,
}

/// Add missing entries to the ledger
///
/// A cadet whose totals exceed the sums of the ledger gets an entry with the difference.
#[utoipa::path(post, path = "/api/admin/ledger/backfill", tag = "grades",
    request_body = BackfillScope, responses((status = 200, body = BackfillReport)))]
pub async fn backfill_ledger(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(scope): Json<BackfillScope>,
) -> Result<Json<BackfillReport>> {
    let only = match scope.cadet_id {
        Loose::Missing | Loose::Null => None,
        sent => Some(sent.whole().ok_or_else(|| invalid_field("cadetId", "Invalid cadet ID"))?),
    };
    let mut change = app.db.change(&admin.actor()).await?;
    // The totals stand still while their differences are counted.
    let lock =
        sql!("SELECT id FROM grades WHERE $1::int IS NULL OR cadet_id = $1 ORDER BY cadet_id FOR UPDATE");
    change.all::<i32>(lock, &[&only]).await?;
    let issuer = ledger::issuer_name(&mut change, &admin).await?;
    let fill = sql!(
        "WITH gaps AS (
             SELECT grades.cadet_id,
                    greatest(coalesce(merit_points, 0) - coalesce(sums.merit, 0), 0)::int AS merit,
                    greatest(coalesce(demerit_points, 0) - coalesce(sums.demerit, 0), 0)::int AS demerit
             FROM grades JOIN cadets ON cadets.id = grades.cadet_id
             LEFT JOIN (SELECT cadet_id, sum(points) FILTER (WHERE type = 'merit') AS merit,
                               sum(points) FILTER (WHERE type = 'demerit') AS demerit
                        FROM merit_demerit_logs WHERE $1::int IS NULL OR cadet_id = $1
                        GROUP BY cadet_id) AS sums
                  ON sums.cadet_id = grades.cadet_id
             WHERE $1::int IS NULL OR grades.cadet_id = $1
         ), entered AS (
             INSERT INTO merit_demerit_logs
                    (cadet_id, type, points, reason, date_recorded, issued_by_user_id, issued_by_name)
             SELECT cadet_id, kind, points, 'Backfill from Grades', $2, $3, $4
             FROM gaps, LATERAL (VALUES ('merit', merit), ('demerit', demerit)) AS gap (kind, points)
             WHERE points > 0 ORDER BY cadet_id, kind DESC
         ), told AS (
             INSERT INTO sync_events (event_type, cadet_id, payload)
             SELECT 'grade_updated', cadet_id, jsonb_build_object('cadetId', cadet_id)
             FROM gaps WHERE merit > 0 OR demerit > 0
         )
         SELECT cadet_id, merit AS merit_backfilled, demerit AS demerit_backfilled
         FROM gaps ORDER BY cadet_id"
    );
    let now = app.clock.now().naive_utc();
    let summary = change.all(fill, &[&only, &now, &admin.id, &issuer]).await?;
    change.commit().await?;
    Ok(Json(BackfillReport { message: "Backfill complete", summary }))
}
