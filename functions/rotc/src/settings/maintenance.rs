//! Maintenance: while the setting `maintenance_mode` is on, everybody but administrators waits.
//!
//! It is part of who may do what, so [`crate::access`] asks here, and so does the sign-in.

use std::time::Duration;

use shared::{App, Result, error::in_maintenance};

use super::{keys, system};

/// How long another process may go on answering after the setting has changed.
const NOTICED_WITHIN: Duration = Duration::from_secs(5);

/// Clients try again after this.
const RETRY_AFTER_SECONDS: u64 = 60;

/// Refuses with 503 in maintenance. Takes a connection now and then: do not call it while one is held.
pub async fn check(app: &App) -> Result<()> {
    let settings = system::load_newer_than(app, NOTICED_WITHIN).await?;
    match settings.get(keys::MAINTENANCE_MODE).and_then(keys::truth) {
        Some(true) => {
            let message = "The system is under maintenance. Please try again later.";
            Err(in_maintenance(message, RETRY_AFTER_SECONDS))
        }
        _ => Ok(()),
    }
}
