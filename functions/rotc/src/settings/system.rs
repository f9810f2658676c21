//! The settings of the installation: read through a cache of the process, stored all or none.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::{Actor, Sql},
    row, sql,
};

use super::keys;

const KEPT_AS: &str = "rotc:system:settings:all";

/// How long this process keeps what it has read (requirement 18.7).
const LIFE: Duration = Duration::from_mins(30);

/// Every setting that has a value, its own or the default.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SystemSettings(BTreeMap<String, String>);

impl SystemSettings {
    /// One setting.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// All of them by key, without secrets that somebody has put into the table.
    pub fn into_values(self) -> BTreeMap<String, String> {
        self.0.into_iter().filter(|(key, _)| !keys::is_secret(key)).collect()
    }

    fn of(stored: Vec<(String, Option<String>)>) -> Self {
        let defaults = keys::defaults().map(|(key, value)| (key.to_owned(), value.to_owned()));
        let stored = stored.into_iter().filter_map(|(key, value)| Some((key, value?)));
        Self(defaults.chain(stored).collect())
    }
}

const ALL: Sql = sql!("SELECT key, value FROM system_settings ORDER BY id");

/// The settings, at most half an hour old. A change made in this process shows at once. Takes a connection when
/// nothing is kept: do not call it while one is held.
pub async fn load(app: &App) -> Result<SystemSettings> {
    let make = async {
        let settings = SystemSettings::of(app.db.read().await?.all(ALL, &[]).await?);
        Ok(Bytes::from(serde_json::to_vec(&settings)?))
    };
    let kept = app.cache.answer(KEPT_AS, LIFE, &["system_settings"], make).await?;
    Ok(serde_json::from_slice(&kept.body)?)
}

row! {
    struct Stored {
        key: String,
        created: bool,
    }
}

/// Stores checked values, and returns those keys that are new. A trigger tells clients of each. What is set to the value it has is left alone.
pub async fn store(app: &App, actor: &Actor, wanted: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let (names, values): (Vec<&str>, Vec<&str>) =
        wanted.iter().map(|(key, value)| (key.as_str(), value.as_str())).unzip();
    let mut change = app.db.change(actor).await?;
    // In the order of the keys, so that two changes at once wait for each other.
    let upsert = sql!(
        "INSERT INTO system_settings AS kept (key, value)
         SELECT wanted.key, wanted.value FROM unnest($1::text[], $2::text[]) AS wanted (key, value)
         ORDER BY wanted.key
         ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE kept.value IS DISTINCT FROM excluded.value
         RETURNING key, xmax = 0 AS created"
    );
    let stored: Vec<Stored> = change.all(upsert, &[&names, &values]).await?;
    change.commit().await?;
    Ok(stored.into_iter().filter(|stored| stored.created).map(|stored| stored.key).collect())
}
