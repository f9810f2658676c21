//! The log: committed events get numbers, in the order in which they became visible.

use chrono::{DateTime, Utc};

use super::{BATCH, Source};
use crate::{App, Result, sql};

/// Who numbers events holds this lock; its digits mean nothing.
const LOCK: i64 = 7_310_442_958_006;

/// What came of an attempt to number events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pumped {
    /// Another process is at it.
    Busy,
    /// So many events got a number.
    Moved(u64),
}

/// Takes committed events out of the outbox and numbers them, at most [`BATCH`]. The lock is held until the commit, so the
/// numbers become visible in their own order. Should this process freeze in between, the database ends the transaction.
pub async fn pump(app: &App, source: &dyn Source) -> Result<Pumped> {
    let lock = sql!(
        "SELECT pg_try_advisory_xact_lock($1),
                set_config('idle_in_transaction_session_timeout', '5s', true)"
    );
    let mut change = app.db.change_for_system("events").await?;
    let locked: Option<(bool, String)> = change.one(lock, &[&LOCK]).await?;
    if !locked.is_some_and(|(locked, _)| locked) {
        return Ok(Pumped::Busy);
    }
    let moved = change.execute(source.log().number, &[&BATCH]).await?;
    if moved > 0 {
        // The other processes read the log now, not at their next look.
        let wake = sql!("SELECT true FROM pg_notify('muster_events', '')");
        change.one::<bool>(wake, &[]).await?;
    }
    change.commit().await?;
    Ok(Pumped::Moved(moved))
}

/// Pumps until nothing is left, or another process is at it.
pub(super) async fn pump_all(app: &App, source: &dyn Source) -> Result<Pumped> {
    if app.config.database.read_only {
        return Ok(Pumped::Moved(0));
    }
    let mut moved = 0;
    loop {
        match pump(app, source).await? {
            Pumped::Busy => return Ok(Pumped::Busy),
            Pumped::Moved(count) => {
                moved += count;
                if count < BATCH.unsigned_abs() {
                    return Ok(Pumped::Moved(moved));
                }
            }
        }
    }
}

/// The numbers before the oldest and of the newest event of the log; zeros if it is empty.
pub(super) async fn bounds(app: &App, source: &dyn Source) -> Result<(i64, i64)> {
    app.db.read().await?.only(source.log().bounds, &[]).await
}

/// Pumps, and answers the newest number.
pub(super) async fn newest(app: &App, source: &dyn Source) -> Result<i64> {
    pump_all(app, source).await?;
    Ok(bounds(app, source).await?.1)
}

/// Deletes numbers of events, cursors of streams and sockets that nobody goes on with. Safe to run twice.
pub async fn sweep(app: &App, source: &dyn Source) -> Result<()> {
    let cursors = sql!("DELETE FROM muster.event_cursors WHERE stored_at < $1");
    let sockets = sql!("DELETE FROM muster.sockets WHERE connected_at < $1");
    let before = |age: chrono::TimeDelta| -> DateTime<Utc> { app.clock.now() - age };
    let mut change = app.db.change_for_system("clean-up of events").await?;
    change.execute(source.log().expire, &[&before(super::KEPT)]).await?;
    change.execute(cursors, &[&before(super::cursors::FORGOTTEN)]).await?;
    change.execute(sockets, &[&before(super::gateway::LONGEST_SOCKET)]).await?;
    change.commit().await
}
