//! Keys that an installation draws for itself.

use super::{Change, Db, Sql};
use crate::{Result, error::internal, sql};

const FIND: Sql = sql!("SELECT value FROM muster.secrets WHERE name = $1");

/// A key as a transaction sees it.
pub(crate) struct Secret {
    /// Its bytes.
    pub key: Vec<u8>,
    /// Whether it stays whatever becomes of the transaction. One that the transaction itself has drawn must not be remembered:
    /// if it is rolled back, the next one draws another.
    pub stored: bool,
}

impl Db {
    /// A key of this installation; whoever needs it first stores one that `draw` makes. For callers that hold no connection.
    pub(crate) async fn secret(&self, name: &str, draw: impl FnOnce() -> [u8; 32]) -> Result<Vec<u8>> {
        let found = self.read().await?.one(FIND, &[&name]).await?;
        if let Some(key) = found {
            return Ok(key);
        }
        let mut change = self.change_for_system("a first key").await?;
        let drawn = change.secret(name, draw).await?;
        change.commit().await?;
        Ok(drawn.key)
    }
}

impl Change {
    /// The same over the connection of this transaction, for callers that hold it already.
    pub(crate) async fn secret(&mut self, name: &str, draw: impl FnOnce() -> [u8; 32]) -> Result<Secret> {
        if let Some(key) = self.one(FIND, &[&name]).await? {
            return Ok(Secret { key, stored: !self.draws_secrets() });
        }
        let keep =
            sql!("INSERT INTO muster.secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
        self.note_drawn_secret();
        self.execute(keep, &[&name, &draw().as_slice()]).await?;
        // Another process may have been first.
        let key = self.one(FIND, &[&name]).await?.ok_or_else(|| internal("a stored key vanished"))?;
        Ok(Secret { key, stored: false })
    }
}
