//! Lookups in a cache: found or not.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts lookups.
#[derive(Debug, Default)]
pub struct Lookups {
    hits: AtomicU64,
    misses: AtomicU64,
}

/// The numbers at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookupsView {
    /// Found.
    pub hits: u64,
    /// Not found.
    pub misses: u64,
}

impl Lookups {
    /// Counts one lookup.
    pub fn note(&self, hit: bool) {
        let counter = if hit { &self.hits } else { &self.misses };
        counter.fetch_add(1, Relaxed);
    }

    /// The numbers now.
    pub fn view(&self) -> LookupsView {
        LookupsView { hits: self.hits.load(Relaxed), misses: self.misses.load(Relaxed) }
    }

    /// Begins to count anew.
    pub fn reset(&self) {
        self.hits.store(0, Relaxed);
        self.misses.store(0, Relaxed);
    }
}

impl LookupsView {
    /// Found, in percent of all lookups; none before the first.
    pub fn hit_percent(self) -> Option<f64> {
        let all = self.hits + self.misses;
        (all > 0).then(|| self.hits as f64 * 100.0 / all as f64)
    }
}
