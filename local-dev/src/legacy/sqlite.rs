//! The SQLite edition of the legacy server as a source. Reads in one transaction, off the async threads.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::mpsc;

use super::convert::Value;
use super::tables::quoted;
use super::{BATCH_ROWS, Batches, BoxError, SourceTable};

/// An open database file.
pub(super) struct SqliteReader {
    connection: Arc<Mutex<Connection>>,
}

impl SqliteReader {
    /// Opens the file for reading only.
    pub(super) fn open(file: &Path) -> Result<Self, BoxError> {
        if !file.is_file() {
            return Err(format!("there is no file {}", file.display()).into());
        }
        let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let connection = if connection.execute_batch("BEGIN; SELECT count(*) FROM sqlite_master").is_ok() {
            connection
        } else {
            // A file in write-ahead mode on a read-only medium: nobody else can be writing to it.
            let path = file
                .canonicalize()?
                .to_string_lossy()
                .replace('%', "%25")
                .replace('?', "%3f")
                .replace('#', "%23");
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            let connection = Connection::open_with_flags(format!("file:{path}?immutable=1"), flags)?;
            connection.execute_batch("BEGIN")?;
            connection
        };
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Every table with its columns and the highest id it ever gave out.
    pub(super) fn tables(&self) -> Result<Vec<SourceTable>, BoxError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut names = connection.prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        )?;
        let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut tables = Vec::with_capacity(names.len());
        for name in names {
            let mut columns = connection.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
            let columns = columns.query_map([&name], |row| row.get(0))?.collect::<Result<_, _>>()?;
            // The table of sequences is missing as long as no table counts.
            let last_id = connection
                .query_row("SELECT max(seq) FROM sqlite_sequence WHERE name = ?1", [&name], |row| row.get(0))
                .unwrap_or_default();
            tables.push(SourceTable { name, columns, last_id });
        }
        Ok(tables)
    }

    /// Streams the rows of one table.
    pub(super) fn rows(&self, table: &str, columns: &[String]) -> Batches {
        let (sender, receiver) = mpsc::channel(2);
        let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
        let query = format!("SELECT {} FROM {}", columns.join(", "), quoted(table));
        let connection = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = send_rows(&connection, &query, columns.len(), &sender) {
                // Nobody listens when the import has failed already.
                let _ = sender.blocking_send(Err(error));
            }
        });
        receiver
    }
}

type Sender = mpsc::Sender<Result<Vec<Vec<Value>>, BoxError>>;

fn send_rows(connection: &Connection, query: &str, width: usize, sender: &Sender) -> Result<(), BoxError> {
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    let mut batch = Vec::with_capacity(BATCH_ROWS);
    while let Some(row) = rows.next()? {
        let values: Result<_, rusqlite::Error> =
            (0..width).map(|column| Ok(value(row.get_ref(column)?))).collect();
        batch.push(values?);
        if batch.len() == BATCH_ROWS {
            sender.blocking_send(Ok(std::mem::take(&mut batch)))?;
        }
    }
    sender.blocking_send(Ok(batch))?;
    Ok(())
}

fn value(found: ValueRef<'_>) -> Value {
    match found {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Blob(text.to_vec()),
        },
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}
