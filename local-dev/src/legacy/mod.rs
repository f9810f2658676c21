//! Taking over the data of the legacy server: `muster legacy import`. Everything happens in one transaction of the target;
//! keys, timestamps, password hashes and file addresses stay as they are. Rows that break a rule of the target are set
//! aside in `muster.orphans` with their content, never dropped.

mod checksum;
mod convert;
mod files;
mod load;
mod mysql;
mod postgres;
mod report;
mod sqlite;
mod tables;

use std::fmt;
use std::path::PathBuf;

use shared::{config::Own, system::LegacyTables};
use tokio::sync::mpsc;
use tokio_postgres::{Client, Transaction};

use convert::Value;
use mysql::MysqlReader;
use postgres::PostgresReader;
use sqlite::SqliteReader;
use tables::{Target, quoted};

pub use files::{FilesReport, import_files};
pub use report::{Finding, Report, TableReport};

/// Rows handed over at a time; what is in memory stays bounded.
const BATCH_ROWS: usize = 500;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Batches = mpsc::Receiver<Result<Vec<Vec<Value>>, BoxError>>;

/// Where the legacy data comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// A database file of the SQLite edition.
    Sqlite(PathBuf),
    /// Address of a database of the PostgreSQL edition.
    Postgres(String),
    /// Address of a database of the MySQL edition.
    Mysql(String),
}

impl Source {
    /// Reads `sqlite:FILE`, `postgres://...` or `mysql://...`.
    pub fn parse(text: &str) -> Result<Self, ImportError> {
        if let Some(file) = text.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(PathBuf::from(file.strip_prefix("//").unwrap_or(file))));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        if text.starts_with("mysql://") {
            return Ok(Self::Mysql(text.to_owned()));
        }
        Err(ImportError::UnknownSource(text.to_owned()))
    }
}

/// What may happen to rows that are in the target already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// Refuse when anybody has entered anything; settings made by a fresh start give way.
    IntoEmpty,
    /// Delete all rows of the legacy tables first.
    Replace,
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum ImportError {
    /// None of `sqlite:`, `postgres://`, `mysql://`.
    UnknownSource(String),
    /// The source is no database of the legacy server.
    NoLegacyTables,
    /// The target has data that an import would mix with.
    NotEmpty(
        /// Tables, and their rows.
        Vec<(&'static str, i64)>,
    ),
    /// The target lacks a table the source has.
    MissingTable(String),
    /// Several rows of the source have the same key.
    Duplicates {
        /// The table.
        table: String,
        /// The columns of the key.
        columns: String,
        /// Some of the keys.
        examples: String,
    },
    /// A database or the file failed; the text says which statement or value.
    Failed(BoxError),
}

impl fmt::Display for ImportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownSource(text) => {
                write!(
                    formatter,
                    "`{text}` is no source: write sqlite:FILE, postgres://USER:PASSWORD@HOST/DATABASE or \
                     mysql://USER:PASSWORD@HOST/DATABASE"
                )
            }
            Self::NoLegacyTables => {
                write!(formatter, "the source holds none of the tables of the legacy server")
            }
            Self::NotEmpty(counts) => {
                let rows: Vec<String> =
                    counts.iter().map(|(table, rows)| format!("{rows} {table}")).collect();
                write!(
                    formatter,
                    "the target already has {}; nothing was changed. Use --replace to delete them and import",
                    rows.join(" and ")
                )
            }
            Self::MissingTable(table) => {
                write!(formatter, "the target has no table {table}: run the migrations first")
            }
            Self::Duplicates { table, columns, examples } => write!(
                formatter,
                "several rows of {table} have the same {columns} ({examples}); nothing was changed. \
                 Repair the source and import again"
            ),
            Self::Failed(error) => {
                write!(formatter, "the import failed and nothing was changed: {error}")?;
                // The database's own words are one level down.
                error.source().map_or(Ok(()), |cause| write!(formatter, ": {cause}"))
            }
        }
    }
}

impl std::error::Error for ImportError {}

impl From<BoxError> for ImportError {
    fn from(error: BoxError) -> Self {
        Self::Failed(error)
    }
}

impl From<tokio_postgres::Error> for ImportError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// One table of the source.
#[derive(Clone, Debug)]
struct SourceTable {
    name: String,
    columns: Vec<String>,
    /// The highest id ever given out, also to rows that are gone.
    last_id: Option<i64>,
}

/// A source that is open for the whole import, in one snapshot.
enum Reader {
    Sqlite(SqliteReader),
    Postgres(PostgresReader),
    Mysql(MysqlReader),
}

impl Reader {
    async fn open(source: Source) -> Result<Self, BoxError> {
        match source {
            Source::Sqlite(file) => SqliteReader::open(&file).map(Self::Sqlite),
            Source::Postgres(address) => PostgresReader::open(&address).await.map(Self::Postgres),
            Source::Mysql(address) => MysqlReader::open(&address).await.map(Self::Mysql),
        }
    }

    async fn tables(&self) -> Result<Vec<SourceTable>, BoxError> {
        match self {
            Self::Sqlite(reader) => reader.tables(),
            Self::Postgres(reader) => reader.tables().await,
            Self::Mysql(reader) => reader.tables().await,
        }
    }

    fn rows(&self, table: &str, columns: &[String]) -> Batches {
        match self {
            Self::Sqlite(reader) => reader.rows(table, columns),
            Self::Postgres(reader) => reader.rows(table, columns),
            Self::Mysql(reader) => reader.rows(table, columns),
        }
    }
}

/// Where rows go that cannot be imported, and the original of values that could not be kept.
const PREPARE_ORPHANS: &str = "CREATE SCHEMA IF NOT EXISTS muster;
    CREATE TABLE IF NOT EXISTS muster.orphans (table_name text, column_name text, row_key text, row jsonb);
    SELECT set_config('muster.system', 'legacy import', true)";

/// Copies all legacy tables into the target, all or nothing. The target must have been migrated.
pub async fn import(
    legacy: &LegacyTables,
    own: &Own,
    source: Source,
    target: &mut Client,
    mode: Mode,
) -> Result<Report, ImportError> {
    let reader = Reader::open(source).await?;
    let source_tables = reader.tables().await?;
    if !source_tables.iter().any(|table| legacy.tables.contains(&table.name.as_str())) {
        return Err(ImportError::NoLegacyTables);
    }
    let transaction = target.transaction().await?;
    let targets = prepare(&transaction, legacy, &source_tables, mode).await?;
    let mut report = Report::default();
    for target in &targets {
        let source = source_tables.iter().find(|table| table.name == target.name);
        report.add(load::load(&transaction, &reader, source, target).await?);
    }
    for (target, told) in targets.iter().zip(&mut report.tables) {
        if let Some(source) = source_tables.iter().find(|table| table.name == target.name) {
            checksum::verify(&transaction, &reader, source, target, told).await?;
        }
    }
    load::finish(&transaction, legacy, own, &source_tables, &targets).await?;
    for target in &targets {
        switch_triggers(&transaction, target.name, "ENABLE").await?;
    }
    transaction.commit().await?;
    let known = |table: &&SourceTable| legacy.tables.contains(&table.name.as_str());
    report.unknown_tables =
        source_tables.iter().filter(|table| !known(table)).map(|table| table.name.clone()).collect();
    Ok(report)
}

/// Checks the target, empties it, and keeps its triggers quiet: the source brings its own audit rows and events.
async fn prepare(
    transaction: &Transaction<'_>,
    legacy: &LegacyTables,
    source_tables: &[SourceTable],
    mode: Mode,
) -> Result<Vec<Target>, ImportError> {
    let mut targets = Vec::new();
    for name in legacy.tables.iter().copied() {
        match Target::read(transaction, legacy, name).await? {
            Some(target) => targets.push(target),
            None if source_tables.iter().any(|table| table.name == name) => {
                return Err(ImportError::MissingTable(name.to_owned()));
            }
            None => {}
        }
    }
    if mode == Mode::IntoEmpty {
        let mut counts = Vec::new();
        for table in legacy.occupied {
            let count = format!("SELECT count(*) FROM public.{}", quoted(table));
            counts.push((*table, transaction.query_one(&count, &[]).await?.get(0)));
        }
        if counts.iter().any(|(_, rows)| *rows > 0) {
            return Err(ImportError::NotEmpty(counts));
        }
    }
    transaction.batch_execute(PREPARE_ORPHANS).await?;
    // Children first. Deleting, not truncating: tables that point here keep what their own rules keep.
    for target in targets.iter().rev() {
        switch_triggers(transaction, target.name, "DISABLE").await?;
        transaction.batch_execute(&format!("DELETE FROM public.{}", quoted(target.name))).await?;
    }
    Ok(targets)
}

async fn switch_triggers(
    transaction: &Transaction<'_>,
    table: &str,
    switch: &str,
) -> Result<(), ImportError> {
    let statement = format!("ALTER TABLE public.{} {switch} TRIGGER USER", quoted(table));
    Ok(transaction.batch_execute(&statement).await?)
}

#[cfg(test)]
mod tests;
