//! Lambda function `rotc-worker-realtime`: new events reach the WebSockets that the gateway holds.

use std::time::Duration;

/// Until shortly before the next turn of the schedule.
const LONGEST: Duration = Duration::from_secs(57);

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_delivery(&rotc::SYSTEM, LONGEST)
}
