//! A MySQL or MariaDB database as a source. Reads in one snapshot; numbers, text and times arrive as the server types them.

use std::sync::Arc;

use mysql_async::{Conn, Opts, Row, Value as Cell, prelude::Queryable};
use tokio::sync::{Mutex, mpsc};

use super::convert::Value;
use super::{BATCH_ROWS, Batches, BoxError, SourceTable};

/// A connection with an open snapshot.
pub(super) struct MysqlReader {
    connection: Arc<Mutex<Conn>>,
}

/// Times are stored in UTC by Django and read as they are.
const PREPARE_SESSION: [&str; 3] = [
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "SET time_zone = '+00:00'",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
];

const TABLES: &str = "SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position";

impl MysqlReader {
    /// Connects to `mysql://USER:PASSWORD@HOST/DATABASE`; with TLS when the address says `require_ssl=true`.
    pub(super) async fn open(address: &str) -> Result<Self, BoxError> {
        let mut connection = Conn::new(Opts::from_url(address)?).await?;
        for statement in PREPARE_SESSION {
            connection.query_drop(statement).await?;
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Every table with its columns.
    pub(super) async fn tables(&self) -> Result<Vec<SourceTable>, BoxError> {
        let found: Vec<(String, String)> = self.connection.lock().await.query(TABLES).await?;
        let mut tables: Vec<SourceTable> = Vec::new();
        for (name, column) in found {
            match tables.last_mut().filter(|table| table.name == name) {
                Some(table) => table.columns.push(column),
                None => tables.push(SourceTable { name, columns: vec![column], last_id: None }),
            }
        }
        Ok(tables)
    }

    /// Streams the rows of one table.
    pub(super) fn rows(&self, table: &str, columns: &[String]) -> Batches {
        let (sender, receiver) = mpsc::channel(2);
        let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
        let query = format!("SELECT {} FROM {}", columns.join(", "), quoted(table));
        let connection = Arc::clone(&self.connection);
        tokio::spawn(async move {
            if let Err(error) = send_rows(&mut *connection.lock().await, &query, &sender).await {
                // Nobody listens when the import has failed already.
                let _ = sender.send(Err(error)).await;
            }
        });
        receiver
    }
}

type Sender = mpsc::Sender<Result<Vec<Vec<Value>>, BoxError>>;

async fn send_rows(connection: &mut Conn, query: &str, sender: &Sender) -> Result<(), BoxError> {
    let mut result = connection.query_iter(query).await?;
    let mut batch = Vec::with_capacity(BATCH_ROWS);
    while let Some(row) = result.next().await? {
        batch.push(Row::unwrap(row).into_iter().map(value).collect());
        if batch.len() == BATCH_ROWS {
            sender.send(Ok(std::mem::take(&mut batch))).await?;
        }
    }
    sender.send(Ok(batch)).await?;
    Ok(())
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::NULL => Value::Null,
        Cell::Int(number) => Value::Integer(number),
        Cell::UInt(number) => i64::try_from(number).map_or(Value::Text(number.to_string()), Value::Integer),
        Cell::Float(number) => Value::Real(number.into()),
        Cell::Double(number) => Value::Real(number),
        Cell::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Value::Text(text),
            Err(wrong) => Value::Blob(wrong.into_bytes()),
        },
        Cell::Date(year, month, day, hour, minute, second, micros) => Value::Text(format!(
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{micros:06}"
        )),
        Cell::Time(..) => Value::Text(cell.as_sql(true)),
    }
}

/// A name as MySQL quotes it.
fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
