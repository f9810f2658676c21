//! Keys that an installation draws for itself.

use super::Db;
use crate::{Result, error::internal, sql};

impl Db {
    /// A key of this installation; whoever needs it first stores one that `draw` makes.
    pub async fn secret(&self, name: &str, draw: impl FnOnce() -> [u8; 32]) -> Result<Vec<u8>> {
        let find = sql!("SELECT value FROM muster.secrets WHERE name = $1");
        if let Some(key) = self.read().await?.one(find, &[&name]).await? {
            return Ok(key);
        }
        let mut change = self.change_for_system("a first key").await?;
        let keep =
            sql!("INSERT INTO muster.secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
        change.execute(keep, &[&name, &draw().as_slice()]).await?;
        // Another process may have been first.
        let key = change.one(find, &[&name]).await?;
        change.commit().await?;
        key.ok_or_else(|| internal("a stored key vanished"))
    }
}
