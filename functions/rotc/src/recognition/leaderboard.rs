//! The cadets with the most merits.

use std::time::Duration;

use axum::{
    extract::{OriginalUri, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use shared::{App, Result, http::Query, row, sql};
use utoipa::{IntoParams, ToSchema};

use super::level::reached;
use crate::{access::Member, cached::cached_for_all};

/// How long the leaderboard is kept while nothing changes.
const LIFE: Duration = Duration::from_mins(10);

/// Cadets shown, unless the caller says otherwise.
const DEFAULT: i64 = 10;
/// Cadets shown at most.
const MOST: i64 = 500;

/// How many cadets are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct LeaderboardFilter {
    /// 1 to 500; 10 if missing or no number.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
}

/// One place of the leaderboard.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// From 1.
    pub rank: usize,
    /// The cadet's id.
    pub cadet_id: i32,
    /// `Cdt Cruz, Juan`.
    pub name: String,
    /// Company.
    pub company: Option<String>,
    /// Platoon.
    pub platoon: Option<String>,
    /// Merits of all time, which decide the place.
    pub lifetime_merit: i32,
    /// Merits now.
    pub current_merit: i32,
    /// Demerits now.
    pub demerits: i32,
    /// The highest level reached.
    pub badge: Option<Badge>,
}

/// A level, short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Badge {
    /// Its name.
    pub level: &'static str,
    /// A medal.
    pub icon: &'static str,
}

row! {
    struct Leader {
        id: i32,
        rank: Option<String>,
        first_name: String,
        last_name: String,
        company: Option<String>,
        platoon: Option<String>,
        lifetime_merit: i32,
        merit: i32,
        demerit: i32,
    }
}

/// Show the leaderboard
///
/// By lifetime merits, of those equal the one entered first; without archived cadets. Kept for ten minutes, or
/// until it changes.
#[utoipa::path(get, path = "/api/recognition/leaderboard", tag = "recognition", params(LeaderboardFilter),
    responses((status = 200, body = Vec<Place>)))]
pub async fn show_leaderboard(
    Member(user): Member,
    State(app): State<App>,
    Query(filter): Query<LeaderboardFilter>,
    address: OriginalUri,
) -> Result<Response> {
    let limit = filter.limit.and_then(|limit| limit.trim().parse().ok()).unwrap_or(DEFAULT).clamp(1, MOST);
    let name = format!("leaderboard:{limit}");
    cached_for_all(&app, &user, &address, &name, LIFE, &["cadets", "grades"], async || {
        leaders(&app, limit).await
    })
    .await
}

async fn leaders(app: &App, limit: i64) -> Result<Vec<Place>> {
    let list = sql!(
        "SELECT cadets.id, cadets.rank, cadets.first_name, cadets.last_name, cadets.company, cadets.platoon,
                coalesce(nullif(grades.lifetime_merit_points, 0), grades.merit_points, 0) AS lifetime_merit,
                coalesce(grades.merit_points, 0) AS merit, coalesce(grades.demerit_points, 0) AS demerit
         FROM cadets JOIN grades ON grades.cadet_id = cadets.id
         WHERE cadets.is_archived IS NOT TRUE
         ORDER BY lifetime_merit DESC, cadets.id LIMIT $1"
    );
    let leaders: Vec<Leader> = app.db.read().await?.all(list, &[&limit]).await?;
    Ok(leaders.into_iter().enumerate().map(|(at, leader)| leader.place(at + 1)).collect())
}

impl Leader {
    fn place(self, rank: usize) -> Place {
        let highest = reached(self.lifetime_merit).0.last();
        let rank_of_cadet = self.rank.unwrap_or_default();
        Place {
            rank,
            cadet_id: self.id,
            name: format!("{rank_of_cadet} {}, {}", self.last_name, self.first_name).trim().to_owned(),
            company: self.company,
            platoon: self.platoon,
            lifetime_merit: self.lifetime_merit,
            current_merit: self.merit,
            demerits: self.demerit,
            badge: highest.map(|level| Badge { level: level.name, icon: level.icon }),
        }
    }
}
