//! Decisions of offices.

use serde_json::json;
use shared::{
    App, Error, Result,
    auth::principal::Principal,
    db::Change,
    error::{Kind, conflict, forbidden},
    http::Money,
    row, sql,
};
use uuid::Uuid;

use super::{Request, close, lock, office_of, settle, tell};
use crate::{
    access::Person,
    audit::{self, Event},
    kes::kes,
    refusals::{fault, unknown},
    settings::{FeeGate, Settings},
};

/// What an office says.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Whether it clears the student.
    pub approves: bool,
    /// Why not.
    pub reason: String,
    /// What else is to be known; none for the usual words.
    pub notes: Option<String>,
    /// The address of a stored file.
    pub evidence: Option<String>,
}

/// Whether a decision is made, or only what would become of it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is made.
    Commit,
    /// Nothing is changed.
    DryRun,
}

row! {
    struct Approval {
        office: Uuid,
        office_name: String,
        office_code: String,
        status: String,
    }
}

/// Decides for an office, in a transaction of its own, and tells in a sentence what became of the request. Refused are, in this
/// order: who may not see the approval, who is the student, who should leave it to the staff, an approval that is decided, a
/// closed request, and an unpaid fee.
pub async fn decide(app: &App, person: &Person, id: Uuid, decision: &Decision, mode: Mode) -> Result<String> {
    let mut change = app.db.change(&person.actor()).await?;
    let request = find(&mut change, person, id).await?;
    if request.owner == person.id {
        return Err(refuse_own(change, id, mode).await?);
    }
    let approval = lock_approval(&mut change, id).await?;
    guard(app, &mut change, person, &request, &approval, decision.approves).await?;
    let message = carry_out(app, &mut change, (&request, &approval), person.id, id, decision).await?;
    if mode == Mode::Commit {
        change.commit().await?;
    }
    Ok(message)
}

/// Decides in the transaction of the caller, who has seen to it that `by` may: what follows from it is the same.
pub async fn decide_for(
    app: &App,
    change: &mut Change,
    by: Uuid,
    id: Uuid,
    decision: &Decision,
) -> Result<String> {
    let find = sql!("SELECT clearance_request_id FROM clearance_approvals WHERE id = $1");
    let request: Uuid = change.only(find, &[&id]).await?;
    let request = lock(change, request, None).await?;
    let approval = lock_approval(change, id).await?;
    carry_out(app, change, (&request, &approval), by, id, decision).await
}

async fn carry_out(
    app: &App,
    change: &mut Change,
    (request, approval): (&Request, &Approval),
    by: Uuid,
    id: Uuid,
    decision: &Decision,
) -> Result<String> {
    store(app, change, by, id, decision).await?;
    if decision.approves {
        tell::approved(app, change, request.owner, id, &approval.office_name).await?;
        return Ok(match settle(app, change, request).await? {
            0 => "Approved! All departments have cleared this student.".to_owned(),
            remaining => format!("Approved! {remaining} department(s) remaining."),
        });
    }
    let reason = format!("{}: {}", approval.office_name, decision.reason);
    close(app, change, request, "rejected", &reason).await?;
    tell::rejected(app, change, request, &approval.office_name, &decision.reason).await?;
    Ok("Rejected. Clearance request has been rejected.".to_owned())
}

/// Locks the request of an approval that a person may see.
async fn find(change: &mut Change, person: &Person, id: Uuid) -> Result<Request> {
    let find = sql!(
        "SELECT clearance_request_id FROM clearance_approvals
         WHERE id = $1 AND deleted_at IS NULL AND ($2::uuid IS NULL OR department_id = $2)"
    );
    let request: Uuid = change.one(find, &[&id, &office_of(person)]).await?.ok_or_else(unknown)?;
    lock(change, request, None).await
}

async fn lock_approval(change: &mut Change, id: Uuid) -> Result<Approval> {
    let lock = sql!(
        "SELECT departments.id AS office, name AS office_name, code AS office_code, status
         FROM clearance_approvals AS approvals JOIN departments ON departments.id = department_id
         WHERE approvals.id = $1 AND deleted_at IS NULL FOR UPDATE OF approvals"
    );
    change.one(lock, &[&id]).await?.ok_or_else(unknown)
}

/// Writes down that somebody wanted to decide on a request of their own.
async fn refuse_own(mut change: Change, id: Uuid, mode: Mode) -> Result<Error> {
    let event = Event {
        action: "other",
        entity: "ClearanceApproval",
        entity_id: id.to_string(),
        description: "Refused: a decision on one's own request",
        changes: json!({}),
        actor: None,
    };
    if mode == Mode::Commit {
        audit::note(&mut change, &event).await?;
        change.commit().await?;
    }
    let text = "You cannot decide on your own clearance request.";
    Ok(Error::new(Kind::Forbidden, "own_request", text).with("error", text))
}

async fn guard(
    app: &App,
    change: &mut Change,
    person: &Person,
    request: &Request,
    approval: &Approval,
    approves: bool,
) -> Result<()> {
    let settings = Settings::of(app)?;
    let Approval { office, office_code, status, .. } = approval;
    if settings.four_eyes && person.is_admin() {
        let staffed = sql!(
            "SELECT EXISTS (SELECT FROM users WHERE is_active AND effective_department(role, department_id) = $1)"
        );
        if change.only(staffed, &[office]).await? {
            return Err(forbidden("Somebody else must do this."));
        }
    }
    if status != "pending" {
        return Err(fault(format!("This approval is already {status}")));
    }
    if !request.is_open {
        return Err(fault(format!("This clearance request is already closed ({})", request.status)));
    }
    if approves && office_code == "FINANCE" && settings.fee_gate == FeeGate::Finance {
        is_paid(change, request.student).await?;
    }
    Ok(())
}

row! {
    struct Debt {
        due: Money,
        is_due: bool,
        tuition: Money,
        is_tuition_due: bool,
    }
}

/// The finance office clears nobody who owes the fee or tuition.
async fn is_paid(change: &mut Change, student: Uuid) -> Result<()> {
    let find = sql!(
        "SELECT due_from(student_id) AS due, due_from(student_id) > 0 AS is_due, tuition_balance AS tuition,
                tuition_balance > 0 AS is_tuition_due FROM finance_records WHERE student_id = $1"
    );
    match change.one(find, &[&student]).await? {
        Some(Debt { due, is_due: true, .. }) => {
            Err(fault(format!("The graduation fee is not fully paid: {} is due.", kes(due))))
        }
        Some(Debt { tuition, is_tuition_due: true, .. }) => {
            Err(fault(format!("A tuition balance of {} is outstanding.", kes(tuition))))
        }
        _ => Ok(()),
    }
}

async fn store(app: &App, change: &mut Change, by: Uuid, id: Uuid, decision: &Decision) -> Result<()> {
    let update = sql!(
        "UPDATE clearance_approvals SET status = $2, approved_by_id = $3, approval_date = $4, rejection_reason = $5,
                notes = $6, evidence_file = coalesce($7, evidence_file)
         WHERE id = $1"
    );
    let Decision { approves, reason, notes, evidence } = decision;
    let (status, usual) = if *approves { ("approved", "Approved") } else { ("rejected", "") };
    let notes = notes.as_deref().filter(|notes| !notes.is_empty()).unwrap_or(usual);
    change.execute(update, &[&id, &status, &by, &app.clock.now(), reason, &notes, evidence]).await?;
    Ok(())
}

/// Hides an approval of an office that a student has nothing to do with; the request completes if only agreed ones are left.
pub async fn drop_approval(app: &App, person: &Person, id: Uuid) -> Result<()> {
    let mut change = app.db.change(&person.actor()).await?;
    let request = find(&mut change, person, id).await?;
    if request.owner == person.id {
        return Err(refuse_own(change, id, Mode::Commit).await?);
    }
    let approval = lock_approval(&mut change, id).await?;
    let total: i32 = change.only(sql!("SELECT total FROM approval_counts($1)"), &[&request.id]).await?;
    if approval.status != "pending" || !request.is_open || total <= 1 {
        return Err(conflict("conflict", "A decided approval cannot be deleted."));
    }
    let hide = sql!("UPDATE clearance_approvals SET deleted_at = $2 WHERE id = $1");
    change.execute(hide, &[&id, &app.clock.now()]).await?;
    settle(app, &mut change, &request).await?;
    change.commit().await
}
