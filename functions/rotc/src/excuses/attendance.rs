//! What the decision on a letter does to the attendance.
//!
//! The caller holds the grades row of the cadet. `muster.excuse_effects` remembers what a record said before it was excused.

use serde_json::json;
use shared::{Result, db::Change, row, sql};

use crate::{events, grades::attendance_total};

/// An absence that a letter excuses.
#[derive(Clone, Copy, Debug)]
pub struct Absence {
    /// The letter.
    pub letter_id: i32,
    /// Who was absent.
    pub cadet_id: i32,
    /// When.
    pub day_id: i32,
}

row! {
    struct Effect {
        cadet_id: i32,
        training_day_id: i32,
        former_status: Option<String>,
    }
}

/// Makes the record of the absence `excused`, and remembers what it said. One that is excused already stays as it is.
pub async fn excuse(change: &mut Change, absence: &Absence) -> Result<()> {
    let Absence { letter_id, cadet_id, day_id } = absence;
    let find =
        sql!("SELECT status FROM attendance_records WHERE training_day_id = $1 AND cadet_id = $2 FOR UPDATE");
    let former: Option<String> = change.one(find, &[day_id, cadet_id]).await?;
    let mark = sql!(
        "INSERT INTO attendance_records (training_day_id, cadet_id, status) VALUES ($1, $2, 'excused')
         ON CONFLICT (training_day_id, cadet_id) DO UPDATE SET status = 'excused'
             WHERE attendance_records.status <> 'excused'"
    );
    if change.execute(mark, &[day_id, cadet_id]).await? == 0 {
        return Ok(());
    }
    let remember = sql!(
        "INSERT INTO muster.excuse_effects (letter_id, cadet_id, training_day_id, former_status)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (letter_id) DO UPDATE SET cadet_id = excluded.cadet_id,
             training_day_id = excluded.training_day_id, former_status = excluded.former_status"
    );
    change.execute(remember, &[letter_id, cadet_id, day_id, &former]).await?;
    follow(change, *cadet_id, *day_id, "excused").await
}

/// Gives the record that a letter has excused its former status back, `absent` if there was none.
///
/// Not if somebody has marked it otherwise since; and if another approved letter excuses the same absence, the record stays
/// excused by that one.
pub async fn take_back(change: &mut Change, letter_id: i32) -> Result<()> {
    let find = sql!(
        "DELETE FROM muster.excuse_effects WHERE letter_id = $1
         RETURNING cadet_id, training_day_id, former_status"
    );
    let Some(effect) = change.one::<Effect>(find, &[&letter_id]).await? else { return Ok(()) };
    let Effect { cadet_id, training_day_id, former_status } = effect;
    let pass_on = sql!(
        "INSERT INTO muster.excuse_effects (letter_id, cadet_id, training_day_id, former_status)
         SELECT id, $2, $3, $4 FROM excuse_letters
         WHERE id <> $1 AND cadet_id = $2 AND training_day_id = $3 AND lower(status) = 'approved'
         ORDER BY id LIMIT 1
         ON CONFLICT (letter_id) DO NOTHING"
    );
    if change.execute(pass_on, &[&letter_id, &cadet_id, &training_day_id, &former_status]).await? > 0 {
        return Ok(());
    }
    let restore = sql!(
        "UPDATE attendance_records SET status = coalesce($3, 'absent')
         WHERE training_day_id = $1 AND cadet_id = $2 AND status = 'excused' RETURNING status"
    );
    let restored: Option<String> =
        change.one(restore, &[&training_day_id, &cadet_id, &former_status]).await?;
    match restored {
        Some(status) => follow(change, cadet_id, training_day_id, &status).await,
        None => Ok(()),
    }
}

/// The letter is gone, and with it what it knew.
pub async fn forget(change: &mut Change, letter_id: i32) -> Result<()> {
    change.execute(sql!("DELETE FROM muster.excuse_effects WHERE letter_id = $1"), &[&letter_id]).await?;
    Ok(())
}

/// The total of attended days, and the live views.
async fn follow(change: &mut Change, cadet_id: i32, day_id: i32, status: &str) -> Result<()> {
    attendance_total::recompute(change, &[cadet_id]).await?;
    let payload = json!({ "cadetId": cadet_id, "dayId": day_id, "status": status });
    events::publish(change, "attendance_updated", Some(cadet_id), payload).await
}
