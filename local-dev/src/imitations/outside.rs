//! What an imitation works with, and how it calls the system back.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;
use shared::{App, clock::Clock, outbound::Outbound};

use super::Faults;

/// A call that a service makes of its own accord.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// How long after the request that it follows.
    pub after: Duration,
    /// Where to.
    pub url: String,
    /// JSON.
    pub body: Value,
}

/// The surroundings of an imitation.
#[derive(Clone)]
pub struct Outside {
    /// Its time.
    pub clock: Clock,
    /// What is to go wrong.
    pub faults: Faults,
    /// Sends calls; none keeps them.
    outbound: Option<Outbound>,
    kept: Arc<Mutex<Vec<Call>>>,
}

impl Outside {
    /// Beside a running app: calls are sent when their time comes.
    pub fn of(app: &App) -> Self {
        let outbound = Some(app.outbound.clone());
        Self { clock: app.clock.clone(), faults: Faults::default(), outbound, kept: Arc::default() }
    }

    /// For tests: calls are kept until somebody takes them.
    pub fn kept(clock: Clock) -> Self {
        Self { clock, faults: Faults::default(), outbound: None, kept: Arc::default() }
    }

    /// The calls that were made so far, each once.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Calls the system. Must run inside a Tokio runtime.
    pub fn call(&self, call: Call) {
        let Some(outbound) = self.outbound.clone() else {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(call);
            return;
        };
        tokio::spawn(async move {
            tokio::time::sleep(call.after).await;
            let Ok(client) = outbound.client() else { return };
            if let Err(cause) = client.post(&call.url).json(&call.body).send().await {
                tracing::warn!(cause = %cause.without_url(), "an imitation cannot call the system");
            }
        });
    }
}
