//! Databases as the legacy server left them, restored from its dumps.

use bytes::Bytes;
use tests::cluster::{self, Database, SETS};
use tokio_postgres::Client;

/// A repaired database, with every column the last legacy server knew.
pub const REPAIRED: &str = include_str!("recordings/legacy.sql");

/// The same data as a production database has it that nobody ever repaired.
pub const UNREPAIRED: &str = include_str!("recordings/legacy-unrepaired.sql");

/// A database with the data of the recordings, adopted: what each group of recorded lines starts from.
pub async fn adopted() -> Database {
    let template = cluster::template("legacy", REPAIRED, |url| async move {
        restore(&cluster::connect(&url).await, REPAIRED).await;
        let mut client = cluster::connect(&url).await;
        shared::db::migrate::migrate(&mut client, &SETS).await.expect("the legacy database is adopted");
    });
    Database::clone_of(&template.await).await
}

/// Runs a plain dump of `pg_dump`: statements, and `COPY` blocks that end with `\.`.
pub async fn restore(client: &Client, dump: &str) {
    let mut statements = String::new();
    let mut lines = dump.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("COPY ") && line.ends_with("FROM stdin;") {
            run(client, &std::mem::take(&mut statements)).await;
            let rows: Vec<&str> = lines.by_ref().take_while(|line| *line != r"\.").collect();
            copy(client, line, &rows).await;
        } else if !line.starts_with('\\') {
            // Lines with a backslash are commands of psql.
            statements.push_str(line);
            statements.push('\n');
        }
    }
    run(client, &statements).await;
}

async fn run(client: &Client, statements: &str) {
    client.batch_execute(statements).await.expect("the dump's statements run");
}

async fn copy(client: &Client, statement: &str, rows: &[&str]) {
    let mut text = rows.join("\n");
    if !rows.is_empty() {
        text.push('\n');
    }
    let sink = client.copy_in(statement).await.expect("the dump's COPY begins");
    tokio::pin!(sink);
    futures_util::SinkExt::send(&mut sink, Bytes::from(text)).await.expect("the rows are sent");
    sink.as_mut().finish().await.expect("the rows are taken");
}
