//! The levels of the whole unit.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, http::Json, row, sql};
use utoipa::ToSchema;

use super::level::LEVELS;
use crate::access::Staff;

/// The merits of all cadets with grades who are not archived.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecognitionStats {
    /// How many they are.
    pub total_cadets: i64,
    /// How many have reached each level.
    pub achievement_counts: AchievementCounts,
    /// Rounded.
    pub average_lifetime_merit: i64,
    /// The most of one cadet.
    pub max_lifetime_merit: i32,
    /// Merits beyond the demerits, which count for nothing in a grade that is already full.
    pub total_wasted_points: i64,
}

/// How many have reached each level; who has a higher one counts for the lower ones too.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AchievementCounts {
    /// 50 merits.
    pub bronze: i64,
    /// 100 merits.
    pub silver: i64,
    /// 150 merits.
    pub gold: i64,
    /// 200 merits.
    pub platinum: i64,
}

row! {
    struct Totals {
        cadets: i64,
        bronze: i64,
        silver: i64,
        gold: i64,
        platinum: i64,
        average: i64,
        most: i32,
        wasted: i64,
    }
}

/// Show how the unit's merits are spread
#[utoipa::path(get, path = "/api/recognition/stats", tag = "recognition",
    responses((status = 200, body = RecognitionStats)))]
pub async fn show_recognition_stats(_: Staff, State(app): State<App>) -> Result<Json<RecognitionStats>> {
    let count = sql!(
        "SELECT count(*) AS cadets, count(*) FILTER (WHERE lifetime >= $1) AS bronze,
                count(*) FILTER (WHERE lifetime >= $2) AS silver, count(*) FILTER (WHERE lifetime >= $3) AS gold,
                count(*) FILTER (WHERE lifetime >= $4) AS platinum,
                coalesce(round(avg(lifetime)), 0)::bigint AS average, coalesce(max(lifetime), 0) AS most,
                coalesce(sum(greatest(merit - demerit, 0)), 0)::bigint AS wasted
         FROM (SELECT coalesce(nullif(lifetime_merit_points, 0), merit_points, 0) AS lifetime,
                      coalesce(merit_points, 0)::bigint AS merit, coalesce(demerit_points, 0)::bigint AS demerit
               FROM grades JOIN cadets ON cadets.id = grades.cadet_id
               WHERE cadets.is_archived IS NOT TRUE) AS merits"
    );
    let [bronze, silver, gold, platinum] = LEVELS.each_ref().map(|level| level.threshold);
    let found = app.db.read().await?.one(count, &[&bronze, &silver, &gold, &platinum]).await?;
    let totals: Totals = found.ok_or_else(|| shared::error::internal("no totals"))?;
    Ok(Json(RecognitionStats {
        total_cadets: totals.cadets,
        achievement_counts: AchievementCounts {
            bronze: totals.bronze,
            silver: totals.silver,
            gold: totals.gold,
            platinum: totals.platinum,
        },
        average_lifetime_merit: totals.average,
        max_lifetime_merit: totals.most,
        total_wasted_points: totals.wasted,
    }))
}
