//! How many requests took how long.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use super::micros;

/// Upper bounds of the buckets, in seconds.
pub const BOUNDS_SECONDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Durations in buckets; the last bucket holds what took longer than every bound.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BOUNDS_SECONDS.len() + 1],
    micros: AtomicU64,
}

/// The numbers at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramView {
    /// For each bound how many took at most so long; then all.
    pub at_most: [u64; BOUNDS_SECONDS.len() + 1],
    /// Seconds altogether.
    pub sum_seconds: f64,
}

impl HistogramView {
    /// All that were counted.
    pub fn count(&self) -> u64 {
        self.at_most[BOUNDS_SECONDS.len()]
    }
}

impl Histogram {
    pub(super) fn note(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let bucket =
            BOUNDS_SECONDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS_SECONDS.len());
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.micros.fetch_add(micros(took), Relaxed);
    }

    pub(super) fn view(&self) -> HistogramView {
        let mut sum = 0;
        let at_most = std::array::from_fn(|bucket| {
            sum += self.buckets[bucket].load(Relaxed);
            sum
        });
        HistogramView { at_most, sum_seconds: self.micros.load(Relaxed) as f64 / 1e6 }
    }

    pub(super) fn reset(&self) {
        self.buckets.iter().for_each(|bucket| bucket.store(0, Relaxed));
        self.micros.store(0, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_every_bucket_from_its_bound_on() {
        let histogram = Histogram::default();
        for millis in [5, 6, 90, 20_000] {
            histogram.note(Duration::from_millis(millis));
        }
        let view = histogram.view();
        assert_eq!(view.at_most, [1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4]);
        assert_eq!(view.count(), 4);
        assert!((view.sum_seconds - 20.101).abs() < 1e-9);
    }
}
