//! How far event streams got. A client that opens a new `EventSource` after each break does not say where the last one
//! ended, so the session remembers.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{App, Result, sql};

/// A stream that ended longer ago was not interrupted: the page was left, and loads everything when it comes back.
const REMEMBERED: TimeDelta = TimeDelta::minutes(2);

/// When the clean-up takes a cursor: long after anybody goes on from it.
pub(super) const FORGOTTEN: TimeDelta = TimeDelta::hours(1);

/// How far one event stream got.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor {
    /// The stream.
    pub stream: Uuid,
    /// Whose it is.
    pub session: Uuid,
    /// The newest event it has been given.
    pub seq: i64,
}

/// Keeps how far these streams got.
pub(super) async fn keep(app: &App, cursors: &[Cursor]) -> Result<()> {
    let store = sql!(
        "INSERT INTO muster.event_cursors (stream, session, seq, stored_at)
         SELECT stream, session, seq, $4 FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS new (stream, session, seq)
         ON CONFLICT (stream) DO UPDATE
             SET seq = greatest(event_cursors.seq, excluded.seq), stored_at = excluded.stored_at"
    );
    let streams: Vec<Uuid> = cursors.iter().map(|cursor| cursor.stream).collect();
    let sessions: Vec<Uuid> = cursors.iter().map(|cursor| cursor.session).collect();
    let numbers: Vec<i64> = cursors.iter().map(|cursor| cursor.seq).collect();
    let mut change = app.db.change_for_system("event streams").await?;
    change.execute(store, &[&streams, &sessions, &numbers, &app.clock.now()]).await?;
    change.commit().await
}

/// Takes over the cursor of the stream of this session that got least far; answered once. With several pages open this may
/// be that of a page that is still there: the new one then gets an event again, and none is lost.
pub(super) async fn claim(app: &App, session: Uuid) -> Result<Option<i64>> {
    let take = sql!(
        "DELETE FROM muster.event_cursors WHERE stream = (
             SELECT stream FROM muster.event_cursors WHERE session = $1 AND stored_at >= $2
             ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING seq"
    );
    let since: DateTime<Utc> = app.clock.now() - REMEMBERED;
    let mut change = app.db.change_for_system("event streams").await?;
    let found: Option<i64> = change.one(take, &[&session, &since]).await?;
    change.commit().await?;
    Ok(found)
}
