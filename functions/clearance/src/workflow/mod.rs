//! The states of a clearance request. Everything that moves a request from one to another is here, in transactions that lock the
//! request first and then one of its approvals, so that only one of several at the same time moves it.
//!
//! `pending` until an office agrees, then `in_progress`, and `completed` with the last; `rejected` as soon as one refuses, or
//! when a completed clearance is revoked; `cancelled` by its owner or an administrator. A closed request is never opened again.
//! `draft` and `submitted` come from the legacy server only.

mod decide;
mod open;
mod tell;

use chrono::{DateTime, Utc};
use shared::{
    App, Result,
    db::Change,
    error::{conflict, invalid_field},
    row, sql,
};
use uuid::Uuid;

pub use decide::{Decision, Mode, decide, decide_for, drop_approval};
pub use open::open;

use crate::{
    access::Person,
    certificates,
    notices::{About, Notice, To, notify},
    refusals::{fault, unknown},
};

row! {
    /// A locked request.
    #[derive(Clone, Debug)]
    pub struct Request {
        /// Its key.
        pub id: Uuid,
        /// The student.
        pub student: Uuid,
        /// The account of the student.
        pub owner: Uuid,
        /// The name.
        pub full_name: String,
        /// The number.
        pub registration_number: String,
        /// The state.
        pub status: String,
        /// When it was sent.
        pub submission_date: DateTime<Utc>,
        /// Whether it can still be decided.
        pub is_open: bool,
    }
}

/// Locks a request, of this account only if one is named; 404 without one. Whoever else wants to move it waits for the commit.
pub async fn lock(change: &mut Change, id: Uuid, owner: Option<Uuid>) -> Result<Request> {
    let find = sql!(
        "SELECT requests.id, students.id AS student, users.id AS owner, full_name, registration_number, status,
                submission_date, is_open(status) AS is_open
         FROM clearance_requests AS requests JOIN students ON students.id = requests.student_id
         JOIN users ON users.id = students.user_id
         WHERE requests.id = $1 AND requests.deleted_at IS NULL AND ($2::uuid IS NULL OR users.id = $2)
         FOR UPDATE OF requests"
    );
    change.one(find, &[&id, &owner]).await?.ok_or_else(unknown)
}

/// Ends an open request that its owner, or an administrator, does not want any more.
pub async fn cancel(app: &App, change: &mut Change, request: &Request, reason: &str) -> Result<()> {
    if !request.is_open {
        return Err(fault("Only an open request can be cancelled"));
    }
    close(app, change, request, "cancelled", reason).await?;
    let message = format!("Your clearance request of {} was cancelled.", tell::date(request.submission_date));
    let about = About::Clearance(request.id);
    let title = "Clearance Request Cancelled";
    let notice = Notice { kind: "general", title, message, about, mail: false };
    notify(app, change, To::User(request.owner), &notice).await
}

/// The same of a student, whose row is locked, if there is an open one.
pub async fn cancel_open(app: &App, change: &mut Change, student: Uuid, reason: &str) -> Result<()> {
    let find = sql!(
        "SELECT id FROM clearance_requests WHERE student_id = $1 AND is_open(status) AND deleted_at IS NULL"
    );
    let Some(id): Option<Uuid> = change.one(find, &[&student]).await? else { return Ok(()) };
    let request = lock(change, id, None).await?;
    if request.is_open { cancel(app, change, &request, reason).await } else { Ok(()) }
}

/// Takes a completed clearance back, and its certificate. Its approvals are not carried over into the next request.
pub async fn revoke(app: &App, change: &mut Change, request: &Request, reason: &str) -> Result<()> {
    if request.status != "completed" {
        return Err(fault("Only a completed clearance can be revoked"));
    }
    let update = sql!(
        "UPDATE clearance_requests SET status = 'rejected', rejection_reason = $2, revoked_at = $3 WHERE id = $1"
    );
    change.execute(update, &[&request.id, &reason, &app.clock.now()]).await?;
    certificates::revoke(app, change, request.id, reason).await?;
    let message = format!("Your clearance was revoked. Reason: {reason}");
    let (title, about) = ("Clearance Revoked", About::Clearance(request.id));
    let notice = Notice { kind: "clearance_rejected", title, message, about, mail: true };
    notify(app, change, To::User(request.owner), &notice).await
}

/// Sends a draft of the legacy server. Offices that it has no row of get one.
pub async fn submit(app: &App, change: &mut Change, request: &Request) -> Result<()> {
    if request.status != "draft" {
        let text = format!("Cannot submit clearance request with status: {}", request.status);
        return Err(invalid_field("non_field_errors", text));
    }
    let pays = sql!(
        "SELECT due_from($1) = 0, EXISTS (SELECT FROM payments WHERE student_id = $1 AND deleted_at IS NULL)"
    );
    match change.only(pays, &[&request.student]).await? {
        (true, _) => {}
        (false, false) => return Err(invalid_field("non_field_errors", "No payment record found")),
        (false, true) => {
            return Err(invalid_field("non_field_errors", "Payment verification required before submission"));
        }
    }
    let add = sql!(
        "INSERT INTO clearance_approvals (clearance_request_id, department_id, notes, created_at)
         SELECT $1, id, 'Awaiting approval from ' || name, $2 FROM departments WHERE is_active
         ON CONFLICT (clearance_request_id, department_id) DO NOTHING"
    );
    let now = app.clock.now();
    change.execute(add, &[&request.id, &now]).await?;
    let update = sql!("UPDATE clearance_requests SET status = 'pending', submission_date = $2 WHERE id = $1");
    change.execute(update, &[&request.id, &now]).await?;
    tell::submitted(app, change, &Request { submission_date: now, ..request.clone() }).await?;
    settle(app, change, request).await.map(drop)
}

/// Hides a request that is not completed.
pub async fn hide(app: &App, change: &mut Change, request: &Request) -> Result<()> {
    if request.status == "completed" {
        return Err(conflict("conflict", "A completed clearance cannot be deleted."));
    }
    let hide = sql!("UPDATE clearance_requests SET deleted_at = $2 WHERE id = $1");
    change.execute(hide, &[&request.id, &app.clock.now()]).await?;
    Ok(())
}

/// Ends a request without a clearance.
async fn close(app: &App, change: &mut Change, request: &Request, status: &str, reason: &str) -> Result<()> {
    let update = sql!(
        "UPDATE clearance_requests SET status = $2, rejection_reason = $3, completion_date = $4 WHERE id = $1"
    );
    change.execute(update, &[&request.id, &status, &reason, &app.clock.now()]).await?;
    Ok(())
}

/// Moves a locked open request to the state that follows from its approvals, and tells how many offices have not decided. With
/// the last one it completes: the certificate is given, and the student is told, in this transaction.
async fn settle(app: &App, change: &mut Change, request: &Request) -> Result<i32> {
    let count = sql!("SELECT approved, rejected, pending FROM approval_counts($1)");
    let (approved, rejected, pending): (i32, i32, i32) = change.only(count, &[&request.id]).await?;
    if approved == 0 {
        return Ok(pending);
    }
    // A rejected approval in an open request comes from the legacy server, which went on after one.
    if pending > 0 || rejected > 0 {
        let update = sql!(
            "UPDATE clearance_requests SET status = 'in_progress' WHERE id = $1 AND status <> 'in_progress'"
        );
        change.execute(update, &[&request.id]).await?;
        return Ok(pending);
    }
    close(app, change, request, "completed", "").await?;
    let issued = certificates::issue(app, change, request.id).await?;
    tell::completed(app, change, request, &issued).await?;
    Ok(0)
}

/// The office that a decision is made for; staff of another do not find the approval.
fn office_of(person: &Person) -> Option<Uuid> {
    person.reach().office
}
