//! What the students of the demo do, and what is done for them, on days before the present.

use chrono::{DateTime, TimeDelta, Utc};
use shared::{App, Result, clock::Clock, db::Change, error::internal, http::Money, sql};
use uuid::Uuid;

use super::people::People;
use crate::{
    finance::{Arrival, book},
    kes::kes,
    notices::{About, Notice, To, notify},
    settings::Settings,
    times::{day, long},
    workflow::{self, Decision, decide_for},
};

/// The offices in their order, and who decides for each.
pub const OFFICES: [(&str, &str); 8] = [
    ("FINANCE", "finance@mksu.test"),
    ("LIBRARY", "library@mksu.test"),
    ("MESS", "mess@mksu.test"),
    ("HOSTEL", "hostel@mksu.test"),
    ("ACADEMIC", "academic@mksu.test"),
    ("WORKSHOP", "workshop@mksu.test"),
    ("SPORTS", "sports@mksu.test"),
    ("STUDENT_SERVICES", "services@mksu.test"),
];

/// The one transaction, and a clock that is moved.
pub struct Stage<'a> {
    /// With the moved clock.
    pub app: App,
    /// The transaction.
    pub change: &'a mut Change,
    /// Who there is.
    pub people: People,
    start: DateTime<Utc>,
}

impl<'a> Stage<'a> {
    /// On the day of the present.
    pub fn new(app: &App, change: &'a mut Change, people: People) -> Self {
        let start = app.clock.now();
        let app = App::with_clock(app.system, (*app.config).clone(), Clock::fixed(start));
        Self { app, change, people, start }
    }

    /// So many days before the present, or after it.
    pub fn move_to(&self, days: i64) {
        self.app.clock.advance(self.start + TimeDelta::days(days) - self.app.clock.now());
    }

    /// The student with this number.
    pub fn student(&self, number: usize) -> Result<Uuid> {
        let known = self.people.students.get(&number).copied();
        known.ok_or_else(|| internal(format!("there is no student {number}")))
    }

    fn account(&self, email: &str) -> Result<Uuid> {
        let known = self.people.accounts.get(email).copied();
        known.ok_or_else(|| internal(format!("{email} has no account")))
    }

    /// Asks the offices.
    pub async fn ask(&mut self, number: usize, days: i64) -> Result<Uuid> {
        self.move_to(days);
        workflow::open(&self.app, self.change, self.student(number)?).await
    }

    /// Offices clear a student, a day after another.
    pub async fn approve(&mut self, request: Uuid, offices: &[(&str, &str)], days: i64) -> Result<()> {
        for (day, (office, _)) in (days..).zip(offices) {
            self.move_to(day);
            let decision = Decision { approves: true, reason: String::new(), notes: None, evidence: None };
            self.decide(request, office, &decision).await?;
        }
        Ok(())
    }

    /// An office refuses.
    pub async fn reject(&mut self, request: Uuid, office: &str, reason: &str, days: i64) -> Result<()> {
        self.move_to(days);
        let decision = Decision { approves: false, reason: reason.to_owned(), notes: None, evidence: None };
        self.decide(request, office, &decision).await
    }

    async fn decide(&mut self, request: Uuid, office: &str, decision: &Decision) -> Result<()> {
        let find = sql!(
            "SELECT approvals.id FROM clearance_approvals AS approvals JOIN departments ON departments.id = department_id
             WHERE clearance_request_id = $1 AND code = $2"
        );
        let approval: Uuid = self.change.only(find, &[&request, &office]).await?;
        let email = OFFICES.iter().find(|(code, _)| *code == office).map_or("", |(_, email)| *email);
        let by = self.account(email)?;
        decide_for(&self.app, self.change, by, approval, decision).await?;
        Ok(())
    }

    /// The fee is paid by phone.
    pub async fn pay(&mut self, number: usize, days: i64) -> Result<()> {
        self.move_to(days);
        let attempt = self.attempt(number, "succeeded", days).await?;
        let amount = Settings::of(&self.app)?.graduation_fee;
        self.arrive(Some(number), "stk", Some(attempt), amount, &format!("SDK{number:07}")).await
    }

    /// Money comes by the paybill, from a student or from nobody who is known.
    pub async fn paybill(&mut self, number: Option<usize>, amount: &str, days: i64) -> Result<()> {
        self.move_to(days);
        let id = format!("SDP{:07}", number.unwrap_or_default());
        let amount = Money::parse(amount).unwrap_or_default();
        self.arrive(number, "c2b", None, amount, &id).await
    }

    async fn arrive(
        &mut self,
        number: Option<usize>,
        source: &'static str,
        attempt: Option<Uuid>,
        amount: Money,
        transaction_id: &str,
    ) -> Result<()> {
        let student = number.map(|number| self.student(number)).transpose()?;
        let arrival = Arrival {
            transaction_id: transaction_id.to_owned(),
            source,
            method: "mpesa",
            student,
            attempt,
            amount,
            phone: phone(number.unwrap_or_default()),
            account_reference: number.map_or("UNKNOWN1", |_| "").to_owned(),
            paid_at: self.app.clock.now(),
            review: None,
            by: None,
        };
        book(&self.app, self.change, &arrival).await?;
        Ok(())
    }

    /// A request to pay, and how it ended.
    pub async fn attempt(&mut self, number: usize, status: &str, days: i64) -> Result<Uuid> {
        self.move_to(days);
        let insert = sql!(
            "INSERT INTO mpesa_attempts (student_id, phone_number, amount, account_reference, status, created_at, finished_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id"
        );
        let (amount, now) = (Settings::of(&self.app)?.graduation_fee, self.app.clock.now());
        let (student, reference) = (self.student(number)?, format!("CLRDEMO{number:05}"));
        self.change.only(insert, &[&student, &phone(number), &amount, &reference, &status, &now]).await
    }

    /// A student says that they have paid.
    pub async fn claim(&mut self, number: usize, method: &str, transaction: &str, days: i64) -> Result<()> {
        self.move_to(days);
        let insert = sql!(
            "INSERT INTO payments (student_id, amount, payment_method, transaction_id, graduation_fee_amount, created_by_id,
                                   created_at)
             SELECT id, $2::numeric, $3, $4, $2::numeric, user_id, $5 FROM students WHERE id = $1"
        );
        let (student, fee) = (self.student(number)?, Settings::of(&self.app)?.graduation_fee);
        let now = self.app.clock.now();
        self.change.execute(insert, &[&student, &fee, &method, &transaction, &now]).await?;
        Ok(())
    }

    /// A gown is lent, with the deposit paid.
    pub async fn lend(&mut self, number: usize, days: i64, due: i64) -> Result<Uuid> {
        self.move_to(days);
        let by = self.account("gowns@mksu.test")?;
        let insert = sql!(
            "INSERT INTO gown_issuances (student_id, gown_number, gown_size, deposit_amount, deposit_paid, deposit_receipt,
                                         issued_date, issued_by_id, expected_return_date, created_at)
             VALUES ($1, $2, 'M', $3, TRUE, $4, $5, $6, $7, $5) RETURNING id"
        );
        let (student, gown) = (self.student(number)?, format!("GWN-{:04}", number.saturating_sub(4)));
        let (deposit, now) = (Settings::of(&self.app)?.gown_deposit, self.app.clock.now());
        let due = day(self.start + TimeDelta::days(due));
        let receipt = format!("RCT-{gown}");
        let row = self.change.only(insert, &[&student, &gown, &deposit, &receipt, &now, &by, &due]).await?;
        let message = format!("Gown {gown}, size M. Return it by {}. Deposit {}.", long(due), kes(deposit));
        let about = About::Gown(row);
        let notice = Notice { kind: "gown_issued", title: "Gown Issued", message, about, mail: true };
        notify(&self.app, self.change, To::Student(student), &notice).await?;
        Ok(row)
    }

    /// What became of a gown.
    pub async fn settle_gown(
        &mut self,
        gown: Uuid,
        status: &str,
        refund: Option<&str>,
        days: i64,
    ) -> Result<()> {
        self.move_to(days);
        let by = self.account("gowns@mksu.test")?;
        let update = sql!(
            "UPDATE gown_issuances SET status = $2::text, actual_return_date = CASE $2::text WHEN 'returned' THEN $3::timestamptz END,
                    returned_to_id = CASE $2::text WHEN 'returned' THEN $4::uuid END, refund_amount = $5::numeric,
                    deposit_refunded = $5::numeric IS NOT NULL,
                    refund_date = CASE WHEN $5::numeric IS NOT NULL THEN $3::timestamptz END
             WHERE id = $1"
        );
        let (now, refund) = (self.app.clock.now(), refund.and_then(Money::parse));
        self.change.execute(update, &[&gown, &status, &now, &by, &refund]).await?;
        Ok(())
    }
}

fn phone(number: usize) -> String {
    format!("2547000000{number:02}")
}
