//! What this process counts about itself: requests, queries, how the cache is used.
//!
//! Atomic numbers only; counting a request or a query allocates nothing and waits for nobody. Every process counts for
//! itself: one server counts everything, a Lambda function its own requests.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

mod exposition;
mod histogram;
mod latest;
mod operations;
mod process;
mod prometheus;
mod queries;
mod requests;
mod summary;
mod tally;

pub use histogram::{BOUNDS_SECONDS, HistogramView};
pub use operations::{Operation, Operations};
pub use process::Process;
pub use prometheus::prometheus;
pub use queries::{Queries, QueriesView, SLOW_QUERY, SlowQuery};
pub use requests::{Recent, Requests, RequestsView, SLOW_REQUEST, SlowRequest};
pub use summary::{Numbers, RequestMetrics, active_sessions, ago, rounded};
pub use tally::{Lookups, LookupsView};

/// The counters of this process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Counters>);

#[derive(Debug)]
struct Counters {
    started: Instant,
    requests: Requests,
    queries: Queries,
}

impl Default for Metrics {
    fn default() -> Self {
        let counters =
            Counters { started: Instant::now(), requests: Requests::default(), queries: Queries::default() };
        Self(Arc::new(counters))
    }
}

impl Metrics {
    /// The requests answered.
    pub fn requests(&self) -> &Requests {
        &self.0.requests
    }

    /// The queries made.
    pub fn queries(&self) -> &Queries {
        &self.0.queries
    }

    /// Since when the process runs.
    pub fn uptime(&self) -> Duration {
        self.0.started.elapsed()
    }

    /// Begins to count anew.
    pub fn reset(&self) {
        self.0.requests.reset();
        self.0.queries.reset();
    }
}

/// Whole microseconds.
fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}
