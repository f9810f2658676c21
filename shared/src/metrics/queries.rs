//! Queries: how many, how long, and which were slow.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use super::{latest::Latest, micros};
use crate::db::Sql;

/// A query that takes longer is noted with its text.
pub const SLOW_QUERY: Duration = Duration::from_millis(100);

/// Counts queries.
#[derive(Debug, Default)]
pub struct Queries {
    total: AtomicU64,
    micros: AtomicU64,
    slow: AtomicU64,
    slow_ones: Latest<SlowQuery>,
}

/// A slow query. Its text is that of the source: values stand nowhere in it.
#[derive(Clone, Copy, Debug)]
pub struct SlowQuery {
    /// The statement.
    pub sql: &'static str,
    /// How long it took.
    pub took: Duration,
    /// When it ended.
    pub ended: Instant,
}

/// The numbers at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueriesView {
    /// All queries.
    pub total: u64,
    /// How long they took altogether.
    pub took: Duration,
    /// Those that were slow.
    pub slow: u64,
}

impl QueriesView {
    /// Milliseconds of a query, on average; 0 without any.
    pub fn average_ms(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.took.as_secs_f64() * 1e3 / self.total as f64 }
    }
}

impl Queries {
    /// Counts a query that took so long, and logs it if it was slow.
    pub fn note(&self, sql: Sql, took: Duration) {
        self.total.fetch_add(1, Relaxed);
        self.micros.fetch_add(micros(took), Relaxed);
        if took <= SLOW_QUERY {
            return;
        }
        self.slow.fetch_add(1, Relaxed);
        tracing::warn!(statement = sql.text(), duration_ms = took.as_secs_f64() * 1e3, "a query was slow");
        self.slow_ones.push(SlowQuery { sql: sql.text(), took, ended: Instant::now() });
    }

    /// The numbers now.
    pub fn view(&self) -> QueriesView {
        QueriesView {
            total: self.total.load(Relaxed),
            took: Duration::from_micros(self.micros.load(Relaxed)),
            slow: self.slow.load(Relaxed),
        }
    }

    /// The last slow ones, newest first.
    pub fn slow_ones(&self) -> Vec<SlowQuery> {
        self.slow_ones.newest_first()
    }

    /// Forgets the slow ones.
    pub fn forget_slow(&self) {
        self.slow_ones.clear();
        self.slow.store(0, Relaxed);
    }

    pub(super) fn reset(&self) {
        self.forget_slow();
        self.total.store(0, Relaxed);
        self.micros.store(0, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_queries_are_remembered() {
        let queries = Queries::default();
        queries.note(crate::sql!("SELECT 1"), SLOW_QUERY);
        for _ in 0..15 {
            queries.note(crate::sql!("SELECT 2"), SLOW_QUERY + Duration::from_millis(1));
        }
        assert_eq!((queries.view().total, queries.view().slow), (16, 15));
        assert_eq!(queries.slow_ones().len(), 15);
        assert!(queries.slow_ones().iter().all(|query| query.sql == "SELECT 2"));
    }
}
