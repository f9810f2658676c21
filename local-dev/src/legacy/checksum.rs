//! Whether every row arrived as it was: the source is read once more, and each of its rows is compared by a checksum with the
//! row of the target. Values are compared in one form, so that `1` is `true` and a date is a date on both sides.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use tokio_postgres::Transaction;

use super::convert::{Kind, Value};
use super::tables::{Column, Target, quoted};
use super::{BoxError, Reader, SourceTable, TableReport};

/// Half of a SHA-256 for each row: what is in memory stays small, and nothing is equal by chance.
type Checksum = [u8; 16];

/// Keys that are named in a report.
const NAMED: usize = 20;

/// Compares the rows of one table and tells the result in its report. Rows that were set aside are expected to be missing.
pub(super) async fn verify(
    transaction: &Transaction<'_>,
    reader: &Reader,
    source: &SourceTable,
    target: &Target,
    report: &mut TableReport,
) -> Result<(), BoxError> {
    let columns: Vec<&Column> =
        target.columns.iter().filter(|column| source.columns.contains(&column.name)).collect();
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let Some(key) = names.iter().position(|name| name == target.key) else { return Ok(()) };

    let mut rows: HashMap<String, Checksum> = HashMap::new();
    let mut batches = reader.rows(target.name, &names);
    let mut table = Sha256::new();
    while let Some(batch) = batches.recv().await {
        for row in batch? {
            let forms: Vec<Option<String>> =
                row.iter().zip(&columns).map(|(value, column)| form(value, column)).collect();
            let sum = checksum(&forms);
            table.update(sum);
            rows.insert(forms[key].clone().unwrap_or_default(), sum);
        }
    }
    report.checksum = hex::encode(table.finalize());

    let list: Vec<String> = names.iter().map(|name| format!("{}::text", quoted(name))).collect();
    let query = format!("SELECT {} FROM public.{}", list.join(", "), quoted(target.name));
    let found = transaction.query_raw(&query, std::iter::empty::<&str>()).await?;
    let mut found = std::pin::pin!(found);
    while let Some(row) = found.try_next().await? {
        let forms: Vec<Option<String>> = columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let value = row.get::<_, Option<String>>(index).map_or(Value::Null, Value::Text);
                form(&value, column)
            })
            .collect();
        let id = forms[key].clone().unwrap_or_default();
        match rows.remove(&id) {
            Some(sum) if sum == checksum(&forms) => report.equal += 1,
            _ if report.changed.len() < NAMED => report.changed.push(id),
            _ => {}
        }
    }
    Ok(())
}

/// A value in the one form that both sides are compared in.
fn form(value: &Value, column: &Column) -> Option<String> {
    let text = column.converted(value).text?;
    if column.kind != Kind::Json {
        return Some(text);
    }
    // JSONB keeps neither spaces nor the order of members.
    Some(serde_json::from_str::<serde_json::Value>(&text).map_or(text, |json| json.to_string()))
}

/// Of one row; NULL and an empty text differ.
fn checksum(forms: &[Option<String>]) -> Checksum {
    let mut hash = Sha256::new();
    for form in forms {
        match form {
            None => hash.update([0]),
            Some(text) => {
                hash.update([1]);
                hash.update(text.len().to_le_bytes());
                hash.update(text.as_bytes());
            }
        }
    }
    let whole = hash.finalize();
    let mut half = Checksum::default();
    half.copy_from_slice(&whole[..16]);
    half
}
