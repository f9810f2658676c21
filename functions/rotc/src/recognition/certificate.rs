//! What the client prints for a level of recognition.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    error::{invalid, not_found},
    http::{Json, Path},
    imports::report::{listed, shortened},
    row, sql,
};
use utoipa::ToSchema;

use super::level::LEVELS;
use crate::{access::Acting, school_time};

row! {
    struct CadetRow {
        rank: Option<String>,
        first_name: String,
        last_name: String,
        company: Option<String>,
        platoon: Option<String>,
        lifetime_merit: i32,
    }
}

/// What stands on the certificate of a level.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LevelCertificate {
    /// The level.
    pub level: &'static str,
    /// `Cdt Juan Cruz`.
    pub cadet_name: String,
    /// Merits of all time.
    pub lifetime_merit: i32,
    /// The merits the level takes.
    pub threshold: i32,
    /// Company.
    pub company: Option<String>,
    /// Platoon.
    pub platoon: Option<String>,
    /// Legacy: today, as `February 2, 2026`. When the level was reached is written nowhere.
    pub issued_date: String,
    /// Legacy: `ROTC-GOLD-23-<now in ms>`; another one each time.
    pub certificate_number: String,
}

/// Show the certificate of a level
///
/// Cadets get their own only, staff everybody's. The level is written `Bronze`, `Silver`, `Gold` or `Platinum`.
#[utoipa::path(get, path = "/api/recognition/cadet/{cadet_id}/certificate/{level}", tag = "recognition",
    params(("cadet_id" = i32, Path), ("level" = String, Path)), responses((status = 200, body = LevelCertificate)))]
pub async fn show_level_certificate(
    acting: Acting,
    State(app): State<App>,
    Path((cadet_id, level)): Path<(i32, String)>,
) -> Result<Json<LevelCertificate>> {
    acting.may_act_for(cadet_id)?;
    let find = sql!(
        "SELECT rank, first_name, last_name, company, platoon,
                coalesce(nullif(grades.lifetime_merit_points, 0), grades.merit_points, 0) AS lifetime_merit
         FROM cadets LEFT JOIN grades ON grades.cadet_id = cadets.id WHERE cadets.id = $1"
    );
    let found: Option<CadetRow> = app.db.read().await?.one(find, &[&cadet_id]).await?;
    let cadet = found.ok_or_else(|| not_found("Cadet not found"))?;
    let reached = LEVELS.iter().find(|known| known.name == level);
    let reached = reached.filter(|level| level.threshold <= cadet.lifetime_merit);
    let reached = reached.ok_or_else(|| not_reached(&level, cadet.lifetime_merit))?;
    let now = app.clock.now();
    let rank = cadet.rank.unwrap_or_default();
    Ok(Json(LevelCertificate {
        level: reached.name,
        cadet_name: format!("{rank} {} {}", cadet.first_name, cadet.last_name).trim().to_owned(),
        lifetime_merit: cadet.lifetime_merit,
        threshold: reached.threshold,
        company: cadet.company,
        platoon: cadet.platoon,
        issued_date: school_time::now(&app)?.format("%B %-d, %Y").to_string(),
        certificate_number: format!(
            "ROTC-{}-{cadet_id}-{}",
            reached.name.to_uppercase(),
            now.timestamp_millis()
        ),
    }))
}

fn not_reached(level: &str, has: i32) -> shared::Error {
    let Some(known) = LEVELS.iter().find(|known| known.name == level) else {
        let names: Vec<String> = LEVELS.iter().map(|known| known.name.to_owned()).collect();
        let (level, names) = (shortened(level, 40), listed(&names));
        return invalid("no_level", format!("There is no level \"{level}\". The levels are {names}."));
    };
    let threshold = known.threshold;
    invalid(
        "not_reached",
        format!("Cadet has not achieved {level} level (requires {threshold} lifetime merits, has {has})"),
    )
}
