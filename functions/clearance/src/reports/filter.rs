//! Which rows a report holds: the parameters of the list that it is made of.

use shared::{App, Result, db::Param, drf::Filters};
use tokio_postgres::types::ToSql;

use super::tables::Filter;
use crate::{
    audit_logs::Criteria,
    settings::Settings,
    times::{nairobi, today},
};

/// The parameters of a statement.
pub struct Params(Vec<Box<dyn ToSql + Send + Sync>>);

impl Params {
    /// As statements take them.
    pub fn borrowed(&self) -> Vec<Param<'_>> {
        self.0.iter().map(|value| -> Param<'_> { value.as_ref() }).collect()
    }
}

macro_rules! params {
    ($($value:expr),* $(,)?) => {
        Params(vec![$(Box::new($value)),*])
    };
}

/// One of the words of a column.
fn word(filters: &mut Filters, name: &str, words: &[&'static str]) -> Option<&'static str> {
    let choices: Vec<_> = words.iter().map(|word| (*word, *word)).collect();
    filters.choice(name, &choices)
}

/// Reads the parameters in the order of the statement.
pub async fn params(app: &App, filter: Filter, mut filters: Filters) -> Result<Params> {
    let (search, f) = (filters.search(), &mut filters);
    let params = match filter {
        Filter::Audit => {
            let criteria = Criteria::read(&mut app.db.read().await?, filters).await?;
            return Ok(Params(criteria.owned_params()));
        }
        Filter::Clearances => {
            let statuses = ["pending", "in_progress", "completed", "rejected", "cancelled"];
            let (status, student) = (word(f, "status", &statuses), f.uuid("student"));
            let (faculty, program) = (f.text("student__faculty"), f.text("student__program"));
            params![status, faculty, program, f.integer("student__graduation_year"), student, search]
        }
        Filter::Payments => {
            let method = word(f, "payment_method", &["mpesa", "bank", "cash"]);
            let (faculty, program) = (f.text("student__faculty"), f.text("student__program"));
            let year = f.integer("student__graduation_year");
            params![method, f.boolean("is_verified"), faculty, program, year, search]
        }
        Filter::Receipts => {
            let state = word(f, "state", &["applied", "review", "dismissed", "reversed"]);
            let source = word(f, "source", &["stk", "c2b", "pull", "statement", "manual"]);
            params![state, source, f.uuid("student"), f.boolean("refund_due"), search]
        }
        Filter::Gowns => {
            let status = word(f, "status", &["issued", "returned", "lost", "damaged"]);
            let size = word(f, "gown_size", &["XS", "S", "M", "L", "XL", "XXL"]);
            let (paid, refunded) = (f.boolean("deposit_paid"), f.boolean("deposit_refunded"));
            let (issued, fee) = (f.moment("issued_date", &nairobi()), Settings::of(app)?.gown_late_fee);
            params![status, size, paid, refunded, issued, search, today(app), fee]
        }
        Filter::Graduates => {
            params![f.integer("graduation_year"), f.text("faculty"), f.text("program"), search]
        }
    };
    filters.finish()?;
    Ok(params)
}
