//! Loading one table: rows are streamed into a temporary table without rules, rows that break a rule of the target are
//! set aside there by set operations, and the rest moves into place.

use std::io::Cursor;

use futures_util::SinkExt;
use shared::{config::Own, system::LegacyTables};
use tokio_postgres::{CopyInSink, Transaction};

use super::convert::{Converted, Value};
use super::tables::{Column, Target, quoted};
use super::{BoxError, Finding, ImportError, Reader, SourceTable, TableReport};

/// Bytes sent to the target at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// Loads one table and tells what happened. A table the source lacks stays empty.
pub(super) async fn load(
    transaction: &Transaction<'_>,
    reader: &Reader,
    source: Option<&SourceTable>,
    target: &Target,
) -> Result<TableReport, ImportError> {
    let mut report =
        TableReport { name: target.name.to_owned(), is_missing: source.is_none(), ..TableReport::default() };
    let Some(source) = source else {
        return Ok(report);
    };
    let is_known = |name: &&String| target.columns.iter().any(|column| column.name == **name);
    report.unknown_columns = source.columns.iter().filter(|name| !is_known(name)).cloned().collect();
    let (columns, missing): (Vec<&Column>, Vec<&Column>) =
        target.columns.iter().partition(|column| source.columns.contains(&column.name));
    report.missing_columns = missing.iter().map(|column| column.name.clone()).collect();

    let stage = Stage { transaction, target, columns: &columns };
    let list = stage.column_list();
    let name = quoted(target.name);
    transaction
        .batch_execute(&format!(
            "CREATE TEMPORARY TABLE stage ON COMMIT DROP AS SELECT {list} FROM public.{name} WITH NO DATA"
        ))
        .await?;
    stage.fill(reader, &mut report).await?;
    stage.set_aside(&mut report).await?;
    stage.refuse_duplicates().await?;
    if let Some(statement) = target.adjust {
        transaction.batch_execute(statement).await?;
    }
    let (added, values) = stage.computed();
    let insert = format!("INSERT INTO public.{name} ({list}{added}) SELECT {list}{values} FROM stage");
    report.imported = transaction.execute(&insert, &[]).await?;
    transaction.batch_execute("DROP TABLE stage").await?;
    if report.imported + report.quarantined != report.source {
        return Err(ImportError::Failed(format!("rows of {} went missing", target.name).into()));
    }
    Ok(report)
}

/// The temporary table of one load.
struct Stage<'a> {
    transaction: &'a Transaction<'a>,
    target: &'a Target,
    /// Columns both sides have.
    columns: &'a [&'a Column],
}

impl Stage<'_> {
    fn column_list(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }

    /// Columns that only the target has, and what they are computed from, each after a comma.
    fn computed(&self) -> (String, String) {
        let computed = self.target.computed.iter().filter(|computed| !self.has(computed.column));
        let parts = computed
            .map(|computed| (format!(", {}", quoted(computed.column)), format!(", ({})", computed.fill)));
        parts.unzip()
    }

    fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// Streams the rows of the source into the stage, then notes the values that could not be kept.
    async fn fill(&self, reader: &Reader, report: &mut TableReport) -> Result<(), ImportError> {
        let names: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        let mut batches = reader.rows(self.target.name, &names);
        let copy = format!("COPY stage ({}) FROM STDIN", self.column_list());
        let sink: CopyInSink<Cursor<Vec<u8>>> = self.transaction.copy_in(&copy).await?;
        let mut sink = std::pin::pin!(sink);
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        while let Some(batch) = batches.recv().await {
            for row in batch? {
                report.source += 1;
                self.encode(&row, &mut chunk, &mut report.findings);
                if chunk.len() >= CHUNK_BYTES {
                    sink.send(Cursor::new(std::mem::take(&mut chunk))).await?;
                }
            }
        }
        sink.send(Cursor::new(chunk)).await?;
        sink.as_mut().finish().await?;
        for finding in &report.findings {
            self.note(finding).await?;
        }
        Ok(())
    }

    /// One row as a line of PostgreSQL's text format.
    fn encode(&self, row: &[Value], chunk: &mut Vec<u8>, findings: &mut Vec<Finding>) {
        for (position, (value, column)) in row.iter().zip(self.columns).enumerate() {
            if position > 0 {
                chunk.push(b'\t');
            }
            let Converted { text, is_faithful } = column.converted(value);
            if !is_faithful {
                let key = self.columns.iter().position(|column| column.name == self.target.key);
                findings.push(Finding {
                    key: key.and_then(|key| row.get(key)?.to_text()).unwrap_or_default(),
                    column: column.name.clone(),
                    original: value.to_text().unwrap_or_default().replace('\0', "\u{fffd}"),
                });
            }
            match text {
                Some(text) => escape(&text, chunk),
                None => chunk.extend_from_slice(b"\\N"),
            }
        }
        chunk.push(b'\n');
    }

    async fn note(&self, finding: &Finding) -> Result<(), ImportError> {
        let insert = "INSERT INTO muster.orphans (table_name, column_name, row_key, row)
            VALUES ($1, $2, $3, jsonb_build_object('original', $4::text))";
        self.transaction
            .execute(insert, &[&self.target.name, &finding.column, &finding.key, &finding.original])
            .await?;
        Ok(())
    }

    /// Moves rows out of the stage that lack a required value, break a check or point to nothing.
    async fn set_aside(&self, report: &mut TableReport) -> Result<(), ImportError> {
        for column in self.columns.iter().filter(|column| column.is_required) {
            let broken = format!("{} IS NULL", quoted(&column.name));
            report.quarantined += self.keep(&column.name, &broken, "DELETE FROM stage").await?;
        }
        for check in self.target.checks.iter().filter(|check| check.columns.iter().all(|name| self.has(name)))
        {
            let broken = format!("NOT ({})", check.condition);
            report.quarantined += self.keep(&check.name, &broken, "DELETE FROM stage").await?;
        }
        for key in self.target.foreign_keys.iter().filter(|key| self.has(&key.column)) {
            let column = quoted(&key.column);
            let broken = format!(
                "{column} IS NOT NULL AND NOT EXISTS (SELECT FROM public.{} parent WHERE parent.{} = stage.{column})",
                quoted(&key.parent),
                quoted(&key.parent_column)
            );
            if key.may_be_emptied {
                let empty = format!("UPDATE stage SET {column} = NULL");
                report.detached += self.keep(&key.column, &broken, &empty).await?;
            } else {
                report.quarantined += self.keep(&key.column, &broken, "DELETE FROM stage").await?;
            }
        }
        Ok(())
    }

    /// Copies the rows under a condition into `muster.orphans`, then changes or removes them in the stage.
    async fn keep(&self, column: &str, broken: &str, change: &str) -> Result<u64, ImportError> {
        let key = self.target.key;
        let key = if self.has(key) { format!("stage.{}::text", quoted(key)) } else { "NULL".to_owned() };
        let insert = format!(
            "INSERT INTO muster.orphans (table_name, column_name, row_key, row)
             SELECT $1, $2, {key}, to_jsonb(stage) FROM stage WHERE {broken}"
        );
        let kept = self.transaction.execute(&insert, &[&self.target.name, &column]).await?;
        if kept > 0 {
            self.transaction.execute(&format!("{change} WHERE {broken}"), &[]).await?;
        }
        Ok(kept)
    }

    /// Two rows with one key: only a person can tell which is right.
    async fn refuse_duplicates(&self) -> Result<(), ImportError> {
        for key in self.target.keys.iter().filter(|key| key.iter().all(|name| self.has(name))) {
            let columns = key.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
            let required = key.iter().map(|name| format!("{} IS NOT NULL", quoted(name))).collect::<Vec<_>>();
            let query = format!(
                "SELECT concat_ws(' / ', {columns}) FROM stage WHERE {} GROUP BY {columns} HAVING count(*) > 1 LIMIT 5",
                required.join(" AND ")
            );
            let doubled = self.transaction.query(&query, &[]).await?;
            if !doubled.is_empty() {
                let examples: Vec<String> = doubled.iter().map(|row| row.get(0)).collect();
                let table = self.target.name.to_owned();
                return Err(ImportError::Duplicates {
                    table,
                    columns: key.join(", "),
                    examples: examples.join("; "),
                });
            }
        }
        Ok(())
    }
}

/// After all tables: totals the source never had, sequences, statistics for the planner.
pub(super) async fn finish(
    transaction: &Transaction<'_>,
    legacy: &LegacyTables,
    own: &Own,
    source_tables: &[SourceTable],
    targets: &[Target],
) -> Result<(), ImportError> {
    for derived in legacy.derived {
        let source = source_tables.iter().find(|table| table.name == derived.table);
        if source.is_some_and(|table| !table.columns.iter().any(|column| column == derived.column)) {
            transaction.batch_execute(derived.fill).await?;
        }
    }
    if let Some(complete) = legacy.complete {
        for (name, value) in (complete.parameters)(own).map_err(BoxError::from)? {
            transaction.execute("SELECT set_config($1, $2, true)", &[&name, &value]).await?;
        }
        transaction.batch_execute(complete.statements).await?;
    }
    for target in targets.iter().filter(|target| target.counts()) {
        // Ids of deleted rows are not given out again: logs still name them.
        let last_id =
            source_tables.iter().find(|table| table.name == target.name).and_then(|table| table.last_id);
        let name = quoted(target.name);
        let query = format!(
            "SELECT setval(pg_get_serial_sequence('public.{name}', 'id'), coalesce(last_id, 1), last_id IS NOT NULL)
             FROM (SELECT greatest(max(id), $1::bigint) AS last_id FROM public.{name}) highest"
        );
        transaction.execute(&query, &[&last_id]).await?;
    }
    for target in targets {
        transaction.batch_execute(&format!("ANALYZE public.{}", quoted(target.name))).await?;
    }
    // The triggers that tell the caches of running processes are off.
    let names: Vec<&str> = targets.iter().map(|target| target.name).collect();
    let tell = "INSERT INTO muster.table_changes (table_name) SELECT unnest($1::text[])";
    transaction.execute(tell, &[&names]).await?;
    Ok(())
}

/// Escapes what has a meaning in PostgreSQL's text format.
fn escape(text: &str, chunk: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\\' => chunk.extend_from_slice(b"\\\\"),
            b'\n' => chunk.extend_from_slice(b"\\n"),
            b'\r' => chunk.extend_from_slice(b"\\r"),
            b'\t' => chunk.extend_from_slice(b"\\t"),
            other => chunk.push(other),
        }
    }
}
