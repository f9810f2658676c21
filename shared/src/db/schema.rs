//! Whether a database has the schema that this program was written for.

use std::{
    cmp::Ordering,
    fmt,
    sync::{
        OnceLock,
        atomic::{self, AtomicBool},
    },
};

use tokio_postgres::{Client, Error, SimpleQueryMessage, error::SqlState};

use super::{
    Db, Scope,
    migrate::{MigrationSet, SHARED},
};
use crate::{Result, error::unavailable_because, system::System};

/// The oldest server that has what the migrations use, as `server_version_num`.
const OLDEST_SERVER: i32 = 140_000;

/// What a database says about its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// It is the one this program was written for.
    Current,
    /// The migrations have never run.
    Missing,
    /// Migrations have not run yet.
    Older(Difference),
    /// Migrations have run that this program does not know.
    Newer(Difference),
    /// The server is too old; with its version.
    OldServer(String),
}

/// Where a schema differs first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The set of migrations.
    pub set: &'static str,
    /// The newest migration that has run; 0 before the first.
    pub database: i32,
    /// The newest migration that the program knows.
    pub program: i32,
}

impl SchemaState {
    /// What is wrong, and what to do; none when nothing is.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Current => None,
            other => Some(other.to_string()),
        }
    }
}

impl fmt::Display for SchemaState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("The schema of the database is current"),
            Self::Missing => f.write_str("The database has not been migrated: run the migrations"),
            Self::Older(Difference { set, database, program }) => write!(
                f,
                "The schema of the database is older than this program ({set} {database}, needs {program}): run the \
                 migrations"
            ),
            Self::Newer(Difference { set, database, program }) => write!(
                f,
                "The schema of the database is newer than this program ({set} {database}, knows {program}): install the \
                 present version of the program"
            ),
            Self::OldServer(version) => {
                write!(f, "PostgreSQL {version} is too old: 14 or newer is needed")
            }
        }
    }
}

/// Asks a database for its schema, in one round trip that leaves nothing behind. Inside a transaction a schema that is
/// missing ends the transaction.
pub async fn schema_state(client: &Client, system: &System) -> Result<SchemaState, Error> {
    let sets = [&SHARED, system.migrations];
    // The names of sets are words of the program.
    let newest = sets.map(|set| format!("(SELECT max(version) FROM muster.migrations_{})", set.name));
    let ask = format!(
        "SELECT current_setting('server_version_num'), current_setting('server_version'), {}",
        newest.join(", ")
    );
    let answer = match client.simple_query(&ask).await {
        Ok(answer) => answer,
        Err(cause) if is_missing(&cause) => {
            // The version of the server counts first, but not in a transaction that has just ended.
            let Ok(answer) = client.simple_query("SHOW server_version_num").await else {
                return Ok(SchemaState::Missing);
            };
            return Ok(old_server(&column(&answer, 0), None).unwrap_or(SchemaState::Missing));
        }
        Err(cause) => return Err(cause),
    };
    if let Some(old) = old_server(&column(&answer, 0), Some(column(&answer, 1))) {
        return Ok(old);
    }
    for (index, set) in sets.into_iter().enumerate() {
        let database = column(&answer, index + 2).parse().unwrap_or_default();
        let difference = Difference { set: set.name, database, program: newest_known(set) };
        match database.cmp(&difference.program) {
            Ordering::Less => return Ok(SchemaState::Older(difference)),
            Ordering::Greater => return Ok(SchemaState::Newer(difference)),
            Ordering::Equal => {}
        }
    }
    Ok(SchemaState::Current)
}

/// The server's version if it is too old for the migrations.
pub(super) fn old_server(number: &str, version: Option<String>) -> Option<SchemaState> {
    let parsed: i32 = number.parse().unwrap_or(OLDEST_SERVER);
    let version = || version.unwrap_or_else(|| (parsed / 10_000).to_string());
    (parsed < OLDEST_SERVER).then(|| SchemaState::OldServer(version()))
}

fn is_missing(cause: &Error) -> bool {
    let missing = [SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME];
    cause.code().is_some_and(|code| missing.contains(code))
}

pub(super) fn column(answer: &[SimpleQueryMessage], index: usize) -> String {
    let row = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    row.and_then(|row| row.get(index)).unwrap_or_default().to_owned()
}

fn newest_known(set: &MigrationSet) -> i32 {
    let runner = (set.versioned)();
    runner.get_migrations().iter().map(refinery::Migration::version).max().unwrap_or_default()
}

impl Db {
    /// Says which system's schema the database must have for anything to be written (asked for with the first change), and
    /// as which role its rows are read.
    pub(crate) fn expect_schema(&self, system: &'static System) {
        self.schema().system.get_or_init(|| system);
    }

    /// The role that transactions of the system run as.
    pub(super) fn role(&self) -> Option<&'static str> {
        self.schema().system.get().and_then(|system| system.migrations.role)
    }

    /// Whether a scope needs a transaction.
    pub(super) fn is_scoped(&self, scope: &Scope) -> bool {
        *scope != Scope::None || self.role().is_some()
    }

    /// What is wrong with the schema; none when nothing is, or no schema is expected. Costs a query until it is current.
    pub async fn schema_problem(&self) -> Result<Option<String>> {
        if self.schema().to_check().is_none() {
            return Ok(None);
        }
        let mut held = self.held().await?;
        held.in_statement();
        let checked = self.check_schema(held.object()?).await;
        held.ended();
        Ok(checked?)
    }

    pub(super) async fn check_schema(&self, client: &Client) -> Result<Option<String>, Error> {
        let Some(system) = self.schema().to_check() else { return Ok(None) };
        let state = schema_state(client, system).await?;
        if state == SchemaState::Current {
            self.schema().is_current.store(true, atomic::Ordering::Relaxed);
        }
        Ok(state.problem())
    }
}

/// What a process knows of the schema.
#[derive(Default)]
pub(super) struct Schema {
    system: OnceLock<&'static System>,
    is_current: AtomicBool,
}

impl Schema {
    /// The system whose schema is still to be looked at.
    fn to_check(&self) -> Option<&'static System> {
        let known = self.is_current.load(atomic::Ordering::Relaxed);
        self.system.get().copied().filter(|_| !known)
    }
}

/// 503: what stands in the database is not what this program would write.
pub(super) fn refused(problem: &str) -> crate::Error {
    unavailable_because(format!("Nothing can be saved at present. {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_before_14_are_refused_with_a_sentence() {
        let old = old_server("130015", None).expect("13 is too old");
        assert_eq!(old.to_string(), "PostgreSQL 13 is too old: 14 or newer is needed");
        assert_eq!(old_server("140000", None), None);
        assert_eq!(old_server("180004", None), None);
    }
}
