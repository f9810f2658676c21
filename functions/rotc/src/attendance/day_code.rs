//! The code of a training day, shown as a QR code for cadets to check in with.
//!
//! It proves that somebody saw the screen a few minutes ago: it is signed, so it cannot be worked out from what
//! is known about the day, and it changes every quarter of an hour, so a picture of it is soon worth nothing.

use chrono::{DateTime, Utc};
use shared::{App, Result};

/// How long a code is shown. For as long again it is accepted, by those who were slow.
const WINDOW_SECONDS: i64 = 15 * 60;

const PURPOSE: &str = "attendance: code of a training day";

/// A code and how long it is good.
#[derive(Clone, Debug)]
pub struct DayCode {
    /// 16 hexadecimal digits.
    pub code: String,
    /// When another one is shown.
    pub refresh_at: DateTime<Utc>,
    /// When this one is no longer accepted.
    pub expires_at: DateTime<Utc>,
}

/// The code to show now.
pub async fn current(app: &App, day_id: i32) -> Result<DayCode> {
    let window = window(app);
    let end = |windows| {
        DateTime::from_timestamp((window + windows) * WINDOW_SECONDS, 0).unwrap_or(DateTime::UNIX_EPOCH)
    };
    let code = app.signer.code(PURPOSE, &message(day_id, window)).await?;
    Ok(DayCode { code, refresh_at: end(1), expires_at: end(2) })
}

/// Whether this is the day's code of now or of the window before.
pub async fn is_valid(app: &App, day_id: i32, code: &str) -> Result<bool> {
    let (window, code) = (window(app), code.trim());
    let now = app.signer.is_code(PURPOSE, &message(day_id, window), code).await?;
    let before = app.signer.is_code(PURPOSE, &message(day_id, window - 1), code).await?;
    Ok(now || before)
}

fn window(app: &App) -> i64 {
    app.clock.now().timestamp().div_euclid(WINDOW_SECONDS)
}

fn message(day_id: i32, window: i64) -> String {
    format!("{day_id}:{window}")
}
