//! A new request.

use shared::{App, Result, db::Change, error::invalid_field, http::Money, sql};
use uuid::Uuid;

use super::{lock, settle, tell};
use crate::{
    kes::kes,
    settings::{FeeGate, Settings},
};

/// Sends a request of a student to every active office and tells its key. What other offices have agreed to in the last request,
/// which one of them rejected, counts again for a while.
pub async fn open(app: &App, change: &mut Change, student: Uuid) -> Result<Uuid> {
    check(app, change, student).await?;
    let (settings, now) = (Settings::of(app)?, app.clock.now());
    let insert = sql!(
        "INSERT INTO clearance_requests (student_id, submission_date, created_at) VALUES ($1, $2, $2) RETURNING id"
    );
    let id: Uuid = change.only(insert, &[&student, &now]).await?;
    let add = sql!(
        "INSERT INTO clearance_approvals (clearance_request_id, department_id, status, approved_by_id, approval_date,
                                          evidence_file, notes, created_at)
         SELECT $1, departments.id, coalesce(agreed.status, 'pending'), agreed.approved_by_id, agreed.approval_date,
                agreed.evidence_file,
                coalesce('Carried over from ' || to_char(agreed.approval_date AT TIME ZONE 'Africa/Nairobi', 'YYYY-MM-DD'),
                         'Awaiting approval from ' || departments.name), $3
         FROM departments LEFT JOIN clearance_approvals AS agreed
             ON agreed.department_id = departments.id AND agreed.status = 'approved' AND agreed.deleted_at IS NULL
            AND agreed.approval_date > $4 AND (departments.code <> 'FINANCE' OR due_from($2) = 0)
            AND agreed.clearance_request_id = (
                SELECT CASE WHEN revoked_at IS NULL THEN id END FROM clearance_requests
                WHERE student_id = $2 AND status = 'rejected' AND deleted_at IS NULL
                ORDER BY created_at DESC, id DESC LIMIT 1)
         WHERE departments.is_active"
    );
    if change.execute(add, &[&id, &student, &now, &(now - settings.carry_over)]).await? == 0 {
        return Err(invalid_field("student_id", "No department is set up for clearance."));
    }
    let request = lock(change, id, None).await?;
    tell::submitted(app, change, &request).await?;
    settle(app, change, &request).await?;
    Ok(id)
}

/// Whether the student may send one. Two at the same moment wait for each other at the student's row.
async fn check(app: &App, change: &mut Change, student: Uuid) -> Result<()> {
    let refused = |text: String| Err(invalid_field("student_id", text));
    let hold = sql!("SELECT id FROM students WHERE id = $1 FOR UPDATE");
    change.one::<Uuid>(hold, &[&student]).await?;
    let look = sql!(
        "SELECT coalesce(bool_or(is_open(status)), FALSE), coalesce(bool_or(status = 'completed'), FALSE)
         FROM clearance_requests WHERE student_id = $1 AND deleted_at IS NULL"
    );
    match change.only(look, &[&student]).await? {
        (true, _) => return refused("You already have an open clearance request.".to_owned()),
        (_, true) => return refused("You have already been cleared.".to_owned()),
        (false, false) => {}
    }
    if Settings::of(app)?.fee_gate == FeeGate::Submit {
        let (due, is_due): (Money, bool) =
            change.only(sql!("SELECT due_from($1), due_from($1) > 0"), &[&student]).await?;
        if is_due {
            return refused(format!("Pay the graduation fee of {} first.", kes(due)));
        }
    }
    Ok(())
}
