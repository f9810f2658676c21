//! Comparing a list of M-PESA with our receipts, and booking what we did not know.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use shared::{App, Result, db::Change, http::Money, row, sql};
use uuid::Uuid;

use super::list::Line;
use crate::{
    finance::{Booked, to_review},
    kes::kes,
    mpesa::{message::Paybill, paybill::book_paybill},
    notices::To,
};

/// Lines of one transaction.
const PORTION: usize = 200;

/// A list that is being compared.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// Its row.
    pub id: Uuid,
    /// `statement`, `pull`.
    pub source: &'static str,
    /// The beginning of its period, if there is one.
    pub from: Option<DateTime<Utc>>,
    /// The end of its period, if there is one.
    pub to: Option<DateTime<Utc>>,
}

row! {
    struct Known {
        transaction_id: String,
        id: Uuid,
        amount: Money,
        state: String,
    }
}

/// What came of a line.
struct Item {
    number: String,
    amount: Money,
    kind: &'static str,
    receipt: Option<Uuid>,
    detail: String,
}

/// Compares every line. A second run goes on where the first has ended, because each portion notes its items.
pub async fn compare(app: &App, comparison: Comparison, lines: &[Line]) -> Result<()> {
    for portion in lines.chunks(PORTION) {
        let mut change = app.db.change_for_system("reconciliation").await?;
        let items = portion_of(app, &mut change, comparison, portion).await?;
        store(&mut change, comparison.id, &items).await?;
        change.commit().await?;
    }
    let mut change = app.db.change_for_system("reconciliation").await?;
    missing(&mut change, comparison, lines).await?;
    let done = sql!("UPDATE reconciliations SET status = 'done', finished_at = $2 WHERE id = $1");
    change.execute(done, &[&comparison.id, &app.clock.now()]).await?;
    change
        .execute(sql!("DELETE FROM reconciliation_lists WHERE reconciliation_id = $1"), &[&comparison.id])
        .await?;
    change.commit().await
}

async fn portion_of(
    app: &App,
    change: &mut Change,
    comparison: Comparison,
    lines: &[Line],
) -> Result<Vec<Item>> {
    let numbers: Vec<&str> = lines.iter().map(|line| line.number.as_str()).collect();
    let noted = sql!(
        "SELECT transaction_id || CASE kind WHEN 'reversed' THEN '-' ELSE '' END FROM reconciliation_items
         WHERE reconciliation_id = $1 AND transaction_id = ANY ($2)"
    );
    let mut noted: HashSet<String> =
        change.all::<String>(noted, &[&comparison.id, &numbers]).await?.into_iter().collect();
    let find = sql!("SELECT transaction_id, id, amount, state FROM receipts WHERE transaction_id = ANY ($1)");
    let known: Vec<Known> = change.all(find, &[&numbers]).await?;
    let known: HashMap<String, Known> =
        known.into_iter().map(|known| (known.transaction_id.clone(), known)).collect();
    let mut items = Vec::new();
    for line in lines {
        let key = if line.reversed { format!("{}-", line.number) } else { line.number.clone() };
        if !noted.insert(key) {
            continue;
        }
        let known = known.get(&line.number);
        let item = match known {
            _ if line.reversed => taken_back(app, change, line, known).await?,
            Some(known) => beside(line, known),
            None => booked(app, change, comparison, line).await?,
        };
        items.push(item);
    }
    Ok(items)
}

impl Item {
    fn of(line: &Line, kind: &'static str, receipt: Option<Uuid>, detail: String) -> Self {
        Self { number: line.number.clone(), amount: line.amount, kind, receipt, detail }
    }
}

fn beside(line: &Line, known: &Known) -> Item {
    if known.amount == line.amount {
        return Item::of(line, "matched", Some(known.id), String::new());
    }
    let detail = format!("The receipt says {}", kes(known.amount));
    Item::of(line, "amount_differs", Some(known.id), detail)
}

/// Nothing changes by itself: the finance office reverses the receipt.
async fn taken_back(app: &App, change: &mut Change, line: &Line, known: Option<&Known>) -> Result<Item> {
    let is_news = known.is_some_and(|known| known.state != "reversed");
    if is_news {
        let reason = "M-PESA has taken it back";
        to_review(app, change, To::FinanceStaff, &line.number, line.amount, reason).await?;
    }
    let detail = if is_news { "To be reversed" } else { "" };
    Ok(Item::of(line, "reversed", known.map(|known| known.id), detail.to_owned()))
}

/// Money that we did not know, or knew without its number.
async fn booked(app: &App, change: &mut Change, comparison: Comparison, line: &Line) -> Result<Item> {
    let paid = Paybill {
        number: line.number.clone(),
        amount: line.amount,
        shortcode: None,
        account: line.account.clone(),
        phone: line.phone.clone(),
        at: Some(line.at),
    };
    Ok(match book_paybill(app, change, comparison.source, &paid).await? {
        Booked::New(receipt) => Item::of(line, "booked", Some(receipt), String::new()),
        Booked::Known(receipt) => Item::of(line, "matched", Some(receipt), String::new()),
    })
}

async fn store(change: &mut Change, id: Uuid, items: &[Item]) -> Result<()> {
    let numbers: Vec<&str> = items.iter().map(|item| item.number.as_str()).collect();
    let amounts: Vec<Money> = items.iter().map(|item| item.amount).collect();
    let kinds: Vec<&str> = items.iter().map(|item| item.kind).collect();
    let receipts: Vec<Option<Uuid>> = items.iter().map(|item| item.receipt).collect();
    let details: Vec<&str> = items.iter().map(|item| item.detail.as_str()).collect();
    let insert = sql!(
        "INSERT INTO reconciliation_items (reconciliation_id, transaction_id, amount, kind, receipt_id, detail)
         SELECT $1, new.* FROM unnest($2::text[], $3::numeric[], $4::text[], $5::uuid[], $6::text[]) AS new"
    );
    change.execute(insert, &[&id, &numbers, &amounts, &kinds, &receipts, &details]).await?;
    Ok(())
}

/// Our receipts of the period that the list does not have.
async fn missing(change: &mut Change, comparison: Comparison, lines: &[Line]) -> Result<()> {
    let numbers: Vec<&str> = lines.iter().map(|line| line.number.as_str()).collect();
    let insert = sql!(
        "INSERT INTO reconciliation_items (reconciliation_id, transaction_id, amount, kind, receipt_id)
         SELECT $1, transaction_id, amount, 'missing_there', id FROM receipts
         WHERE paid_at >= $2 AND paid_at < $3 AND source <> 'manual' AND state IN ('applied', 'review')
           AND transaction_id <> ALL ($4)
           AND NOT EXISTS (SELECT FROM reconciliation_items AS noted
                           WHERE reconciliation_id = $1 AND noted.receipt_id = receipts.id)
         ORDER BY paid_at, id"
    );
    change.execute(insert, &[&comparison.id, &comparison.from, &comparison.to, &numbers]).await?;
    Ok(())
}
