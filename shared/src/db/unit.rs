//! Units of work: a request or a job may hold one connection at a time.
//!
//! A function has one connection. Work that asks the pool for a second while it holds the first waits for itself, for as
//! long as the pool waits, and then fails; with a larger pool the same happens as soon as enough requests do it at once.
//! No test with one request finds that in a large pool, so it is counted: every unit has a counter of the connections that
//! it holds, and asking for another panics in debug builds.
//!
//! The counter is a task-local value: it follows a future through every `await`, also when many requests share a task, and
//! does not follow `tokio::spawn`, whose work is a unit of its own. A connection keeps the counter of the unit that took it,
//! so one that moves into a task counts for its unit until it is back. Outside of units (command line, tests that lock a row
//! and then send a request) nothing is counted. Work that runs beside other work in one unit, as in `join_all`, holds
//! connections that its siblings wait for: each part is made a unit with [`unit_of_work`].

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

tokio::task_local! {
    static HELD: Arc<AtomicUsize>;
}

/// Runs `work` as a unit that holds no connection yet, and at most one at a time.
pub async fn unit_of_work<F: Future>(work: F) -> F::Output {
    // On the heap: a whole request is a large future, and each wrapper would move it over the stack.
    HELD.scope(Arc::default(), Box::pin(work)).await
}

/// Panics in debug builds when the unit of the caller holds a connection; `purpose` says what another is needed for. For
/// whatever asks the pool only sometimes, so that a wrong call is found also when it need not ask.
#[track_caller]
pub(crate) fn must_hold_none(purpose: &str) {
    let held = HELD.try_with(|held| held.load(Ordering::Relaxed)).unwrap_or_default();
    debug_assert!(held == 0, "{purpose} needs a connection while the same unit of work holds {held}");
}

/// A connection that counts for the unit that took it.
#[derive(Debug)]
pub(super) struct Holding(Option<Arc<AtomicUsize>>);

impl Holding {
    /// Counts one for the present unit, if there is one.
    pub(super) fn begin() -> Self {
        let unit = HELD.try_with(Arc::clone).ok();
        if let Some(held) = &unit {
            held.fetch_add(1, Ordering::Relaxed);
        }
        Self(unit)
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        if let Some(held) = &self.0 {
            held.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    #[should_panic(expected = "a key needs a connection while the same unit of work holds 1")]
    async fn second_connection_of_a_unit_panics() {
        unit_of_work(async {
            let _first = Holding::begin();
            must_hold_none("a key");
        })
        .await;
    }

    #[tokio::test]
    async fn returned_connection_and_nested_unit_do_not_count() {
        unit_of_work(async {
            drop(Holding::begin());
            must_hold_none("a key");
            let _held = Holding::begin();
            unit_of_work(async { must_hold_none("a part beside") }).await;
        })
        .await;
    }

    #[tokio::test]
    async fn connection_that_moved_into_a_task_counts_until_it_is_back() {
        unit_of_work(async {
            let held = Holding::begin();
            let counter = HELD.with(Arc::clone);
            tokio::spawn(async move {
                assert_eq!(counter.load(Ordering::Relaxed), 1);
                drop(held);
            })
            .await
            .expect("the task ends");
            must_hold_none("a key");
        })
        .await;
    }
}
