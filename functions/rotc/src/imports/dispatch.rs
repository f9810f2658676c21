//! The imports of this system as [`shared::imports`] runs them: what each kind reads, and what it writes.

use std::time::Duration;

use serde_json::json;
use shared::{
    App, Result,
    db::{Change, UserKey},
    error::forbidden,
    imports::{Accepts, Contents, Field, Import, Repeats, Requirement},
    row, sql,
};
use uuid::Uuid;

use super::{
    attendance, cadets, grades, ledger,
    plan::{self, Kind, Plan, Report, report_at},
    rotcmis, staff,
};
use crate::{
    access::{Role, User},
    audit,
    notifications::notify,
};

impl Kind {
    /// The word in the audit log.
    const fn table(self) -> &'static str {
        match self {
            Self::Cadets | Self::RotcmisCadets => "cadets",
            Self::Staff => "training_staff",
            Self::Attendance | Self::RotcmisAttendance => "attendance_records",
            Self::Grades => "grades",
            Self::Ledger => "merit_demerit_logs",
        }
    }
}

impl Import for Plan {
    const KIND: &'static str = "import_file";

    type Person = User;

    type Id = i32;

    fn accepts(&self) -> Accepts {
        match self.kind {
            Kind::Cadets => cadets::ACCEPTS,
            Kind::Staff => staff::ACCEPTS,
            Kind::Attendance => attendance::ACCEPTS,
            Kind::Grades | Kind::Ledger | Kind::RotcmisCadets | Kind::RotcmisAttendance => plan::LISTS,
        }
    }

    fn fields(&self) -> &'static [&'static [Field]] {
        match self.kind {
            Kind::Cadets | Kind::RotcmisCadets => cadets::COLUMNS,
            Kind::Staff => staff::COLUMNS,
            Kind::Attendance => attendance::COLUMNS,
            Kind::Grades => grades::COLUMNS,
            Kind::Ledger => ledger::COLUMNS,
            Kind::RotcmisAttendance => rotcmis::COLUMNS,
        }
    }

    fn required(&self) -> &'static [Requirement] {
        match self.kind {
            Kind::Cadets => cadets::REQUIRED,
            Kind::Staff => staff::REQUIRED,
            Kind::Attendance => attendance::REQUIRED,
            Kind::Grades => grades::REQUIRED,
            Kind::Ledger => ledger::REQUIRED,
            // Records that clients send, not files.
            Kind::RotcmisCadets | Kind::RotcmisAttendance => &[],
        }
    }

    /// Every import of a ledger adds its points once more; all other imports change nothing the second time.
    fn repeats(&self) -> Option<Repeats> {
        (self.kind == Kind::Ledger).then_some(Repeats {
            within: Duration::from_mins(10),
            refusal: "This ledger was imported a few minutes ago, its points are already counted. To add them again, wait ten minutes or send `again=true`.",
        })
    }

    fn check(&self, contents: &[Contents]) -> Result<()> {
        if self.kind == Kind::Cadets { cadets::check(contents) } else { Ok(()) }
    }

    async fn person(change: &mut Change, user: &UserKey) -> Result<User> {
        row! {
            struct Person {
                id: i32,
                username: String,
                role: String,
                cadet_id: Option<i32>,
                staff_id: Option<i32>,
            }
        }
        let find = sql!(
            "SELECT id, username, role, cadet_id, staff_id FROM users
             WHERE id = $1 AND is_approved = 1 AND is_archived IS NOT TRUE"
        );
        let found: Option<Person> = change.one(find, &[&user.parse::<i32>()]).await?;
        let gone = || forbidden("The account that uploaded this file no longer exists.");
        let Person { id, username, role, cadet_id, staff_id } = found.ok_or_else(gone)?;
        let role = Role::parse(&role).ok_or_else(gone)?;
        Ok(User { id, username, role, cadet_id, staff_id, session: Uuid::nil(), request_id: None })
    }

    async fn apply(
        &self,
        change: &mut Change,
        app: &App,
        user: &User,
        contents: &[Contents],
        report: &mut Report,
    ) -> Result<()> {
        match self.kind {
            Kind::Cadets | Kind::RotcmisCadets => {
                cadets::apply(change, app, user, *self, contents, report).await
            }
            Kind::Staff => staff::apply(change, app, self.strategy, contents, report).await,
            Kind::Attendance => attendance::apply(change, *self, contents, report).await,
            Kind::Grades => grades::apply(change, self.strategy, contents, report).await,
            Kind::Ledger => ledger::apply(change, app, user, contents, report).await,
            Kind::RotcmisAttendance => rotcmis::apply(change, app, self.strategy, contents, report).await,
        }
    }

    /// One audit row for the whole import; those of the records are written by the triggers.
    async fn done(&self, change: &mut Change, user: &User, report: &Report, job: Option<Uuid>) -> Result<()> {
        let Report { total, created, updated, unchanged, skipped, failed, .. } = report;
        let numbers = json!({
            "total": total, "created": created, "updated": updated, "unchanged": unchanged,
            "skipped": skipped, "failed": failed,
        });
        audit::record(change, "IMPORT", self.kind.table(), None, Some(user.id), numbers).await?;
        let Some(job) = job else { return Ok(()) };
        let link = if report.has_findings() { format!(" Report: {}", report_at(job)) } else { String::new() };
        let text = format!(
            "Your import is complete: {created} created, {updated} updated, {unchanged} unchanged, {skipped} \
             skipped, {failed} failed.{link}"
        );
        notify::user(change, user.id, "import_completed", &text).await.map(drop)
    }

    async fn failed(change: &mut Change, user: &UserKey, job: Uuid, why: &str) -> Result<()> {
        let Some(user_id) = user.parse() else { return Ok(()) };
        let text = format!("Your import has failed, nothing was written: {why} Report: {}", report_at(job));
        notify::user(change, user_id, "import_failed", &text).await.map(drop)
    }
}
