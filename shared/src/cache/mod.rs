//! Cached responses: valid until they expire, or until a table they are made of changes. In this process, and in Redis for
//! all processes when there is one.
//!
//! Nobody has to remember to invalidate anything: triggers note in every transaction which tables it writes.
//! [`Change::commit`](crate::db::Change::commit) tells [`Versions`] at once what this process has changed, and
//! [`Versions::refresh`] reads within a second what anybody else has.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use moka::{Expiry, future, policy::EvictionPolicy};

mod committed;
mod versions;

pub(crate) use committed::trim;
pub use versions::Versions;

use crate::{
    Error, Result,
    clock::Clock,
    db::Db,
    metrics::{Lookups, LookupsView},
    redis::Redis,
};

/// Bytes at most in the cache of one process.
const CAPACITY_BYTES: u64 = 32 * 1024 * 1024;

/// Larger answers stay in the process that made them: on the way to Redis and back they would hold up the others.
const SHARED_BYTES: usize = 1024 * 1024;

/// Keeps serialized answers under text keys.
#[derive(Clone)]
pub struct Cache {
    kept: future::Cache<String, Entry>,
    db: Db,
    redis: Redis,
    clock: Clock,
    lookups: Arc<Lookups>,
}

#[derive(Clone)]
struct Entry {
    body: Bytes,
    life: Duration,
    /// By the clock of the app, which a test moves.
    ends_at: DateTime<Utc>,
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
    /// An empty cache of responses made of the tables of `db`.
    pub fn new(db: Db, redis: Redis, clock: Clock) -> Self {
        let weigh =
            |key: &String, entry: &Entry| u32::try_from(key.len() + entry.body.len()).unwrap_or(u32::MAX);
        let kept = future::Cache::builder()
            .max_capacity(CAPACITY_BYTES)
            .weigher(weigh)
            // Outdated answers are never asked for again: they are the ones to go.
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(PerEntry)
            .build();
        Self { kept, db, redis, clock, lookups: Arc::default() }
    }

    /// The answer under `key`, or what `make` gives now, kept for `life` or until one of `tables` changes. A change that
    /// somebody else commits is seen within a second, one of this process at once.
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
        // before the change, where nobody looks afterwards. The version of this process counts beside the mark of
        // all, so that its own changes show at once whatever becomes of Redis.
        let version = self.db.version(tables).await?;
        let mark = self.db.versions().mark(tables).await;
        let here = format!("{version} {} {key}", mark.as_deref().unwrap_or_default());
        if self.kept.get(&here).await.is_some_and(|entry| entry.ends_at <= self.clock.now()) {
            self.kept.invalidate(&here).await;
        }
        let mut hit = true;
        let fresh = async {
            let shared = mark.map(|mark| self.redis.key(&format!("{key}@{mark}")));
            if let Some(entry) = self.shared(shared.as_deref()).await {
                return Ok(entry);
            }
            hit = false;
            let entry = self.entry(make.await?, life);
            self.share(shared.as_deref(), &entry).await;
            Ok::<_, Error>(entry)
        };
        let entry = self.kept.try_get_with(here, fresh).await;
        self.lookups.note(hit);
        Ok(Kept { body: entry.map_err(Arc::unwrap_or_clone)?.body, hit })
    }

    fn entry(&self, body: Bytes, life: Duration) -> Entry {
        let ends_at =
            TimeDelta::from_std(life).ok().and_then(|life| self.clock.now().checked_add_signed(life));
        Entry { body, life, ends_at: ends_at.unwrap_or(DateTime::<Utc>::MAX_UTC) }
    }

    /// What Redis has, with the rest of its life.
    async fn shared(&self, key: Option<&str>) -> Option<Entry> {
        let (body, life): (Option<Vec<u8>>, i64) =
            self.redis.ask(redis::pipe().cmd("GET").arg(key?).cmd("PTTL").arg(key?)).await?;
        let life = u64::try_from(life).ok()?;
        Some(self.entry(body?.into(), Duration::from_millis(life)))
    }

    async fn share(&self, key: Option<&str>, entry: &Entry) {
        let Some(key) = key.filter(|_| entry.body.len() <= SHARED_BYTES) else { return };
        let life = u64::try_from(entry.life.as_millis()).unwrap_or(u64::MAX);
        let mut keep = redis::pipe();
        keep.cmd("SET").arg(key).arg(&entry.body[..]).arg("PX").arg(life).ignore();
        // Redis that does not answer has been logged; the answer is made again where it is missing.
        let _kept: Option<()> = self.redis.ask(&keep).await;
    }

    /// How often answers were found.
    pub fn lookups(&self) -> LookupsView {
        self.lookups.view()
    }

    /// Answers that this process keeps now, and their bytes. Those that are outdated but not yet gone count.
    pub async fn size(&self) -> (u64, u64) {
        self.kept.run_pending_tasks().await;
        (self.kept.entry_count(), self.kept.weighted_size())
    }

    /// Forgets every answer, of all processes with the same Redis, and every lookup of this one.
    pub async fn clear(&self) {
        self.db.versions().all_changed().await;
        self.kept.invalidate_all();
        self.lookups.reset();
    }
}

/// Every entry lives as long as it was kept for.
struct PerEntry;

impl Expiry<String, Entry> for PerEntry {
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.life)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::{config::Config, error::unavailable, queue};

    const LIFE: Duration = Duration::from_secs(60);

    /// A cache whose clock stands still at the moment of which it knows all changes, so that it never asks the database.
    fn alone(versions: Versions) -> Cache {
        let config = Config::read(&|_| None).expect("defaults");
        let clock = Clock::fixed(DateTime::UNIX_EPOCH);
        let broker = queue::broker(&config.queue, &clock);
        let db = Db::new(&config, broker, clock.clone(), versions);
        Cache::new(db, Redis::default(), clock)
    }

    /// What the cache has under `key`, and whether it had to ask for it.
    async fn ask(cache: &Cache, key: &str, tables: &[&str], now: &'static str) -> (Bytes, bool) {
        let kept = cache.answer(key, LIFE, tables, async { Ok(Bytes::from(now)) }).await.expect("no error");
        (kept.body, kept.hit)
    }

    #[tokio::test]
    async fn an_answer_stays_until_one_of_its_tables_changes() {
        let versions = Versions::default();
        let cache = alone(versions.clone());

        assert_eq!(ask(&cache, "a", &["orders", "payments"], "1").await, ("1".into(), false));
        versions.committed("7", &["users"]).await;
        assert_eq!(ask(&cache, "a", &["orders", "payments"], "2").await, ("1".into(), true));
        versions.committed("7", &["events", "payments"]).await;
        assert_eq!(ask(&cache, "a", &["orders", "payments"], "3").await, ("3".into(), false));
        versions.all_changed().await;
        assert_eq!(ask(&cache, "a", &["orders", "payments"], "4").await, ("4".into(), false));
    }

    #[tokio::test]
    async fn what_is_made_while_a_table_changes_is_not_found_afterwards() {
        let versions = Versions::default();
        let cache = alone(versions.clone());
        let make = async {
            let before = Bytes::from("before");
            versions.committed("7", &["payments"]).await;
            Ok(before)
        };
        assert_eq!(cache.answer("a", LIFE, &["payments"], make).await.expect("no error").body, "before");

        assert_eq!(ask(&cache, "a", &["payments"], "after").await, ("after".into(), false));
    }

    #[tokio::test]
    async fn many_who_ask_at_once_share_one_answer_or_one_error_and_the_error_is_not_kept() {
        let cache = alone(Versions::default());
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
        let cache = alone(Versions::default());
        let mut stuck = Box::pin(cache.answer("a", LIFE, &[], std::future::pending()));
        let mut waiting = Box::pin(cache.answer("a", LIFE, &[], async { Ok(Bytes::from("2")) }));
        assert!(futures_util::poll!(&mut stuck).is_pending());
        assert!(futures_util::poll!(&mut waiting).is_pending());

        drop(stuck);

        let kept = waiting.await.expect("no error");
        assert_eq!((kept.body, kept.hit), ("2".into(), false));
    }
}
