//! Lambda function `rotc-worker-realtime`: new events reach the WebSockets that the gateway holds.

use std::time::Duration;

/// Until shortly before the next turn of the schedule.
const LONGEST: Duration = Duration::from_secs(57);

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_job(&rotc::SYSTEM, async |app| {
        let delivered = rotc::realtime::deliver::deliver_while_needed(&app, LONGEST).await?;
        Ok(serde_json::to_value(delivered)?)
    })
}
