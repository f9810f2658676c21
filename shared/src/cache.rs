//! Answers kept in this process for a while.

use std::time::Duration;

use bytes::Bytes;
use moka::{Expiry, sync};

/// Bytes at most in the cache of one process.
const CAPACITY_BYTES: u64 = 32 * 1024 * 1024;

/// Keeps serialized answers under text keys.
#[derive(Clone)]
pub struct Cache(sync::Cache<String, (Bytes, Duration)>);

impl Default for Cache {
    fn default() -> Self {
        let weigh = |key: &String, (body, _): &(Bytes, Duration)| {
            u32::try_from(key.len() + body.len()).unwrap_or(u32::MAX)
        };
        Self(
            sync::Cache::builder().max_capacity(CAPACITY_BYTES).weigher(weigh).expire_after(PerEntry).build(),
        )
    }
}

impl Cache {
    /// The bytes under `key`, unless they are too old.
    pub fn get(&self, key: &str) -> Option<Bytes> {
        self.0.get(key).map(|(body, _)| body)
    }

    /// Keeps `body` under `key` for `life`.
    pub fn put(&self, key: String, body: Bytes, life: Duration) {
        self.0.insert(key, (body, life));
    }

    /// Keeps nothing under `key` any more.
    pub fn forget(&self, key: &str) {
        self.0.invalidate(key);
    }
}

/// Every entry lives as long as it was put for.
struct PerEntry;

impl Expiry<String, (Bytes, Duration)> for PerEntry {
    fn expire_after_create(
        &self,
        _: &String,
        value: &(Bytes, Duration),
        _: std::time::Instant,
    ) -> Option<Duration> {
        Some(value.1)
    }
}
