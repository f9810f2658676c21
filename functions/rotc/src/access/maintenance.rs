//! Maintenance: while the setting `maintenance_mode` is on, everybody but administrators waits.
//!
//! It is part of who may do what, so the extractors ask here, and so does the sign-in.

use std::time::Duration;

use bytes::Bytes;
use shared::{App, Result, error::in_maintenance, sql};

use crate::setting_keys as keys;

/// How long another process may go on answering after the setting has changed.
const NOTICED_WITHIN: Duration = Duration::from_secs(5);

/// Clients try again after this.
const RETRY_AFTER_SECONDS: u64 = 60;

const ON: &[u8] = b"1";
const OFF: &[u8] = b"0";

/// Refuses with 503 in maintenance. Takes a connection now and then: do not call it while one is held.
pub async fn check(app: &App) -> Result<()> {
    if is_on(app).await? {
        let message = "The system is under maintenance. Please try again later.";
        return Err(in_maintenance(message, RETRY_AFTER_SECONDS));
    }
    Ok(())
}

/// Asked with every request, so one byte is kept, not all settings.
async fn is_on(app: &App) -> Result<bool> {
    let make = async {
        let find = sql!("SELECT value FROM system_settings WHERE key = $1");
        let found: Option<Option<String>> =
            app.db.read().await?.one(find, &[&keys::MAINTENANCE_MODE]).await?;
        let on = found.and_then(|value| keys::truth(&value?)).unwrap_or(false);
        Ok(Bytes::from_static(if on { ON } else { OFF }))
    };
    let kept =
        app.cache.answer("rotc:system:maintenance", NOTICED_WITHIN, &["system_settings"], make).await?;
    Ok(kept.body == ON)
}
