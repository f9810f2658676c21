//! Requests: how many, how long, how they ended.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use http::StatusCode;

use super::{Operation, Operations, latest::Latest, micros};

/// A request that takes longer is a slow one.
pub const SLOW_REQUEST: Duration = Duration::from_secs(1);

/// Requests that count as the present, for medians and alerts.
const RECENT: usize = 1024;

/// The statuses 100 to 599.
const STATUSES: usize = 500;

/// Counts requests.
#[derive(Debug)]
pub struct Requests {
    total: AtomicU64,
    failed: AtomicU64,
    slow: AtomicU64,
    micros: AtomicU64,
    shortest: AtomicU64,
    longest: AtomicU64,
    statuses: Box<[AtomicU64]>,
    /// The last durations in microseconds, doubled, plus one for those that failed; 0 is a free place.
    recent: Box<[AtomicU64]>,
    slow_ones: Latest<SlowRequest>,
    operations: RwLock<Arc<Operations>>,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            total: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            slow: AtomicU64::new(0),
            micros: AtomicU64::new(0),
            shortest: AtomicU64::new(u64::MAX),
            longest: AtomicU64::new(0),
            statuses: zeros(STATUSES),
            recent: zeros(RECENT),
            slow_ones: Latest::default(),
            operations: RwLock::default(),
        }
    }
}

/// A slow request. Its path is the template, which names nobody.
#[derive(Clone, Debug)]
pub struct SlowRequest {
    /// `GET`.
    pub method: &'static str,
    /// `/api/people/{id}`.
    pub route: String,
    /// How long it took.
    pub took: Duration,
    /// When it ended.
    pub ended: Instant,
}

/// The numbers at one moment.
#[derive(Clone, Debug, Default)]
pub struct RequestsView {
    /// All requests.
    pub total: u64,
    /// Those that failed because of us: statuses from 500.
    pub failed: u64,
    /// The slow ones.
    pub slow: u64,
    /// How long all of them took.
    pub took: Duration,
    /// The quickest; zero without any.
    pub shortest: Duration,
    /// The slowest.
    pub longest: Duration,
    /// How often each status was answered.
    pub statuses: Vec<(u16, u64)>,
}

impl RequestsView {
    /// Milliseconds of a request, on average; 0 without any.
    pub fn average_ms(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.took.as_secs_f64() * 1e3 / self.total as f64 }
    }

    /// The failed ones in percent.
    pub fn failed_percent(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.failed as f64 * 100.0 / self.total as f64 }
    }
}

/// The last requests, at most a thousand and a few.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    /// How many.
    pub count: usize,
    /// Milliseconds, on average.
    pub average_ms: f64,
    /// Half of them took at most so many milliseconds.
    pub median_ms: f64,
    /// Those that failed, in percent.
    pub failed_percent: f64,
    /// Slow ones.
    pub slow: usize,
}

impl Requests {
    /// Counts a request.
    pub fn note(&self, operation: &Operation, status: StatusCode, took: Duration) {
        let (long, failed) = (micros(took), status.is_server_error());
        let before = self.total.fetch_add(1, Relaxed);
        self.micros.fetch_add(long, Relaxed);
        self.shortest.fetch_min(long, Relaxed);
        self.longest.fetch_max(long, Relaxed);
        self.failed.fetch_add(u64::from(failed), Relaxed);
        if let Some(counter) = self.statuses.get(usize::from(status.as_u16()).saturating_sub(100)) {
            counter.fetch_add(1, Relaxed);
        }
        let place = usize::try_from(before).unwrap_or(0) % RECENT;
        self.recent[place].store((long.max(1) << 1) | u64::from(failed), Relaxed);
        operation.note(status, took);
        if took > SLOW_REQUEST {
            self.remember(operation, took);
        }
    }

    fn remember(&self, operation: &Operation, took: Duration) {
        self.slow.fetch_add(1, Relaxed);
        let (method, route) = (operation.method, operation.route.clone());
        self.slow_ones.push(SlowRequest { method, route, took, ended: Instant::now() });
    }

    /// The numbers now.
    pub fn view(&self) -> RequestsView {
        let total = self.total.load(Relaxed);
        let statuses = (100..).zip(&self.statuses).map(|(status, counter)| (status, counter.load(Relaxed)));
        RequestsView {
            total,
            failed: self.failed.load(Relaxed),
            slow: self.slow.load(Relaxed),
            took: Duration::from_micros(self.micros.load(Relaxed)),
            shortest: Duration::from_micros(if total == 0 { 0 } else { self.shortest.load(Relaxed) }),
            longest: Duration::from_micros(self.longest.load(Relaxed)),
            statuses: statuses.filter(|(_, count)| *count > 0).collect(),
        }
    }

    /// The last requests.
    pub fn recent(&self) -> Recent {
        let packed = self.recent.iter().map(|one| one.load(Relaxed)).filter(|one| *one > 0);
        let (mut all, mut failed) = (Vec::with_capacity(RECENT), 0_usize);
        for one in packed {
            all.push(one >> 1);
            failed += usize::from(one & 1 == 1);
        }
        if all.is_empty() {
            return Recent::default();
        }
        all.sort_unstable();
        let ms = |micros: u64| micros as f64 / 1e3;
        let slow = all.len() - all.partition_point(|one| *one <= micros(SLOW_REQUEST));
        Recent {
            count: all.len(),
            average_ms: ms(all.iter().sum()) / all.len() as f64,
            median_ms: ms(all[(all.len() - 1) / 2]),
            failed_percent: failed as f64 * 100.0 / all.len() as f64,
            slow,
        }
    }

    /// The last slow ones, newest first.
    pub fn slow_ones(&self) -> Vec<SlowRequest> {
        self.slow_ones.newest_first()
    }

    /// What the service of this process can be asked.
    pub fn operations(&self) -> Arc<Operations> {
        self.operations.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says what the service of this process can be asked.
    pub fn serve(&self, operations: Arc<Operations>) {
        *self.operations.write().unwrap_or_else(PoisonError::into_inner) = operations;
    }

    pub(super) fn reset(&self) {
        for counter in [&self.total, &self.failed, &self.slow, &self.micros, &self.longest] {
            counter.store(0, Relaxed);
        }
        self.shortest.store(u64::MAX, Relaxed);
        self.statuses.iter().chain(&self.recent).for_each(|counter| counter.store(0, Relaxed));
        self.slow_ones.clear();
        self.operations().reset();
    }
}

fn zeros(many: usize) -> Box<[AtomicU64]> {
    std::iter::repeat_with(AtomicU64::default).take(many).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_requests_are_the_present() {
        let (requests, operations) = (Requests::default(), Operations::default());
        let operation = operations.find(&http::Method::GET, None);
        for _ in 0..RECENT {
            requests.note(operation, StatusCode::INTERNAL_SERVER_ERROR, Duration::from_secs(2));
        }
        for _ in 0..RECENT / 4 * 3 {
            requests.note(operation, StatusCode::OK, Duration::from_millis(2));
        }
        let (recent, all) = (requests.recent(), requests.view());
        assert_eq!((recent.count, recent.slow, recent.median_ms), (RECENT, RECENT / 4, 2.0));
        assert!((recent.failed_percent - 25.0).abs() < 1e-9);
        assert_eq!((all.total, all.failed), (RECENT as u64 * 7 / 4, RECENT as u64));
        assert_eq!(all.statuses, [(200, RECENT as u64 * 3 / 4), (500, RECENT as u64)]);
        requests.reset();
        assert_eq!((requests.view().total, requests.view().shortest), (0, Duration::ZERO));
    }
}
