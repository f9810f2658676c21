//! Brings a database to the present schema; for the migrate functions, `muster migrate` and the test database.
//!
//! A system brings its own set of files. Versioned files run once and never change; repeatable files (functions and
//! triggers) run every time, because the legacy server may have replaced them with its own.

use std::error::Error as StdError;
use std::fmt;

use refinery::Runner;
use tokio_postgres::Client;
use tokio_postgres::error::DbError;

use super::schema;
use crate::{Error, config::DatabaseConfig, error::unavailable_because, system::System};

mod claim;

pub use claim::{Owner, check, claim, is_legacy, owner};

mod embedded {
    refinery::embed_migrations!("../migrations/shared");
}

/// Muster's own tables, the same beside every system.
pub static SHARED: MigrationSet = MigrationSet {
    name: "shared",
    versioned: embedded::migrations::runner,
    role: None,
    repeatable: &[
        ("R__account_names.sql", include_str!("../../../migrations/shared/R__account_names.sql")),
        ("R__stored_files.sql", include_str!("../../../migrations/shared/R__stored_files.sql")),
        ("R__table_changes.sql", include_str!("../../../migrations/shared/R__table_changes.sql")),
        ("R__watched_tables.sql", include_str!("../../../migrations/shared/R__watched_tables.sql")),
    ],
};

/// All migrators of one database wait for this number; its digits mean nothing.
const LOCK: &str = "SELECT pg_advisory_lock(7733042518664091)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(7733042518664091)";

/// A change of a table waits for its readers, and everybody else waits behind it: rather fail than stop a running system.
const LIMIT_WAITING: &str = "SET lock_timeout = '30s'";
const UNLIMIT_WAITING: &str = "RESET lock_timeout";

/// IF NOT EXISTS would print a notice at every run and need the right to create schemas even when there is one.
const CREATE_SCHEMA: &str =
    "DO $$ BEGIN IF to_regnamespace('muster') IS NULL THEN CREATE SCHEMA muster; END IF; END $$";

/// The migration files of one system, applied in the order of their version.
#[derive(Debug)]
pub struct MigrationSet {
    /// Lower-case name; the history is kept in `muster.migrations_<name>`.
    pub name: &'static str,
    /// The embedded `V*.sql` files.
    pub versioned: fn() -> Runner,
    /// The role that requests of a system with tenants run as, which its migrations make with `muster.restricted_role`.
    pub role: Option<&'static str>,
    /// The `R__*.sql` files as (file name, text), in the order they are to run.
    pub repeatable: &'static [(&'static str, &'static str)],
}

/// A versioned file that this run has applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Name of the set it belongs to.
    pub set: &'static str,
    /// Number in the file name.
    pub version: i32,
    /// Words in the file name.
    pub name: String,
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:04} {}", self.set, self.version, self.name)
    }
}

/// A migration that PostgreSQL or the history refused. Files before it stay applied, the file itself leaves no trace.
#[derive(Debug)]
pub struct MigrateError {
    step: String,
    source: Box<dyn StdError + Send + Sync>,
}

impl MigrateError {
    fn at<E: Into<Box<dyn StdError + Send + Sync>>>(step: impl Into<String>) -> impl FnOnce(E) -> Self {
        move |source| Self { step: step.into(), source: source.into() }
    }
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.source)?;
        // The words of PostgreSQL itself are at the bottom of the chain, below two wrappers that only say "db error".
        let mut cause = self.source.source();
        while let Some(inner) = cause {
            if let Some(refused) = inner.downcast_ref::<DbError>() {
                write!(f, " ({})", refused.message())?;
            }
            cause = inner.source();
        }
        Ok(())
    }
}

impl StdError for MigrateError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}

/// Brings the configured database to the present schema of `system`, claims it for that system, over a connection of its own: a pooled one may
/// already be in use, and the migration changes settings of its session.
pub async fn run(config: &DatabaseConfig, system: &System) -> Result<Vec<Applied>, Error> {
    if config.is_only_pooled() {
        return Err(unavailable_because(
            "Migrations need an address of the database without a transaction pooler: set DATABASE_DIRECT_URL",
        ));
    }
    let mut client = super::connect(config).await?;
    // Before the first statement: the tables of another system must not get ours.
    claim::check(&client, system).await?;
    let outcome = migrate_for(&mut client, &[&SHARED, system.migrations], Some(system)).await;
    outcome.map_err(Error::from)
}

/// Applies what is missing of each set, in the given order, and answers which versioned files ran.
///
/// Needs a connection of its own that keeps its session (no transaction pooling), made by the owner of the tables. Two
/// migrators of one database wait for each other.
pub async fn migrate(client: &mut Client, sets: &[&MigrationSet]) -> Result<Vec<Applied>, MigrateError> {
    migrate_for(client, sets, None).await
}

async fn migrate_for(
    client: &mut Client,
    sets: &[&MigrationSet],
    system: Option<&System>,
) -> Result<Vec<Applied>, MigrateError> {
    refuse_old_server(client).await?;
    // Before the limit on waiting: the other migration may take longer than that.
    client.batch_execute(LOCK).await.map_err(MigrateError::at("waiting for another migration to end"))?;
    let outcome = migrate_alone(client, sets, system).await;
    let ended = async {
        client.batch_execute(UNLIMIT_WAITING).await?;
        client.batch_execute(UNLOCK).await
    }
    .await;
    // A failed migration is the better answer than the broken connection it may have left.
    let applied = outcome?;
    ended.map_err(MigrateError::at("ending the migration"))?;
    Ok(applied)
}

/// Before the first statement: a server that lacks what a later file uses would leave half a schema.
async fn refuse_old_server(client: &Client) -> Result<(), MigrateError> {
    let step = "looking at the version of the server";
    let answer = client.simple_query("SHOW server_version_num").await.map_err(MigrateError::at(step))?;
    match schema::old_server(&schema::column(&answer, 0), None) {
        Some(old) => Err(MigrateError::at(step)(old.to_string())),
        None => Ok(()),
    }
}

async fn migrate_alone(
    client: &mut Client,
    sets: &[&MigrationSet],
    system: Option<&System>,
) -> Result<Vec<Applied>, MigrateError> {
    client.batch_execute(LIMIT_WAITING).await.map_err(MigrateError::at("limiting the wait for locks"))?;
    client.batch_execute(CREATE_SCHEMA).await.map_err(MigrateError::at("creating the schema muster"))?;
    let mut applied = Vec::new();
    for (place, set) in sets.iter().enumerate() {
        applied.extend(apply_versioned(client, set).await?);
        apply_repeatable(client, set).await?;
        // As soon as there is a table for it: two systems that are migrated at once must not both go on.
        if let (0, Some(system)) = (place, system) {
            claim::claim(client, system).await.map_err(MigrateError::at("claiming the database"))?;
        }
    }
    Ok(applied)
}

async fn apply_versioned(client: &mut Client, set: &MigrationSet) -> Result<Vec<Applied>, MigrateError> {
    let mut runner = (set.versioned)();
    runner.set_migration_table_name(format!("muster.migrations_{}", set.name));
    let report =
        runner.run_async(client).await.map_err(MigrateError::at(format!("migrations of {}", set.name)))?;
    Ok(report
        .applied_migrations()
        .iter()
        .map(|file| Applied { set: set.name, version: file.version(), name: file.name().to_owned() })
        .collect())
}

/// All files in one transaction: readers never see a function without its trigger.
async fn apply_repeatable(client: &mut Client, set: &MigrationSet) -> Result<(), MigrateError> {
    let step = || format!("repeatable files of {}", set.name);
    let transaction = client.transaction().await.map_err(MigrateError::at(step()))?;
    for (file, sql) in set.repeatable {
        transaction.batch_execute(sql).await.map_err(MigrateError::at(format!("{}/{file}", set.name)))?;
    }
    transaction.commit().await.map_err(MigrateError::at(step()))
}
