//! What a connection is at.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::{sync::Notify, time::Instant};

use super::Limits;

/// How long a connection beyond the limits may take for its one request.
const SPARE_SECONDS: u64 = 2;

/// The state of one connection.
pub struct State {
    phase: Mutex<Phase>,
    go: Notify,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// The head of a request has begun, or the connection has just been opened.
    Head(Instant),
    /// Between requests.
    Idle(Instant),
    /// A request is at work; whether its body has come whole.
    Busy { received: bool },
}

impl State {
    pub fn new() -> Self {
        Self { phase: Mutex::new(Phase::Head(Instant::now())), go: Notify::new() }
    }

    /// Bytes have come.
    pub fn heard(&self) {
        let mut phase = self.phase();
        if let Phase::Idle(_) = *phase {
            *phase = Phase::Head(Instant::now());
        }
    }

    /// The head of a request has come, perhaps with all of its body.
    pub fn begin(&self, received: bool) {
        *self.phase() = Phase::Busy { received };
    }

    /// The body has come.
    pub fn received(&self) {
        if let Phase::Busy { received } = &mut *self.phase() {
            *received = true;
        }
    }

    /// Whether the body of the request has come whole.
    pub fn is_received(&self) -> bool {
        matches!(*self.phase(), Phase::Busy { received: true })
    }

    /// The response has been sent.
    pub fn sent(&self) {
        *self.phase() = Phase::Idle(Instant::now());
    }

    /// Since when nothing has been asked of the server; none while a request is at work.
    pub fn unused_since(&self) -> Option<Instant> {
        match *self.phase() {
            Phase::Head(since) | Phase::Idle(since) => Some(since),
            Phase::Busy { .. } => None,
        }
    }

    /// Whether it takes too long.
    pub fn is_overdue(&self, limits: Limits, is_spare: bool) -> bool {
        match *self.phase() {
            Phase::Head(since) | Phase::Idle(since) if is_spare => since.elapsed().as_secs() >= SPARE_SECONDS,
            Phase::Head(since) => since.elapsed() >= limits.header,
            Phase::Idle(since) => since.elapsed() >= limits.idle,
            Phase::Busy { .. } => false,
        }
    }

    /// Whether it may go on while the server stops, which it does since then.
    pub fn may_finish(&self, since: Instant, limits: Limits) -> bool {
        match *self.phase() {
            Phase::Head(_) | Phase::Idle(_) => false,
            Phase::Busy { received: false } => since.elapsed() < limits.receive_within,
            Phase::Busy { received: true } => since.elapsed() < limits.answer_within,
        }
    }

    /// Ends the connection.
    pub fn tell_to_go(&self) {
        self.go.notify_one();
    }

    pub async fn told_to_go(&self) {
        self.go.notified().await;
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Duration = Duration::ZERO;
    const LATER: Duration = Duration::from_secs(3600);

    fn limits(header: Duration, idle: Duration) -> Limits {
        Limits { header, idle, receive_within: NOW, answer_within: LATER, ..Limits::default() }
    }

    #[tokio::test]
    async fn only_connections_without_a_request_at_work_are_overdue() {
        let state = State::new();
        assert!(state.is_overdue(limits(NOW, LATER), false) && !state.is_overdue(limits(LATER, NOW), false));
        state.begin(true);
        assert!(!state.is_overdue(limits(NOW, NOW), false));
        state.sent();
        assert!(state.is_overdue(limits(LATER, NOW), false) && !state.is_overdue(limits(NOW, LATER), false));
        state.heard();
        assert!(state.is_overdue(limits(NOW, LATER), false));
    }

    #[tokio::test]
    async fn stopping_server_waits_longer_for_requests_that_came_whole() {
        let (limits, state, since) = (limits(LATER, LATER), State::new(), Instant::now());
        assert!(!state.may_finish(since, limits));
        state.begin(false);
        assert!(!state.may_finish(since, limits));
        state.received();
        assert!(state.may_finish(since, limits));
    }
}
