//! How live events reach clients.

use std::time::Duration;

use super::{AwsConfig, Variables};

/// How live events reach clients.
#[derive(Clone, Debug)]
pub struct RealtimeConfig {
    /// `EVENT_STREAMS`: `held` keeps event streams open (the default of a server), `short` answers what is new and ends
    /// (the default of a Lambda function, whose gateway lets nothing through before the end).
    pub held: bool,
    /// Time between the heartbeats of open streams: 30 s.
    pub heartbeat: Duration,
    /// `SOCKETS_ENDPOINT`: where the gateway takes messages for the WebSockets it holds; with `SOCKETS_REGION` (or
    /// `AWS_REGION`), `SOCKETS_ACCESS_KEY` and `SOCKETS_SECRET_KEY`.
    pub sockets: AwsConfig,
}

impl Variables<'_> {
    pub(super) fn realtime(&mut self) -> RealtimeConfig {
        let held = match self.text("EVENT_STREAMS").as_deref() {
            Some("held") => true,
            Some("short") => false,
            None => !self.in_lambda(),
            Some(_) => {
                self.problems.push("EVENT_STREAMS must be held or short".to_owned());
                false
            }
        };
        RealtimeConfig { held, heartbeat: Duration::from_secs(30), sockets: self.aws("SOCKETS") }
    }
}
