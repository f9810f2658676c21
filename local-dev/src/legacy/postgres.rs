//! The PostgreSQL edition of the legacy server as a source. Reads in one snapshot; every value arrives as text.

use std::sync::Arc;

use futures_util::TryStreamExt;
use tokio::sync::mpsc;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};

use super::convert::Value;
use super::tables::quoted;
use super::{BATCH_ROWS, Batches, BoxError, SourceTable};

/// A connection with an open snapshot.
pub(super) struct PostgresReader {
    client: Arc<Client>,
}

/// The forms in which text must arrive, and the snapshot.
const PREPARE_SESSION: &str = "SET DateStyle = 'ISO, YMD'; SET TimeZone = 'UTC'; SET extra_float_digits = 1;
    BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Tables of the schema `public` with their columns.
const TABLES: &str = "SELECT c.relname::text,
        array_agg(a.attname::text ORDER BY a.attnum),
        pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname),
            (array_agg(a.attname::text ORDER BY a.attnum))[1])
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
    GROUP BY n.nspname, c.relname
    ORDER BY c.relname";

impl PostgresReader {
    /// Connects; with TLS when the address asks for it by `sslmode=require`.
    pub(super) async fn open(address: &str) -> Result<Self, BoxError> {
        let config: Config = address.parse()?;
        let client = if config.get_ssl_mode() == SslMode::Require {
            let (client, connection) = config.connect(tls()?).await?;
            tokio::spawn(connection);
            client
        } else {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(connection);
            client
        };
        client.batch_execute(PREPARE_SESSION).await?;
        Ok(Self { client: Arc::new(client) })
    }

    /// Every table with its columns and the highest id it ever gave out.
    pub(super) async fn tables(&self) -> Result<Vec<SourceTable>, BoxError> {
        let mut tables = Vec::new();
        for row in self.client.query(TABLES, &[]).await? {
            let sequence: Option<String> = row.get(2);
            let last_id = match sequence {
                None => None,
                // The name comes quoted from the catalogue.
                Some(sequence) => {
                    let query = format!("SELECT CASE WHEN is_called THEN last_value END FROM {sequence}");
                    self.client.query_one(&query, &[]).await?.get(0)
                }
            };
            tables.push(SourceTable { name: row.get(0), columns: row.get(1), last_id });
        }
        Ok(tables)
    }

    /// Streams the rows of one table.
    pub(super) fn rows(&self, table: &str, columns: &[String]) -> Batches {
        let (sender, receiver) = mpsc::channel(2);
        let columns: Vec<String> = columns.iter().map(|column| format!("{}::text", quoted(column))).collect();
        let query = format!("SELECT {} FROM public.{}", columns.join(", "), quoted(table));
        let client = Arc::clone(&self.client);
        tokio::spawn(async move {
            if let Err(error) = send_rows(&client, &query, &sender).await {
                // Nobody listens when the import has failed already.
                let _ = sender.send(Err(error)).await;
            }
        });
        receiver
    }
}

type Sender = mpsc::Sender<Result<Vec<Vec<Value>>, BoxError>>;

async fn send_rows(client: &Client, query: &str, sender: &Sender) -> Result<(), BoxError> {
    let rows = client.query_raw(query, std::iter::empty::<&str>()).await?;
    let mut rows = std::pin::pin!(rows);
    let mut batch = Vec::with_capacity(BATCH_ROWS);
    while let Some(row) = rows.try_next().await? {
        let value = |column| row.get::<usize, Option<String>>(column).map_or(Value::Null, Value::Text);
        batch.push((0..row.len()).map(value).collect());
        if batch.len() == BATCH_ROWS {
            sender.send(Ok(std::mem::take(&mut batch))).await?;
        }
    }
    sender.send(Ok(batch)).await?;
    Ok(())
}

/// TLS that trusts the public certificate authorities.
fn tls() -> Result<tokio_postgres_rustls::MakeRustlsConnect, BoxError> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(tokio_postgres_rustls::MakeRustlsConnect::new(config))
}
