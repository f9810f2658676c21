//! Changing a cadet's grades: scores, totals, status, and what follows from them.

use serde_json::json;
use shared::{App, Result, db::Change, error::invalid, row, sql};

use super::{
    attendance_total,
    ledger::{self, EntryKind, NewEntry},
    mails,
};
use crate::{access::User, events, notifications::notify};

/// New values of a grades row; `None` keeps the present one.
#[derive(Clone, Debug, Default)]
pub struct Regrade {
    /// Preliminary examination, 0 to 100.
    pub prelim_score: Option<f64>,
    /// Midterm examination, 0 to 100.
    pub midterm_score: Option<f64>,
    /// Final examination, 0 to 100.
    pub final_score: Option<f64>,
    /// All merit points; `Some(None)` empties the total.
    pub merit_points: Option<Option<i32>>,
    /// All demerit points.
    pub demerit_points: Option<Option<i32>>,
    /// `active`, `INC`, `DO`, `T` or another word.
    pub status: Option<String>,
    /// Days attended in the eyes of the grader. More than are recorded: the newest training day is marked.
    pub attendance_present: Option<i32>,
}

row! {
    struct Totals {
        merit_points: Option<i32>,
        demerit_points: Option<i32>,
    }
}

/// Applies `new` to the grades of a cadet, who is told. False if there is no such cadet.
///
/// The ledger gets a correction for each total that changes, so its sums stay those of the totals.
pub async fn regrade(
    change: &mut Change,
    app: &App,
    user: &User,
    cadet_id: i32,
    new: &Regrade,
) -> Result<bool> {
    attendance_total::ensure(change, &[cadet_id]).await?;
    let read =
        sql!("SELECT merit_points, demerit_points FROM grades WHERE cadet_id = $1 ORDER BY id FOR UPDATE");
    let Some(old) = change.one::<Totals>(read, &[&cadet_id]).await? else { return Ok(false) };
    let totals = Totals {
        merit_points: new.merit_points.unwrap_or(old.merit_points),
        demerit_points: new.demerit_points.unwrap_or(old.demerit_points),
    };
    for (before, after) in
        [(old.merit_points, totals.merit_points), (old.demerit_points, totals.demerit_points)]
    {
        // A page that sends what it was shown may say again what an earlier server has let in.
        if after != before && after.is_some_and(|points| points < 0) {
            return Err(invalid("invalid_points", "Merit and demerit points must not be below zero"));
        }
    }
    store(change, cadet_id, new, &totals).await?;
    let pairs = [
        (EntryKind::Merit, old.merit_points, totals.merit_points),
        (EntryKind::Demerit, old.demerit_points, totals.demerit_points),
    ];
    for (kind, before, after) in pairs {
        correct(change, app, user, cadet_id, kind, (before, after)).await?;
    }
    attendance_total::recompute(change, &[cadet_id]).await?;
    raise_attendance(change, app, cadet_id, new.attendance_present).await?;
    let told = "Your grades have been updated. Please check your portal.";
    notify::cadets(change, &[cadet_id], "grade", told).await?;
    mails::grades_updated(change, cadet_id).await?;
    Ok(true)
}

async fn store(change: &mut Change, cadet_id: i32, new: &Regrade, totals: &Totals) -> Result<()> {
    let update = sql!(
        "UPDATE grades SET prelim_score = coalesce($2, prelim_score),
                midterm_score = coalesce($3, midterm_score), final_score = coalesce($4, final_score),
                merit_points = $5, demerit_points = $6,
                status = coalesce($7, status, 'active')
         WHERE cadet_id = $1"
    );
    change
        .execute(
            update,
            &[
                &cadet_id,
                &new.prelim_score,
                &new.midterm_score,
                &new.final_score,
                &totals.merit_points,
                &totals.demerit_points,
                &new.status,
            ],
        )
        .await?;
    Ok(())
}

/// Writes the difference of a total into the ledger.
async fn correct(
    change: &mut Change,
    app: &App,
    user: &User,
    cadet_id: i32,
    kind: EntryKind,
    (before, after): (Option<i32>, Option<i32>),
) -> Result<()> {
    // Legacy: the difference may be negative, which no entry made by hand may be.
    let points = after.unwrap_or(0).saturating_sub(before.unwrap_or(0));
    if points == 0 {
        return Ok(());
    }
    let reason = Some("Manual Adjustment by Admin".to_owned());
    ledger::enter_correction(change, app, user, &NewEntry { cadet_id, kind, points, reason }).await
}

/// Marks the newest training day present when the grader counts more days than are recorded.
///
/// Legacy compared with the days of status `present` only, so saving a score turned a late or excused
/// cadet's newest day into `present`; comparing with the total keeps those days as they are.
async fn raise_attendance(change: &mut Change, app: &App, cadet_id: i32, wanted: Option<i32>) -> Result<()> {
    let recorded =
        sql!("SELECT coalesce(max(attendance_present), 0) AS days FROM grades WHERE cadet_id = $1");
    let days: i32 = change.only(recorded, &[&cadet_id]).await?;
    if wanted.is_none_or(|wanted| wanted <= days) {
        return Ok(());
    }
    let mark = sql!(
        "INSERT INTO attendance_records (training_day_id, cadet_id, status, remarks, time_in)
         SELECT id, $1, 'present', 'Manual update via Grading', $2
         FROM training_days ORDER BY date DESC, id DESC LIMIT 1
         ON CONFLICT (training_day_id, cadet_id) DO UPDATE
             SET status = excluded.status, remarks = excluded.remarks
             WHERE attendance_records.status IN ('absent', 'present') -- late and excused count already
         RETURNING training_day_id"
    );
    let time_in = crate::school_time::now(app)?.format("%-I:%M:%S %p").to_string();
    let marked: Option<i32> = change.one(mark, &[&cadet_id, &time_in]).await?;
    let Some(day_id) = marked else { return Ok(()) };
    attendance_total::recompute(change, &[cadet_id]).await?;
    let payload = json!({ "cadetId": cadet_id, "dayId": day_id, "status": "present" });
    events::publish(change, "attendance_updated", Some(cadet_id), payload).await
}
