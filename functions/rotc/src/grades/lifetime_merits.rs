//! Setting the lifetime merits to what the ledger says.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, http::Json, row, sql};
use utoipa::ToSchema;

use crate::access::Admin;

row! {
    /// A lifetime total that was wrong.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    pub struct LifetimeChange {
        /// The cadet.
        pub cadet_id: i32,
        /// First and last name.
        pub name: String,
        /// Points before.
        pub before: i32,
        /// Points now.
        pub after: i32,
    }
}

/// What was corrected.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LifetimeReport {
    /// One sentence.
    pub message: &'static str,
    /// Cadets looked at: all that are not archived.
    pub total_cadets: i64,
    /// Totals that changed.
    pub synced_count: usize,
    /// Always 0: all totals are set together or not at all.
    pub error_count: u32,
    /// The first ten that changed.
    pub updates: Vec<LifetimeChange>,
}

/// Set the lifetime merits from the ledger
///
/// For every cadet who is not archived, to the sum of the merit entries.
#[utoipa::path(post, path = "/api/admin/sync-lifetime-merits", tag = "grades",
    responses((status = 200, body = LifetimeReport)))]
pub async fn sync_lifetime_merits(
    Admin(admin): Admin,
    State(app): State<App>,
) -> Result<Json<LifetimeReport>> {
    let mut change = app.db.change(&admin.actor()).await?;
    let lock = sql!("SELECT id FROM grades ORDER BY cadet_id FOR UPDATE");
    change.all::<i32>(lock, &[]).await?;
    let count = sql!("SELECT count(*) AS cadets FROM cadets WHERE is_archived IS NOT TRUE");
    let total_cadets = change.only(count, &[]).await?;
    let set = sql!(
        "UPDATE grades SET lifetime_merit_points = counted.after
         FROM (SELECT grades.id, concat_ws(' ', cadets.first_name, cadets.last_name) AS name,
                      coalesce(grades.lifetime_merit_points, 0) AS before,
                      coalesce(sums.points, 0)::int AS after
               FROM grades JOIN cadets ON cadets.id = grades.cadet_id AND cadets.is_archived IS NOT TRUE
               LEFT JOIN (SELECT cadet_id, sum(points) AS points FROM merit_demerit_logs
                          WHERE type = 'merit' GROUP BY cadet_id) AS sums ON sums.cadet_id = grades.cadet_id
              ) AS counted
         WHERE grades.id = counted.id AND counted.before <> counted.after
         RETURNING grades.cadet_id, counted.name, counted.before, counted.after"
    );
    let mut updates: Vec<LifetimeChange> = change.all(set, &[]).await?;
    change.commit().await?;
    let synced_count = updates.len();
    updates.sort_by_key(|update| update.cadet_id);
    updates.truncate(10);
    let message = "Lifetime merit points synced successfully";
    Ok(Json(LifetimeReport { message, total_cadets, synced_count, error_count: 0, updates }))
}
