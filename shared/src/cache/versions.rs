//! Which state of the tables an answer is made of.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, atomic::AtomicI64},
};

use redis::Pipeline;
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_64;

use super::committed::Position;
use crate::{ids::Ids, redis::Redis};

/// When each table was last changed: counted by this process, and marked in Redis for all of them.
#[derive(Clone, Default)]
pub struct Versions {
    counts: Arc<RwLock<Counts>>,
    redis: Redis,
    /// Tables whose change Redis could not be told. It is not asked for anything before it knows.
    untold: Arc<Mutex<BTreeSet<String>>>,
    /// Up to where this process has read what others have committed.
    pub(super) position: Arc<tokio::sync::Mutex<Option<Position>>>,
    /// When it last did, in microseconds since 1970.
    pub(super) checked_at: Arc<AtomicI64>,
    /// Transactions of this process that it will read of there, and knows already.
    own: Arc<Mutex<HashSet<String>>>,
}

/// Transactions remembered as own at most; of one that is forgotten this process learns twice.
const MOST_OWN: usize = 10_000;

/// How long Redis remembers that it was told of a transaction, in seconds: as long as the database keeps its rows, and longer.
const TOLD_SECONDS: u64 = 1_800;

/// How long Redis remembers that some process has told it everything, in seconds. Shorter than the database keeps rows.
const COMPLETE_SECONDS: u64 = 300;

/// Sets marks (`ARGV[1]`) unless somebody has told of this transaction (`KEYS[1]`) before: every process reads of it, and
/// each new mark outdates everything.
const TELL_ONCE: &str = "if redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[2]) then
    for place = 2, #KEYS do redis.call('SET', KEYS[place], ARGV[1]) end
end";

#[derive(Debug, Default)]
struct Counts {
    changes: u64,
    /// The count at the last change of everything.
    all: u64,
    /// The count at the last change of each table.
    tables: HashMap<String, u64>,
}

/// Stands for every table.
pub(super) const ALL: &str = "*";

impl Versions {
    /// Versions that all processes with the same Redis share.
    pub fn new(redis: Redis) -> Self {
        Self { redis, ..Self::default() }
    }

    /// A number that grows whenever this process learns that one of these tables has changed; see
    /// [`Db::version`](crate::db::Db::version).
    pub fn of(&self, tables: &[&str]) -> u64 {
        let counts = self.counts.read().unwrap_or_else(PoisonError::into_inner);
        let changes = tables.iter().filter_map(|table| counts.tables.get(name(table)));
        changes.copied().max().unwrap_or_default().max(counts.all)
    }

    /// A text that is another whenever any process has changed one of these tables. None without Redis.
    ///
    /// The marks are random: one that Redis has lost comes back as another, and never as one that was there before.
    pub async fn mark(&self, tables: &[&str]) -> Option<String> {
        if !self.redis.is_configured() {
            return None;
        }
        let untold = self.untold().clone();
        let names: Vec<&str> = tables.iter().copied().chain([ALL]).collect();
        let mut ask = redis::pipe();
        self.set_marks(&mut ask, untold.iter().map(String::as_str));
        ask.cmd("MGET").arg(self.keys(&names));
        let (marks,): (Vec<Option<String>>,) = self.redis.ask(&ask).await?;
        self.untold().retain(|table| !untold.contains(table));
        let marks: Option<Vec<String>> = marks.into_iter().collect();
        let marks = match marks {
            Some(marks) => marks,
            None => self.first_marks(&names).await?,
        };
        Some(format!("{:016x}", xxh3_64(marks.join(" ").as_bytes())))
    }

    /// Makes the marks that are missing, unless somebody is faster.
    async fn first_marks(&self, names: &[&str]) -> Option<Vec<String>> {
        let mut ask = redis::pipe();
        for name in names {
            ask.cmd("SET").arg(self.key(name)).arg(new_mark()).arg("NX").ignore();
        }
        ask.cmd("MGET").arg(self.keys(names));
        let (marks,): (Vec<String>,) = self.redis.ask(&ask).await?;
        Some(marks)
    }

    /// Whether what is cached outlives this process.
    pub(super) fn is_shared(&self) -> bool {
        self.redis.is_configured()
    }

    /// A transaction of this process has changed these tables.
    pub async fn committed(&self, transaction: &str, tables: &[&str]) {
        if tables.is_empty() {
            return;
        }
        {
            let mut own = self.own();
            if own.len() >= MOST_OWN {
                own.clear();
            }
            own.insert(transaction.to_owned());
        }
        self.count(tables.iter().copied());
        self.tell_committed(&BTreeMap::from([(transaction, tables.to_vec())])).await;
    }

    /// Any table may have changed.
    pub async fn all_changed(&self) {
        self.count([ALL]);
        let mut tell = redis::pipe();
        self.set_marks(&mut tell, [ALL]);
        self.tell(&tell, [ALL]).await;
    }

    /// Everything made of these tables is outdated in this process.
    pub(super) fn count<'a>(&self, tables: impl IntoIterator<Item = &'a str>) {
        let mut counts = self.counts.write().unwrap_or_else(PoisonError::into_inner);
        counts.changes += 1;
        let now = counts.changes;
        for table in tables {
            match counts.tables.get_mut(table) {
                _ if table == ALL => counts.all = now,
                Some(last) => *last = now,
                None => drop(counts.tables.insert(table.to_owned(), now)),
            }
        }
    }

    /// Tells Redis what transactions have changed, whoever committed them.
    pub(super) async fn tell_committed(&self, transactions: &BTreeMap<&str, Vec<&str>>) {
        if !self.redis.is_configured() {
            return;
        }
        let mut tell = redis::pipe();
        for (transaction, tables) in transactions {
            tell.cmd("EVAL").arg(TELL_ONCE).arg(1 + tables.len());
            tell.arg(self.redis.key(&format!("told:{transaction}"))).arg(self.keys(tables));
            tell.arg(new_mark()).arg(TOLD_SECONDS).ignore();
        }
        self.tell(&tell, transactions.values().flatten().copied()).await;
    }

    /// Notes in Redis that it knows everything this process knows. When nobody has done so for long, rows that nobody has
    /// read may be gone from the database: then anything may have changed.
    pub(super) async fn tell_complete(&self) {
        let mut tell = redis::pipe();
        let key = self.redis.key("complete");
        tell.cmd("GET").arg(&key).cmd("SET").arg(&key).arg(1).arg("EX").arg(COMPLETE_SECONDS).ignore();
        let known: Option<(Option<String>,)> = self.redis.ask(&tell).await;
        if self.redis.is_configured() && !matches!(known, Some((Some(_),))) {
            self.all_changed().await;
        }
    }

    async fn tell<'a>(&self, tell: &Pipeline, tables: impl IntoIterator<Item = &'a str>) {
        if self.redis.is_configured() && !tell.is_empty() && self.redis.ask::<()>(tell).await.is_none() {
            self.untold().extend(tables.into_iter().map(str::to_owned));
        }
    }

    fn set_marks<'a>(&self, pipeline: &mut Pipeline, tables: impl IntoIterator<Item = &'a str>) {
        for table in tables {
            pipeline.cmd("SET").arg(self.key(table)).arg(new_mark()).ignore();
        }
    }

    fn keys(&self, tables: &[&str]) -> Vec<String> {
        tables.iter().map(|table| self.key(table)).collect()
    }

    fn key(&self, table: &str) -> String {
        self.redis.key(&format!("changed:{}", name(table)))
    }

    pub(super) fn own(&self) -> MutexGuard<'_, HashSet<String>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn untold(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The triggers tell names without their schema.
fn name(table: &str) -> &str {
    table.rsplit_once('.').map_or(table, |(_, name)| name)
}

fn new_mark() -> String {
    Uuid::simple(Ids.uuid()).to_string()
}
