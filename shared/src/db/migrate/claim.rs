//! Which system a database belongs to: two would count the users, sessions and jobs of the other as their own.

use tokio_postgres::Client;

use crate::{
    Error, Result,
    error::Kind,
    sql,
    system::{LegacyTables, System},
};

/// What a database says about whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody's: it has no tables of ours.
    Nobody,
    /// The system of this name has claimed it.
    Claimed(String),
    /// The system of this name has been migrated in it, before databases were claimed.
    Migrated(String),
}

impl Owner {
    /// The name of the system, if there is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Nobody => None,
            Self::Claimed(name) | Self::Migrated(name) => Some(name),
        }
    }
}

/// Whose database this is.
pub async fn owner(client: &Client) -> Result<Owner> {
    let meta = sql!("SELECT to_regclass('muster.meta') IS NOT NULL");
    if client.query_one(meta.text(), &[]).await?.get(0) {
        let claimed = sql!("SELECT value FROM muster.meta WHERE key = 'system'");
        if let Some(row) = client.query_opt(claimed.text(), &[]).await? {
            return Ok(Owner::Claimed(row.get(0)));
        }
    }
    let migrated = sql!(
        "SELECT substr(c.relname, length('migrations_') + 1) FROM pg_class c
         WHERE c.relnamespace = to_regnamespace('muster') AND c.relkind = 'r'
           AND c.relname LIKE 'migrations\\_%' AND c.relname <> 'migrations_shared'
         ORDER BY c.relname LIMIT 1"
    );
    let row = client.query_opt(migrated.text(), &[]).await?;
    Ok(row.map_or(Owner::Nobody, |row| Owner::Migrated(row.get(0))))
}

/// Whether a database that nobody has claimed is one of the legacy server that a system replaces.
pub async fn is_legacy(client: &Client, legacy: &LegacyTables) -> Result<bool> {
    let all = sql!(
        "SELECT count(*) = cardinality($1) FROM unnest($1::text[]) AS mark WHERE to_regclass('public.' || mark) IS NOT NULL"
    );
    let row = client.query_one(all.text(), &[&legacy.marks]).await?;
    Ok(!legacy.marks.is_empty() && row.get(0))
}

/// Refuses a database that belongs to another system.
pub async fn check(client: &Client, system: &System) -> Result<()> {
    match owner(client).await?.name() {
        Some(name) if name != system.migrations.name => Err(taken(name, system)),
        _ => Ok(()),
    }
}

/// Notes that the database is this system's. The tables of Muster must be there, and the caller the only one who migrates.
pub async fn claim(client: &Client, system: &System) -> Result<()> {
    check(client, system).await?;
    let note =
        sql!("INSERT INTO muster.meta (key, value) VALUES ('system', $1) ON CONFLICT (key) DO NOTHING");
    client.execute(note.text(), &[&system.migrations.name]).await?;
    Ok(())
}

fn taken(name: &str, system: &System) -> Error {
    let sentence = format!(
        "the database belongs to the system {name}: {} needs one of its own, set {}",
        system.name,
        system.variable("DATABASE_URL")
    );
    Error::new(Kind::Conflict, "database_of_another_system", sentence)
}
