//! Telling people: a notice, a live event, and for what matters a mail. All of it in the transaction that causes it.

use serde::Serialize;
use shared::{App, Result, db::Change, realtime::Topic, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{mails, times::Local};

/// Whom a notice is for.
#[derive(Clone, Copy, Debug)]
pub enum To {
    /// One account.
    User(Uuid),
    /// The account of a student.
    Student(Uuid),
    /// Every administrator.
    Admins,
    /// Everybody with the role of the finance staff.
    FinanceStaff,
    /// Whoever acts for an office.
    Office(Uuid),
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, Default)]
pub enum About {
    /// Nothing that has an address.
    #[default]
    Nothing,
    /// A clearance request.
    Clearance(Uuid),
    /// An approval.
    Approval(Uuid),
    /// A payment.
    Payment(Uuid),
    /// A gown.
    Gown(Uuid),
}

/// What somebody is told.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The type, one of [`TYPES`].
    pub kind: &'static str,
    /// The title, and the subject of the mail.
    pub title: &'static str,
    /// A sentence or two.
    pub message: String,
    /// What it is about.
    pub about: About,
    /// Whether a mail says it too.
    pub mail: bool,
}

/// Every type with its title and its category.
pub const TYPES: [(&str, &str, &str); 12] = [
    ("clearance_submitted", "Clearance Submitted", "status_update"),
    ("clearance_approved", "Clearance Approved", "approval"),
    ("clearance_rejected", "Clearance Rejected", "rejection"),
    ("approval_pending", "Approval Pending", "approval"),
    ("payment_received", "Payment Received", "payment"),
    ("payment_verified", "Payment Verified", "payment"),
    ("payment_failed", "Payment Failed", "payment"),
    ("general", "General", "general"),
    ("gown_issued", "Gown Issued", "gown"),
    ("gown_overdue", "Gown Overdue", "gown"),
    ("gown_returned", "Gown Returned", "gown"),
    ("gown_refunded", "Gown Refunded", "gown"),
];

/// The category of a type.
pub fn category(kind: &str) -> &'static str {
    TYPES.iter().find(|(name, ..)| *name == kind).map_or("general", |(.., category)| *category)
}

row! {
    /// A notice as the list and the event stream show it.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct ShownNotice {
        /// Its key.
        pub id: Uuid,
        /// The type.
        pub notification_type: String,
        /// The title.
        pub title: String,
        /// A sentence or two.
        pub message: String,
        /// Whether its reader has seen it.
        pub is_read: bool,
        /// When it was written.
        pub created_at: Local,
        /// `approval`, `rejection`, `payment`, `status_update`, `gown`, `general`.
        pub category: String,
        /// `clearance`, `approval`, `payment`, `gown`.
        pub related_object_type: Option<String>,
        /// The key of what it is about.
        pub related_object_id: Option<Uuid>,
    }
}

row! {
    struct Recipient {
        id: Uuid,
        email: String,
        full_name: String,
    }
}

/// Tells them. Nobody is told twice of the same, and nobody whose account is not active.
pub async fn notify(app: &App, change: &mut Change, to: To, notice: &Notice) -> Result<()> {
    let find = sql!(
        "SELECT id, email, full_name FROM users
         WHERE is_active AND CASE $1
             WHEN 'user' THEN id = $2
             WHEN 'student' THEN id = (SELECT user_id FROM students WHERE students.id = $2)
             WHEN 'admins' THEN role = 'admin'
             WHEN 'finance' THEN role = 'finance_staff'
             ELSE effective_department(role, department_id) = $2 END
         ORDER BY id"
    );
    let (kind, id) = match to {
        To::User(id) => ("user", Some(id)),
        To::Student(id) => ("student", Some(id)),
        To::Admins => ("admins", None),
        To::FinanceStaff => ("finance", None),
        To::Office(id) => ("office", Some(id)),
    };
    let recipients: Vec<Recipient> = change.all(find, &[&kind, &id]).await?;
    store(app, change, &recipients, notice).await
}

async fn store(app: &App, change: &mut Change, recipients: &[Recipient], notice: &Notice) -> Result<()> {
    let (clearance, approval, payment, gown) = match notice.about {
        About::Nothing => (None, None, None, None),
        About::Clearance(id) => (Some(id), None, None, None),
        About::Approval(id) => (None, Some(id), None, None),
        About::Payment(id) => (None, None, Some(id), None),
        About::Gown(id) => (None, None, None, Some(id)),
    };
    let insert = sql!(
        "INSERT INTO notifications (id, recipient_id, notification_type, title, message, clearance_id, approval_id,
                                    payment_id, gown_id, created_at)
         SELECT id, recipient, $3, $4, $5, $6, $7, $8, $9, $10
         FROM unnest($1::uuid[], $2::uuid[]) AS new (id, recipient)"
    );
    let ids: Vec<Uuid> = recipients.iter().map(|_| app.ids.uuid()).collect();
    let users: Vec<Uuid> = recipients.iter().map(|recipient| recipient.id).collect();
    let Notice { kind, title, message, .. } = notice;
    let now = app.clock.now();
    change
        .execute(insert, &[&ids, &users, kind, title, message, &clearance, &approval, &payment, &gown, &now])
        .await?;
    let related = [("clearance", clearance), ("approval", approval), ("payment", payment), ("gown", gown)];
    let related = related.into_iter().find_map(|(name, id)| Some((name, id?)));
    for (id, recipient) in ids.iter().zip(recipients) {
        let shown = ShownNotice {
            id: *id,
            notification_type: (*kind).to_owned(),
            title: (*title).to_owned(),
            message: message.clone(),
            is_read: false,
            created_at: Local(now),
            category: category(kind).to_owned(),
            related_object_type: related.map(|(name, _)| name.to_owned()),
            related_object_id: related.map(|(_, id)| id),
        };
        change.publish("notification", &[Topic::user(recipient.id)], &shown).await?;
    }
    if notice.mail {
        let letters = recipients
            .iter()
            .map(|to| mails::letter(app, (&to.email, &to.full_name), title, message))
            .collect::<Result<Vec<_>>>()?;
        change.keyed_mails(&letters, &ids).await?;
    }
    Ok(())
}
