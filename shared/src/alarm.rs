//! Telling the administrators that something went wrong on our side.

use crate::{App, Result, auth::rate_limit::Limit};

/// Of each kind of failure they are told once an hour, whichever process sees it.
const COOL_DOWN: Limit = Limit { name: "alarm", hits: 1, seconds: 3600 };

/// Tells the administrators of the system that `what` (`GET /api/items/{id}`, which names nobody) has failed. Where that
/// fails too, as without a database, it is logged.
pub(crate) async fn raise(app: &App, what: &str) {
    if let Err(cause) = told(app, what).await {
        tracing::warn!(%cause, "the administrators could not be told of a failure");
    }
}

async fn told(app: &App, what: &str) -> Result<()> {
    let Some(alarm) = app.system.alarm.filter(|_| !app.config.database.read_only) else { return Ok(()) };
    if !COOL_DOWN.allows(app, what).await? {
        return Ok(());
    }
    let text = format!("{what} failed: something went wrong on our side. The log says why.");
    let mut change = app.change_across_tenants("alarm").await?;
    alarm(&mut change, &text).await?;
    change.commit().await
}
