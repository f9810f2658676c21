//! Reconciliation: what M-PESA lists beside what we have booked.

mod compare;
mod jobs;
mod list;

use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Principal,
    db::Read,
    drf::{Data, Fields, Filters, Need, PageNumber, Paginated},
    error::invalid_field,
    http::{Created, Json, Money, Path, Sortable},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

pub use jobs::{ReconcileMpesa, RunReconciliation, given_up};

use super::daraja::Daraja;
use crate::{
    access::{FinanceDesk, Person},
    refusals::{fault, unknown},
    settings::Settings,
    times::{Local, nairobi},
};
use compare::{Comparison, compare};
use list::{Line, period, pull, read_csv};

/// Bytes of a list.
const LIMIT_BYTES: usize = 10 * 1024 * 1024;

/// Bytes of a form with a list.
pub(super) const FORM_LIMIT_BYTES: usize = LIMIT_BYTES + 64 * 1024;

/// Lines that are compared at once.
const AT_ONCE: usize = 2000;

row! {
    /// A list that was compared with ours.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Reconciliation {
        id: Uuid,
        /// `statement`, `pull`.
        source: String,
        from: Option<Local>,
        to: Option<Local>,
        /// Lines of the list.
        rows: i32,
        /// Known, with the same amount.
        matched: i64,
        /// Money that we did not know.
        booked: i64,
        /// Known, with another amount; nothing was changed.
        amount_differs: i64,
        /// Ours of the period that the list does not have.
        missing_there: i64,
        /// Taken back by the list; to be reversed by the finance office.
        reversed: i64,
        /// `running`, `done`, `failed`.
        status: String,
        created_by_name: Option<String>,
        created_at: Local,
    }
}

row! {
    /// A line of a list, or a receipt that the list does not have.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct ReconciliationItem {
        transaction_id: String,
        amount: Money,
        /// `matched`, `booked`, `amount_differs`, `missing_there`, `reversed`.
        kind: String,
        receipt: Option<Uuid>,
        detail: String,
    }
}

/// A list with its lines, 2,000 of them at most.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconciliationDetail {
    #[serde(flatten)]
    summary: Reconciliation,
    items: Vec<ReconciliationItem>,
}

impl ReconciliationDetail {
    async fn find(read: &mut Read, id: Uuid) -> Result<Self> {
        let find = sql!(
            "SELECT lists.id, source, period_from AS from, period_to AS to, row_count AS rows,
                    count(*) FILTER (WHERE kind = 'matched') AS matched,
                    count(*) FILTER (WHERE kind = 'booked') AS booked,
                    count(*) FILTER (WHERE kind = 'amount_differs') AS amount_differs,
                    count(*) FILTER (WHERE kind = 'missing_there') AS missing_there,
                    count(*) FILTER (WHERE kind = 'reversed') AS reversed, status, full_name AS created_by_name,
                    lists.created_at
             FROM reconciliations AS lists LEFT JOIN users ON users.id = created_by_id
             LEFT JOIN reconciliation_items AS items ON reconciliation_id = lists.id
             WHERE lists.id = $1 GROUP BY lists.id, full_name"
        );
        let items = sql!(
            "SELECT transaction_id, amount, kind, receipt_id AS receipt, detail FROM reconciliation_items
             WHERE reconciliation_id = $1 ORDER BY kind = 'matched', id LIMIT 2000"
        );
        let summary = read.one(find, &[&id]).await?.ok_or_else(unknown)?;
        Ok(Self { summary, items: read.all(items, &[&id]).await? })
    }
}

struct ReconciliationOrder;

impl Sortable for ReconciliationOrder {
    const NAMES: &'static [&'static str] = &["created_at"];
    const DEFAULT: &'static str = "-created_at";
}

/// List reconciliations
#[utoipa::path(get, path = "/api/finance/reconciliations", tag = "mpesa",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("ordering" = Option<String>, Query)),
    responses((status = 200, body = Paginated<Reconciliation>)))]
pub async fn list_reconciliations(
    FinanceDesk(_person): FinanceDesk,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    filters: Filters,
) -> Result<Json<Paginated<Reconciliation>>> {
    let list = sql!(
        "SELECT lists.id, source, period_from AS from, period_to AS to, row_count AS rows,
                count(*) FILTER (WHERE kind = 'matched') AS matched, count(*) FILTER (WHERE kind = 'booked') AS booked,
                count(*) FILTER (WHERE kind = 'amount_differs') AS amount_differs,
                count(*) FILTER (WHERE kind = 'missing_there') AS missing_there,
                count(*) FILTER (WHERE kind = 'reversed') AS reversed, status, full_name AS created_by_name,
                lists.created_at
         FROM reconciliations AS lists LEFT JOIN users ON users.id = created_by_id
         LEFT JOIN reconciliation_items AS items ON reconciliation_id = lists.id
         GROUP BY lists.id, full_name
         ORDER BY CASE $1 WHEN 'created_at' THEN lists.created_at END, lists.created_at DESC, lists.id LIMIT $2 OFFSET $3"
    );
    let ordering = filters.ordering::<ReconciliationOrder>();
    let [key] = ordering.keys();
    let mut read = app.db.read().await?;
    let window = page.window(read.only(sql!("SELECT count(*) FROM reconciliations"), &[]).await?)?;
    let rows = read.all(list, &[&key, &window.limit, &window.offset]).await?;
    Ok(Json(page.paginated(window, rows)))
}

/// Show a reconciliation
#[utoipa::path(get, path = "/api/finance/reconciliations/{id}", tag = "mpesa", params(("id" = Uuid, Path)),
    responses((status = 200, body = ReconciliationDetail)))]
pub async fn show_reconciliation(
    FinanceDesk(_person): FinanceDesk,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<ReconciliationDetail>> {
    ReconciliationDetail::find(&mut app.db.read().await?, id).await.map(Json)
}

type Period = (DateTime<Utc>, DateTime<Utc>);

/// Compare a list of M-PESA with ours
///
/// A CSV file of its portal, or `from` and `to` of at most 48 hours, for which M-PESA is asked. Money that we did not know is
/// booked; the same list twice books nothing twice. Lists of more than 2,000 lines are compared after the response.
#[utoipa::path(post, path = "/api/finance/reconciliations", tag = "mpesa",
    request_body(content = Object, content_type = "multipart/form-data"),
    responses((status = 201, body = ReconciliationDetail)))]
pub async fn reconcile(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    data: Data,
) -> Result<Created<ReconciliationDetail>> {
    let mut fields = data.fields();
    let file = fields.file("file", Need::Nullable);
    let asked = if file.is_none() { asked_period(&app, &mut fields)? } else { None };
    if file.as_ref().is_some_and(|file| file.body.len() > LIMIT_BYTES) {
        fields.reject("file", "File size cannot exceed 10MB");
    }
    fields.finish()?;
    let (source, lines, rows, period) = match (file, asked) {
        (Some(file), _) => {
            let (lines, rows) = read_csv(&file.body)?;
            let period = period(&lines);
            ("statement", lines, rows, period)
        }
        (None, Some((from, to))) => {
            let off = || fault("The pull service is not switched on.");
            let daraja = Daraja::of(&app)?.ok_or_else(off)?;
            let lines = pull(&daraja, from, to).await?;
            let rows = lines.len();
            ("pull", lines, rows, Some((from, to)))
        }
        _ => return Err(invalid_field("file", "This field is required.")),
    };
    let id = begin(&app, &person, source, (&lines, rows), period).await?;
    if lines.len() <= AT_ONCE {
        let (from, to) = period.unzip();
        compare(&app, Comparison { id, source, from, to }, &lines).await?;
    }
    ReconciliationDetail::find(&mut app.db.read().await?, id).await.map(Created)
}

/// What `from` and `to` say, of 48 hours at most. None where neither is there.
fn asked_period(app: &App, fields: &mut Fields) -> Result<Option<Period>> {
    if !fields.has("from") && !fields.has("to") {
        return Ok(None);
    }
    if !Settings::of(app)?.mpesa.pull {
        return Err(fault("The pull service is not switched on."));
    }
    let mut at = |name: &str| fields.moment(name, Need::Required, &nairobi());
    let (from, to) = (at("from"), at("to"));
    let Some((from, to)) = from.zip(to) else { return Ok(None) };
    if to <= from || to - from > TimeDelta::hours(48) {
        fields.reject("to", "The period must be at most 48 hours long.");
    }
    Ok(Some((from, to)))
}

async fn begin(
    app: &App,
    person: &Person,
    source: &str,
    (lines, rows): (&[Line], usize),
    period: Option<Period>,
) -> Result<Uuid> {
    let mut change = app.db.change(&person.actor()).await?;
    let id = jobs::open(app, &mut change, source, period, rows, Some(person.id)).await?;
    if lines.len() > AT_ONCE {
        let keep = sql!("INSERT INTO reconciliation_lists (reconciliation_id, lines) VALUES ($1, $2)");
        change.execute(keep, &[&id, &serde_json::to_value(lines)?]).await?;
        change.start(&RunReconciliation { reconciliation: id }).await?;
    }
    change.commit().await?;
    Ok(id)
}
