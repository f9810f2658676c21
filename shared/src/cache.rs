//! Answers kept in this process until they are too old, or until a table they are made of changes.
//!
//! Nobody has to remember to clear anything: triggers note in every transaction which tables it writes, and
//! [`Change::commit`](crate::db::Change::commit) tells [`Versions`].

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use bytes::Bytes;
use moka::{Expiry, future, policy::EvictionPolicy};

use crate::{
    Error, Result,
    metrics::{Lookups, LookupsView},
};

/// Bytes at most in the cache of one process.
const CAPACITY_BYTES: u64 = 32 * 1024 * 1024;

/// Keeps serialized answers under text keys.
#[derive(Clone)]
pub struct Cache {
    kept: future::Cache<String, (Bytes, Duration)>,
    versions: Versions,
    lookups: Arc<Lookups>,
}

/// An answer, and where it came from.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The serialized answer.
    pub body: Bytes,
    /// Whether it was there, or was being made for somebody else, when it was asked for.
    pub hit: bool,
}

impl Cache {
    /// An empty cache of answers made of the tables that `versions` counts.
    pub fn new(versions: Versions) -> Self {
        let weigh = |key: &String, (body, _): &(Bytes, Duration)| {
            u32::try_from(key.len() + body.len()).unwrap_or(u32::MAX)
        };
        let kept = future::Cache::builder()
            .max_capacity(CAPACITY_BYTES)
            .weigher(weigh)
            // Outdated answers are never asked for again: they are the ones to go.
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(PerEntry)
            .build();
        Self { kept, versions, lookups: Arc::default() }
    }

    /// The answer under `key`, or what `make` gives now, kept for `life` or until one of `tables` changes.
    ///
    /// Who asks for an answer that somebody else is making waits for it, so whoever asks must hold no
    /// connection. An error is everybody's who waits, and is not kept.
    pub async fn answer(
        &self,
        key: &str,
        life: Duration,
        tables: &[&str],
        make: impl Future<Output = Result<Bytes>>,
    ) -> Result<Kept> {
        // Read before anything is computed: what is made while a table changes is filed under the version
        // before the change, where nobody looks afterwards.
        let key = format!("{} {key}", self.versions.of(tables));
        let mut hit = true;
        let fresh = async {
            hit = false;
            Ok::<_, Error>((make.await?, life))
        };
        let kept = self.kept.try_get_with(key, fresh).await;
        self.lookups.note(hit);
        let (body, _) = kept.map_err(Arc::unwrap_or_clone)?;
        Ok(Kept { body, hit })
    }

    /// How often answers were found.
    pub fn lookups(&self) -> LookupsView {
        self.lookups.view()
    }

    /// Answers kept now, and their bytes. Those that are outdated but not yet gone count.
    pub async fn size(&self) -> (u64, u64) {
        self.kept.run_pending_tasks().await;
        (self.kept.entry_count(), self.kept.weighted_size())
    }

    /// Forgets every answer and every lookup.
    pub fn clear(&self) {
        self.kept.invalidate_all();
        self.lookups.reset();
    }
}

/// Every entry lives as long as it was kept for.
struct PerEntry;

impl Expiry<String, (Bytes, Duration)> for PerEntry {
    fn expire_after_create(&self, _: &String, value: &(Bytes, Duration), _: Instant) -> Option<Duration> {
        Some(value.1)
    }
}

/// When each table was last changed by this process, counted in changes.
#[derive(Clone, Debug, Default)]
pub struct Versions(Arc<RwLock<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    changes: u64,
    /// The count at the last change of everything.
    all: u64,
    /// The count at the last change of each table.
    tables: HashMap<String, u64>,
}

impl Versions {
    /// A number that grows whenever one of these tables changes.
    pub fn of(&self, tables: &[&str]) -> u64 {
        let counts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        // The triggers tell names without their schema.
        let name = |table: &&str| table.rsplit_once('.').map_or(*table, |(_, name)| name).to_owned();
        let changes = tables.iter().filter_map(|table| counts.tables.get(&name(table)));
        changes.copied().max().unwrap_or_default().max(counts.all)
    }

    /// These tables have changed.
    pub fn changed<'a>(&self, tables: impl IntoIterator<Item = &'a str>) {
        let mut counts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        counts.changes += 1;
        let now = counts.changes;
        for table in tables {
            match counts.tables.get_mut(table) {
                Some(last) => *last = now,
                None => drop(counts.tables.insert(table.to_owned(), now)),
            }
        }
    }

    /// Any table may have changed.
    pub fn all_changed(&self) {
        let mut counts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        counts.changes += 1;
        counts.all = counts.changes;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::error::unavailable;

    const LIFE: Duration = Duration::from_secs(60);

    /// What the cache has under `key`, and whether it had to ask for it.
    async fn ask(cache: &Cache, key: &str, tables: &[&str], now: &'static str) -> (Bytes, bool) {
        let kept = cache.answer(key, LIFE, tables, async { Ok(Bytes::from(now)) }).await.expect("no error");
        (kept.body, kept.hit)
    }

    #[tokio::test]
    async fn an_answer_stays_until_one_of_its_tables_changes() {
        let versions = Versions::default();
        let cache = Cache::new(versions.clone());

        assert_eq!(ask(&cache, "a", &["cadets", "grades"], "1").await, ("1".into(), false));
        versions.changed(["users"]);
        assert_eq!(ask(&cache, "a", &["cadets", "grades"], "2").await, ("1".into(), true));
        versions.changed(["activities", "grades"]);
        assert_eq!(ask(&cache, "a", &["cadets", "grades"], "3").await, ("3".into(), false));
        versions.all_changed();
        assert_eq!(ask(&cache, "a", &["cadets", "grades"], "4").await, ("4".into(), false));
    }

    #[tokio::test]
    async fn what_is_made_while_a_table_changes_is_not_found_afterwards() {
        let versions = Versions::default();
        let cache = Cache::new(versions.clone());
        let make = async {
            let before = Bytes::from("before");
            versions.changed(["grades"]);
            Ok(before)
        };
        assert_eq!(cache.answer("a", LIFE, &["grades"], make).await.expect("no error").body, "before");

        assert_eq!(ask(&cache, "a", &["grades"], "after").await, ("after".into(), false));
    }

    #[tokio::test]
    async fn many_who_ask_at_once_share_one_answer_or_one_error_and_the_error_is_not_kept() {
        let cache = Cache::new(Versions::default());
        let made = AtomicU32::new(0);
        let ask_all = async |failing: bool| {
            let one = || {
                cache.answer("a", LIFE, &[], async {
                    made.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                    if failing { Err(unavailable("The database")) } else { Ok(Bytes::from("1")) }
                })
            };
            futures_util::future::join_all((0..100).map(|_| one())).await
        };

        let failed = ask_all(true).await;
        assert!(failed.iter().all(|one| one.as_ref().is_err_and(|error| error.code() == "unavailable")));
        assert_eq!(made.load(Ordering::Relaxed), 1);

        let answered = ask_all(false).await;
        assert_eq!(answered.iter().filter(|one| one.as_ref().is_ok_and(|kept| kept.hit)).count(), 99);
        assert_eq!(made.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn when_the_one_who_makes_it_hangs_up_another_takes_over() {
        let cache = Cache::new(Versions::default());
        let mut stuck = Box::pin(cache.answer("a", LIFE, &[], std::future::pending()));
        let mut waiting = Box::pin(cache.answer("a", LIFE, &[], async { Ok(Bytes::from("2")) }));
        assert!(futures_util::poll!(&mut stuck).is_pending());
        assert!(futures_util::poll!(&mut waiting).is_pending());

        drop(stuck);

        let kept = waiting.await.expect("no error");
        assert_eq!((kept.body, kept.hit), ("2".into(), false));
    }
}
