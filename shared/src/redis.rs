//! Redis, when `REDIS_URL` is set: what processes share and can do without.
//!
//! Nothing waits for it long and nothing fails with it: whoever gets no answer goes on as if there were none.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use redis::{
    Client, FromRedisValue, Pipeline, RedisError, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::ExposeSecret;
use xxhash_rust::xxh3::xxh3_64;

use crate::config::{Config, RedisConfig};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_millis(250);

/// How long a connection may take.
const CONNECT: Duration = Duration::from_millis(500);

/// How long Redis is left alone after it has failed, so that not every request waits for it.
const PAUSE: Duration = Duration::from_secs(1);

/// The figures of `INFO` that tell whether it fits its task.
const STATS: [&str; 5] =
    ["connected_clients", "evicted_keys", "keyspace_hits", "keyspace_misses", "used_memory"];

/// How often a failure is logged.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// A server that may be there. Cheap to clone; nothing is contacted before the first question.
#[derive(Clone, Default)]
pub struct Redis(Option<Arc<Inner>>);

struct Inner {
    config: RedisConfig,
    /// Begins every key: installations that share a server must not see each other's answers.
    prefix: String,
    manager: OnceLock<RedisResult<ConnectionManager>>,
    trouble: Mutex<Trouble>,
}

#[derive(Default)]
struct Trouble {
    pause_until: Option<Instant>,
    warned_at: Option<Instant>,
}

impl Redis {
    /// The server of the configuration. The database names the installation.
    pub fn new(config: &Config) -> Self {
        Self(config.redis.clone().map(|redis| {
            let prefix = format!("muster:{:016x}:", xxh3_64(database(config).as_bytes()));
            let (manager, trouble) = (OnceLock::new(), Mutex::default());
            Arc::new(Inner { config: redis, prefix, manager, trouble })
        }))
    }

    /// Whether there is one.
    pub fn is_configured(&self) -> bool {
        self.0.is_some()
    }

    /// What is behind kept answers: `redis`, or `memory` without it.
    pub fn backend(&self) -> &'static str {
        if self.is_configured() { "redis" } else { "memory" }
    }

    /// What the server counts about itself; nothing without one, or when it does not answer.
    pub async fn stats(&self) -> BTreeMap<&'static str, u64> {
        let answer: Option<(String,)> = self.ask(redis::pipe().cmd("INFO")).await;
        let (text,) = answer.unwrap_or_default();
        let figure = |name: &'static str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            Some((name, line?.trim().parse().ok()?))
        };
        STATS.into_iter().filter_map(figure).collect()
    }

    /// The full key of `name`.
    pub fn key(&self, name: &str) -> String {
        format!("{}{name}", self.0.as_ref().map_or("", |inner| &inner.prefix))
    }

    /// Runs the commands, and gives their answers. None without Redis, or when it does not answer in time; that is logged
    /// once a minute.
    pub async fn ask<T: FromRedisValue>(&self, commands: &Pipeline) -> Option<T> {
        let inner = self.0.as_ref()?;
        if inner.pauses() {
            return None;
        }
        let mut manager = match inner.manager.get_or_init(|| connect(&inner.config)) {
            Ok(manager) => manager.clone(),
            Err(cause) => {
                inner.failed(cause);
                return None;
            }
        };
        match commands.query_async(&mut manager).await {
            Ok(answer) => Some(answer),
            Err(cause) => {
                inner.failed(&cause);
                None
            }
        }
    }
}

/// Where the database is, without the secrets of its address.
fn database(config: &Config) -> String {
    let options = config.database.address().map(|address| address.options).unwrap_or_default();
    format!("{:?} {:?} {:?}", options.get_hosts(), options.get_ports(), options.get_dbname())
}

fn connect(config: &RedisConfig) -> RedisResult<ConnectionManager> {
    let client = Client::open(config.url.expose_secret())?;
    let patience = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(ANSWER));
    ConnectionManager::new_lazy_with_config(client, patience)
}

impl Inner {
    fn pauses(&self) -> bool {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.pause_until.is_some_and(|until| Instant::now() < until)
    }

    fn failed(&self, cause: &RedisError) {
        let now = Instant::now();
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.pause_until = Some(now + PAUSE);
        if trouble.warned_at.is_none_or(|at| now.duration_since(at) >= WARN_EVERY) {
            trouble.warned_at = Some(now);
            tracing::warn!(%cause, "Redis does not answer; going on without it");
        }
    }
}
