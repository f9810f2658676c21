//! Who is told of what happened to a request.

use chrono::{DateTime, Utc};
use shared::{App, Result, db::Change, row, sql};
use uuid::Uuid;

use super::Request;
use crate::{
    certificates::Issued,
    notices::{About, Notice, To, notify},
    settings::Settings,
    times::day,
};

/// `3 February 2026`, in Nairobi.
pub fn date(at: DateTime<Utc>) -> String {
    day(at).format("%-d %B %Y").to_string()
}

row! {
    struct Waiting {
        approval: Uuid,
        office: Uuid,
        name: String,
    }
}

/// The student, the administrators, and the staff of each office that has to decide.
pub async fn submitted(app: &App, change: &mut Change, request: &Request) -> Result<()> {
    let list = sql!(
        "SELECT approvals.id AS approval, departments.id AS office, name
         FROM clearance_approvals AS approvals JOIN departments ON departments.id = department_id
         WHERE clearance_request_id = $1 AND status = 'pending' AND deleted_at IS NULL ORDER BY approval_order, approvals.id"
    );
    let offices: Vec<Waiting> = change.all(list, &[&request.id]).await?;
    let (kind, about) = ("clearance_submitted", About::Clearance(request.id));
    let Request { full_name, registration_number, .. } = request;
    if !offices.is_empty() {
        let (count, word) = (offices.len(), if offices.len() == 1 { "office" } else { "offices" });
        let message =
            format!("Your clearance request of {} is with {count} {word}.", date(request.submission_date));
        let notice = Notice { kind, title: "Clearance Request Submitted", message, about, mail: true };
        notify(app, change, To::User(request.owner), &notice).await?;
    }
    let message = format!("{full_name} ({registration_number}) asks for clearance.");
    let notice = Notice { kind, title: "New Clearance Request", message, about, mail: false };
    notify(app, change, To::Admins, &notice).await?;
    for Waiting { approval, office, name } in offices {
        let message = format!("{full_name} ({registration_number}) is waiting for {name}.");
        let (title, about) = ("Clearance Awaiting Approval", About::Approval(approval));
        let notice = Notice { kind: "approval_pending", title, message, about, mail: false };
        notify(app, change, To::Office(office), &notice).await?;
    }
    Ok(())
}

/// The student, of an office that agreed.
pub async fn approved(
    app: &App,
    change: &mut Change,
    owner: Uuid,
    approval: Uuid,
    office: &str,
) -> Result<()> {
    let message = format!("The {office} has approved your clearance request.");
    let (title, about) = ("Department Approval: Approved", About::Approval(approval));
    let notice = Notice { kind: "approval_pending", title, message, about, mail: true };
    notify(app, change, To::User(owner), &notice).await
}

/// The student, of an office that refused.
pub async fn rejected(
    app: &App,
    change: &mut Change,
    request: &Request,
    office: &str,
    reason: &str,
) -> Result<()> {
    let days = Settings::of(app)?.carry_over.num_days();
    let kept = match days {
        0 => String::new(),
        days => format!("; approvals of the last {days} days stay valid"),
    };
    let message = format!(
        "{office} has rejected your clearance request. Reason: {reason}. Settle it there, then send a new request{kept}."
    );
    let (title, about) = ("Clearance Request Rejected", About::Clearance(request.id));
    let notice = Notice { kind: "clearance_rejected", title, message, about, mail: true };
    notify(app, change, To::User(request.owner), &notice).await
}

/// The student, of the certificate.
pub async fn completed(app: &App, change: &mut Change, request: &Request, issued: &Issued) -> Result<()> {
    let path = format!("/verify/{}", issued.code.as_str());
    let link = match &app.config.public_url {
        Some(home) => home.join(&path)?.to_string(),
        None => path,
    };
    let message = format!("All offices have cleared you. Certificate {}: {link}", issued.serial);
    let (title, about) = ("Clearance Request Approved", About::Clearance(request.id));
    let notice = Notice { kind: "clearance_approved", title, message, about, mail: true };
    notify(app, change, To::User(request.owner), &notice).await
}
