//! Lending a gown.

use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use shared::{
    App, Result,
    auth::principal::Principal,
    db::Change,
    drf::{Data, Fields, Need},
    error::invalid_field,
    http::{Created, Money},
    sql,
};
use uuid::Uuid;

use super::{
    SIZES,
    shown::GownDetail,
    state::STATUSES,
    stock,
    write::{NUMBER_TAKEN, money},
};
use crate::{
    access::GownDesk,
    kes::kes,
    notices::{About, Notice, To, notify},
    settings::{GownRequires, Settings},
    times::{day, long, nairobi},
};

/// The number that stands for the next free one.
const AUTOMATIC: &str = "auto";

/// A gown to be lent.
struct Issue {
    student: Option<Uuid>,
    number: Option<String>,
    size: Option<&'static str>,
    due: Option<NaiveDate>,
    issued: DateTime<Utc>,
    deposit: Money,
    is_paid: bool,
    receipt: Option<String>,
    notes: Option<String>,
}

impl Issue {
    fn read(app: &App, fields: &mut Fields) -> Result<Self> {
        let name =
            if fields.has("gown_number") || !fields.has("gown_code") { "gown_number" } else { "gown_code" };
        let usual = Settings::of(app)?.gown_deposit;
        let deposit = money(fields, "deposit_amount").unwrap_or(usual);
        let issue = Self {
            student: fields.uuid("student_id", Need::Required),
            number: fields.text(name, Need::Required, 50),
            size: fields.choice("gown_size", Need::Required, &SIZES),
            due: fields.date("expected_return_date", Need::Required),
            issued: fields
                .moment("issued_date", Need::Nullable, &nairobi())
                .unwrap_or_else(|| app.clock.now()),
            deposit,
            is_paid: fields.boolean("deposit_paid", Need::Optional).unwrap_or_default(),
            receipt: fields.text_or_blank("deposit_receipt", Need::Optional, 100),
            notes: fields.text_or_blank("notes", Need::Optional, 2000),
        };
        if fields.choice("status", Need::Optional, &STATUSES).is_some_and(|status| status != "issued") {
            fields.reject("status", "A new gown issue must have status issued");
        }
        if fields.boolean("deposit_refunded", Need::Optional) == Some(true) {
            fields.reject("deposit_refunded", "A new gown issue cannot be refunded");
        }
        if money(fields, "refund_amount").is_some_and(|refund| refund > deposit) {
            fields.reject("refund_amount", "Refund amount cannot exceed deposit amount");
        }
        Ok(issue)
    }

    /// What the fields must be together, and with what is there.
    async fn check(&self, app: &App, change: &mut Change, fields: &mut Fields) -> Result<()> {
        let lock = sql!("SELECT id FROM students WHERE id = $1 AND deleted_at IS NULL FOR UPDATE");
        let has_gown = sql!(
            "SELECT EXISTS (SELECT FROM gown_issuances WHERE student_id = $1 AND status = 'issued' AND deleted_at IS NULL)"
        );
        if self.student.is_some() {
            if change.one::<Uuid>(lock, &[&self.student]).await?.is_none() {
                fields.reject("student_id", "Student not found");
            } else if change.only(has_gown, &[&self.student]).await? {
                fields.reject("student_id", "Gown already issued to this student");
            }
        }
        let taken = sql!("SELECT EXISTS (SELECT FROM gown_issuances WHERE gown_number = $1)");
        if self.number.as_deref() != Some(AUTOMATIC) && change.only(taken, &[&self.number]).await? {
            fields.reject("gown_number", NUMBER_TAKEN);
        }
        if !fields.is_valid() {
            return Ok(());
        }
        if self.due.is_some_and(|due| due < day(self.issued)) {
            fields.reject("expected_return_date", "Return date cannot be before the issue date");
        }
        if let Some(size) = self.size {
            stock::require(change, fields, size).await?;
        }
        let cleared = sql!(
            "SELECT EXISTS (SELECT FROM clearance_requests WHERE student_id = $1 AND status = 'completed' AND deleted_at IS NULL)"
        );
        match Settings::of(app)?.gown_requires {
            GownRequires::Clearance if !change.only::<bool>(cleared, &[&self.student]).await? => {
                fields.reject("student_id", "The student is not cleared");
            }
            GownRequires::Deposit if !self.is_paid => {
                fields.reject("deposit_paid", "The deposit is not paid")
            }
            _ => {}
        }
        Ok(())
    }
}

/// Lend a gown
///
/// The number `auto` takes the next free one.
#[utoipa::path(post, path = "/api/gown-issuances", tag = "gowns", request_body = Object,
    responses((status = 201, body = GownDetail)))]
pub async fn issue_gown(
    GownDesk(person): GownDesk,
    State(app): State<App>,
    data: Data,
) -> Result<Created<GownDetail>> {
    let mut fields = data.fields();
    let issue = Issue::read(&app, &mut fields)?;
    let mut change = app.db.change(&person.actor()).await?;
    issue.check(&app, &mut change, &mut fields).await?;
    fields.finish()?;
    let Issue { student, size, due, issued, deposit, is_paid, receipt, notes, .. } = &issue;
    let number = match issue.number.as_deref() {
        Some(AUTOMATIC) => next_number(&mut change).await?,
        number => number.unwrap_or_default().to_owned(),
    };
    let insert = sql!(
        "INSERT INTO gown_issuances (student_id, gown_number, gown_size, expected_return_date, issued_date, deposit_amount,
                                     deposit_paid, deposit_receipt, notes, issued_by_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, ''), coalesce($9, ''), $10, $11)
         ON CONFLICT (gown_number) DO NOTHING RETURNING id"
    );
    let (by, now) = (person.id, app.clock.now());
    let id: Option<Uuid> = change
        .one(insert, &[student, &number, size, due, issued, deposit, is_paid, receipt, notes, &by, &now])
        .await?;
    let id = id.ok_or_else(|| invalid_field("gown_number", NUMBER_TAKEN))?;
    if let (Some(student), Some(size), Some(due)) = (*student, *size, *due) {
        let (due, deposit) = (long(due), kes(*deposit));
        let notice = Notice {
            kind: "gown_issued",
            title: "Gown Issued",
            message: format!("Gown {number}, size {size}. Return it by {due}. Deposit {deposit}."),
            about: About::Gown(id),
            mail: true,
        };
        notify(&app, &mut change, To::Student(student), &notice).await?;
    }
    change.commit().await?;
    GownDetail::find(&app, id, None).await.map(Created)
}

/// Draws `GWN-0001`, `GWN-0002`, .. without those that were given by hand. One desk at a time draws.
async fn next_number(change: &mut Change) -> Result<String> {
    let lock = sql!(
        "INSERT INTO counters (name, value) VALUES ('gown', 0) ON CONFLICT (name) DO UPDATE SET value = counters.value
         RETURNING value"
    );
    let draw = sql!(
        "UPDATE counters SET value = (
             SELECT min(n)::int FROM generate_series($1::bigint + 1, $1 + 1 + (SELECT count(*) FROM gown_issuances)) AS n
             WHERE NOT EXISTS (SELECT FROM gown_issuances
                               WHERE gown_number = 'GWN-' || lpad(n::text, greatest(4, length(n::text)), '0')))
         WHERE name = 'gown' RETURNING value"
    );
    let last = i64::from(change.only::<i32>(lock, &[]).await?);
    let number: i32 = change.only(draw, &[&last]).await?;
    Ok(format!("GWN-{number:04}"))
}
