//! Answers kept in this process for a while.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use moka::{Expiry, sync};

use crate::metrics::{Lookups, LookupsView};

/// Bytes at most in the cache of one process.
const CAPACITY_BYTES: u64 = 32 * 1024 * 1024;

/// Keeps serialized answers under text keys.
#[derive(Clone)]
pub struct Cache(sync::Cache<String, (Bytes, Duration)>, Arc<Lookups>);

impl Default for Cache {
    fn default() -> Self {
        let weigh = |key: &String, (body, _): &(Bytes, Duration)| {
            u32::try_from(key.len() + body.len()).unwrap_or(u32::MAX)
        };
        Self(
            sync::Cache::builder().max_capacity(CAPACITY_BYTES).weigher(weigh).expire_after(PerEntry).build(),
            Arc::default(),
        )
    }
}

impl Cache {
    /// The bytes under `key`, unless they are too old.
    pub fn get(&self, key: &str) -> Option<Bytes> {
        let kept = self.0.get(key).map(|(body, _)| body);
        self.1.note(kept.is_some());
        kept
    }

    /// How often answers were found.
    pub fn lookups(&self) -> LookupsView {
        self.1.view()
    }

    /// Answers kept now, and their bytes.
    pub fn size(&self) -> (u64, u64) {
        self.0.run_pending_tasks();
        (self.0.entry_count(), self.0.weighted_size())
    }

    /// Forgets every answer and every lookup.
    pub fn clear(&self) {
        self.0.invalidate_all();
        self.1.reset();
    }

    /// Keeps `body` under `key` for `life`.
    pub fn put(&self, key: String, body: Bytes, life: Duration) {
        self.0.insert(key, (body, life));
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
