//! What one cadet has reached.

use axum::extract::State;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use shared::{App, Result, http::Json, sql};
use utoipa::ToSchema;

use super::level::{LEVELS, Level, reached};
use crate::access::Visible;

/// A level that the cadet has reached.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Achievement {
    /// The level.
    #[serde(flatten)]
    pub level: &'static Level,
    /// Legacy: the cadet's present lifetime merits, not those of the day.
    pub earned_at: i32,
    /// Legacy: now. When it was earned is written nowhere.
    pub earned_date: String,
}

/// The next level.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Milestone {
    /// Its name.
    pub level: &'static str,
    /// The lifetime merits it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<i32>,
    /// A medal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<&'static str>,
    /// `#RRGGBB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<&'static str>,
    /// Merits that are missing.
    pub points_needed: i32,
}

/// How far a cadet has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Achievements {
    /// Merits of all time; taking one back does not lower them.
    pub lifetime_merit: i32,
    /// The levels reached, lowest first.
    pub achievements: Vec<Achievement>,
    /// The level after those; none above the highest.
    pub next_milestone: Option<Milestone>,
    /// The highest level, or `Cadet`. Missing for a cadet without grades.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<&'static str>,
}

/// Show a cadet's achievements
///
/// Cadets see their own only. Somebody without grades has reached nothing.
#[utoipa::path(get, path = "/api/recognition/cadet/{cadet_id}/achievements", tag = "recognition",
    params(("cadet_id" = i32, Path)), responses((status = 200, body = Achievements)))]
pub async fn show_achievements(
    Visible(cadet_id): Visible,
    State(app): State<App>,
) -> Result<Json<Achievements>> {
    let find = sql!(
        "SELECT coalesce(nullif(lifetime_merit_points, 0), merit_points, 0) FROM grades WHERE cadet_id = $1"
    );
    let found: Option<i32> = app.db.read().await?.one(find, &[&cadet_id]).await?;
    Ok(Json(found.map_or_else(nothing, |lifetime_merit| achievements(lifetime_merit, app.clock.now()))))
}

fn achievements(lifetime_merit: i32, now: DateTime<Utc>) -> Achievements {
    let (reached, ahead) = reached(lifetime_merit);
    let now = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let earned = |level| Achievement { level, earned_at: lifetime_merit, earned_date: now.clone() };
    let next = ahead.first().map(|level| Milestone {
        level: level.name,
        threshold: Some(level.threshold),
        icon: Some(level.icon),
        color: Some(level.color),
        points_needed: level.threshold.saturating_sub(lifetime_merit),
    });
    Achievements {
        lifetime_merit,
        achievements: reached.iter().map(earned).collect(),
        next_milestone: next,
        rank: Some(reached.last().map_or("Cadet", |level| level.name)),
    }
}

/// Legacy: without a row of grades the answer is shorter.
fn nothing() -> Achievements {
    let Level { name: level, threshold: points_needed, .. } = LEVELS[0];
    let next = Milestone { level, threshold: None, icon: None, color: None, points_needed };
    Achievements { lifetime_merit: 0, achievements: Vec::new(), next_milestone: Some(next), rank: None }
}
