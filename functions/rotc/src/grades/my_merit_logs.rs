//! A cadet's own ledger.

use axum::extract::State;
use chrono::NaiveDateTime;
use shared::{App, Result, http::Json, row, sql};

use super::merit_logs::{LedgerEntry, entries};
use crate::access::Own;

row! {
    /// Points of the totals that no entry explains; negative when the entries sum up to more.
    struct Gaps {
        merit: i64,
        demerit: i64,
    }
}

/// List my ledger
///
/// Newest first. Points of the totals that the ledger does not have yet stand in front, without an id.
#[utoipa::path(get, path = "/api/cadet/my-merit-logs", tag = "grades",
    responses((status = 200, body = Vec<LedgerEntry>)))]
pub async fn list_my_merit_logs(own: Own, State(app): State<App>) -> Result<Json<Vec<LedgerEntry>>> {
    let mut list = gap_entries(&app, own.cadet_id).await?;
    list.extend(entries(&app, own.cadet_id).await?);
    Ok(Json(list))
}

/// The demerit stands before the merit, as the clients know it.
async fn gap_entries(app: &App, cadet_id: i32) -> Result<Vec<LedgerEntry>> {
    let find = sql!(
        "SELECT coalesce(merit_points, 0) - (SELECT coalesce(sum(points), 0) FROM merit_demerit_logs
                    WHERE merit_demerit_logs.cadet_id = grades.cadet_id AND type = 'merit') AS merit,
                coalesce(demerit_points, 0) - (SELECT coalesce(sum(points), 0) FROM merit_demerit_logs
                    WHERE merit_demerit_logs.cadet_id = grades.cadet_id AND type = 'demerit') AS demerit
         FROM grades WHERE cadet_id = $1"
    );
    let gaps: Option<Gaps> = app.db.read().await?.one(find, &[&cadet_id]).await?;
    let Some(gaps) = gaps else { return Ok(Vec::new()) };
    let now = app.clock.now().naive_utc();
    let all = [("demerit", gaps.demerit), ("merit", gaps.merit)];
    Ok(all.into_iter().filter_map(|(kind, points)| gap_entry(cadet_id, kind, points, now)).collect())
}

fn gap_entry(cadet_id: i32, kind: &str, points: i64, now: NaiveDateTime) -> Option<LedgerEntry> {
    let points = i32::try_from(points).ok().filter(|points| *points > 0)?;
    Some(LedgerEntry {
        id: None,
        cadet_id: Some(cadet_id),
        kind: kind.to_owned(),
        points,
        reason: Some("Admin Grade Total (not yet ledgered)".to_owned()),
        date_recorded: Some(now),
        issued_by_user_id: None,
        issued_by_name: Some("Admin".to_owned()),
    })
}
