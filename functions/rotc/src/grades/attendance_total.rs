//! `grades.attendance_present`: how many training days a cadet counts as attended.

use shared::{Result, db::Change, sql};

/// Counts the attendance of these cadets anew, after their attendance records have changed.
///
/// Present, late and excused count. A cadet without a grades row gets one. The rows stay locked until the
/// change ends, so changes of the same cadet at the same time count one after the other. Call [`hold`] before
/// writing attendance as well: the grading page writes in that order, and two orders would block each other.
pub async fn recompute(change: &mut Change, cadet_ids: &[i32]) -> Result<()> {
    hold(change, cadet_ids).await?;
    recount(change, cadet_ids).await
}

/// Keeps the grades rows of these cadets for this change; who has none gets one.
///
/// Of several cadets nobody's row is kept before all are there: a change that keeps one row and makes another
/// would block one that does it the other way round. A single row is there already but for the first time.
pub async fn hold(change: &mut Change, cadet_ids: &[i32]) -> Result<()> {
    if cadet_ids.len() == 1 && lock(change, cadet_ids).await? > 0 {
        return Ok(());
    }
    ensure(change, cadet_ids).await?;
    lock(change, cadet_ids).await?;
    Ok(())
}

/// [`recompute`] for a change that holds the rows already.
pub async fn recount(change: &mut Change, cadet_ids: &[i32]) -> Result<()> {
    let update = sql!(
        "UPDATE grades SET attendance_present = counted.days
         FROM (SELECT cadets.id, count(attendance_records.id)::int AS days
               FROM cadets LEFT JOIN attendance_records ON attendance_records.cadet_id = cadets.id
                    AND attendance_records.status IN ('present', 'late', 'excused')
               WHERE cadets.id = ANY($1) GROUP BY cadets.id) AS counted
         WHERE grades.cadet_id = counted.id AND grades.attendance_present IS DISTINCT FROM counted.days"
    );
    change.execute(update, &[&cadet_ids]).await?;
    Ok(())
}

/// Gives these cadets a grades row each if they have none, with the sums of the ledger and the counted
/// attendance. Cadets that do not exist are left out.
pub async fn ensure(change: &mut Change, cadet_ids: &[i32]) -> Result<()> {
    insert_missing(change, cadet_ids, &["present", "late", "excused"]).await
}

/// The same for a cadet who looks at their grades before anything was recorded.
///
/// Legacy: here `late` does not count; the first recount adds it.
pub async fn ensure_for_viewing(change: &mut Change, cadet_id: i32) -> Result<()> {
    insert_missing(change, &[cadet_id], &["present", "excused"]).await
}

/// Keeps these rows for this change; whoever else wants to change them waits. Tells how many there are.
pub async fn lock(change: &mut Change, cadet_ids: &[i32]) -> Result<usize> {
    let lock = sql!("SELECT id FROM grades WHERE cadet_id = ANY($1) ORDER BY cadet_id FOR UPDATE");
    Ok(change.all::<i32>(lock, &[&cadet_ids]).await?.len())
}

async fn insert_missing(change: &mut Change, cadet_ids: &[i32], counting: &[&str]) -> Result<()> {
    let insert = sql!(
        "INSERT INTO grades
                (cadet_id, attendance_present, merit_points, demerit_points, lifetime_merit_points)
         SELECT cadets.id,
                (SELECT count(*)::int FROM attendance_records
                 WHERE attendance_records.cadet_id = cadets.id AND attendance_records.status = ANY($2)),
                ledger.merit, ledger.demerit, ledger.merit
         FROM cadets CROSS JOIN LATERAL (
              SELECT coalesce(sum(points) FILTER (WHERE type = 'merit'), 0)::int AS merit,
                     coalesce(sum(points) FILTER (WHERE type = 'demerit'), 0)::int AS demerit
              FROM merit_demerit_logs WHERE merit_demerit_logs.cadet_id = cadets.id) AS ledger
         WHERE cadets.id = ANY($1)
           AND NOT EXISTS (SELECT FROM grades WHERE grades.cadet_id = cadets.id)
         ORDER BY cadets.id
         ON CONFLICT (cadet_id) DO NOTHING"
    );
    change.execute(insert, &[&cadet_ids, &counting]).await?;
    Ok(())
}
