//! Which state of the tables an answer is made of.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use redis::Pipeline;
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_64;

use crate::{ids::Ids, redis::Redis};

/// When each table was last changed: counted by this process, and marked in Redis for all of them.
#[derive(Clone, Default)]
pub struct Versions {
    counts: Arc<RwLock<Counts>>,
    redis: Redis,
    /// Tables whose change Redis could not be told. It is not asked for anything before it knows.
    untold: Arc<Mutex<BTreeSet<String>>>,
}

#[derive(Debug, Default)]
struct Counts {
    changes: u64,
    /// The count at the last change of everything.
    all: u64,
    /// The count at the last change of each table.
    tables: HashMap<String, u64>,
}

/// Stands for every table.
const ALL: &str = "*";

impl Versions {
    /// Versions that all processes with the same Redis share.
    pub fn new(redis: Redis) -> Self {
        Self { redis, ..Self::default() }
    }

    /// A number that grows whenever this process changes one of these tables.
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

    /// These tables have changed.
    pub async fn changed<'a>(&self, tables: impl IntoIterator<Item = &'a str> + Clone) {
        {
            let mut counts = self.counts.write().unwrap_or_else(PoisonError::into_inner);
            counts.changes += 1;
            let now = counts.changes;
            for table in tables.clone() {
                match counts.tables.get_mut(table) {
                    Some(last) => *last = now,
                    None => drop(counts.tables.insert(table.to_owned(), now)),
                }
            }
        }
        self.tell(tables).await;
    }

    /// Any table may have changed.
    pub async fn all_changed(&self) {
        {
            let mut counts = self.counts.write().unwrap_or_else(PoisonError::into_inner);
            counts.changes += 1;
            counts.all = counts.changes;
        }
        self.tell([ALL]).await;
    }

    async fn tell<'a>(&self, tables: impl IntoIterator<Item = &'a str> + Clone) {
        let mut tell = redis::pipe();
        self.set_marks(&mut tell, tables.clone());
        if self.redis.is_configured() && !tell.is_empty() && self.redis.ask::<()>(&tell).await.is_none() {
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
