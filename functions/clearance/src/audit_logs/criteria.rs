//! Which rows of the audit log somebody asks for.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use shared::{
    Result,
    db::{Param, Read},
    drf::Filters,
    sql,
};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::times::nairobi;

/// Everything that is done.
pub const ACTIONS: [(&str, &str); 8] = [
    ("create", "create"),
    ("update", "update"),
    ("delete", "delete"),
    ("approve", "approve"),
    ("reject", "reject"),
    ("login", "login"),
    ("logout", "logout"),
    ("other", "other"),
];

/// What the rows must be.
#[derive(Debug, Default)]
pub struct Criteria {
    action: Option<&'static str>,
    entity: Option<String>,
    actor: Option<Uuid>,
    ip_address: Option<String>,
    /// A pattern.
    contains: Option<String>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    search: Vec<String>,
}

impl Criteria {
    /// Reads the parameters of a list. Days are those of Nairobi.
    pub async fn read(read: &mut Read, mut filters: Filters) -> Result<Self> {
        let action = filters.choice("action", &ACTIONS);
        let actor = filters.uuid("actor");
        if let Some(actor) = actor {
            let find = sql!("SELECT EXISTS (SELECT FROM users WHERE id = $1)");
            if !read.only::<bool>(find, &[&actor]).await? {
                filters.unknown("actor");
            }
        }
        let exact = filters.moment("created_at", &nairobi());
        let (start, end) = (filters.moment("start", &nairobi()), filters.moment("end", &nairobi()));
        let first_day = filters.date("date_start").and_then(midnight);
        let last_day = filters.date("date_end").and_then(|day| day.checked_add_days(Days::new(1)));
        let contains = filters
            .text("contains")
            .map(|text| format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
        let criteria = Self {
            action,
            actor,
            entity: filters.text("entity"),
            ip_address: filters.text("ip_address"),
            contains,
            since: [exact, start, first_day].into_iter().flatten().max(),
            until: [exact, end].into_iter().flatten().min(),
            before: last_day.and_then(midnight),
            search: filters.search(),
        };
        filters.finish()?;
        Ok(criteria)
    }

    /// The same of one account.
    pub fn of(self, user: Option<Uuid>) -> Self {
        Self { actor: user, ..self }
    }

    /// `$1` to `$9` of a statement.
    pub fn params(&self) -> [Param<'_>; 9] {
        [
            &self.action,
            &self.entity,
            &self.actor,
            &self.ip_address,
            &self.contains,
            &self.since,
            &self.until,
            &self.before,
            &self.search,
        ]
    }

    /// The same for a statement that outlives them.
    pub fn owned_params(self) -> Vec<Box<dyn ToSql + Send + Sync>> {
        vec![
            Box::new(self.action),
            Box::new(self.entity),
            Box::new(self.actor),
            Box::new(self.ip_address),
            Box::new(self.contains),
            Box::new(self.since),
            Box::new(self.until),
            Box::new(self.before),
            Box::new(self.search),
        ]
    }
}

/// The beginning of a day.
fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(day.and_time(NaiveTime::MIN).and_local_timezone(nairobi()).earliest()?.to_utc())
}
