//! How far event streams got. The legacy client opens a new `EventSource` after each break, which does not say where
//! the last one ended, so the session remembers.

use chrono::{DateTime, TimeDelta, Utc};
use shared::{App, Result, realtime::Cursor, sql};
use uuid::Uuid;

/// A stream that ended longer ago was not interrupted: the page was left, and loads everything when it comes back.
pub const REMEMBERED: TimeDelta = TimeDelta::minutes(2);

/// Keeps the places of these streams.
pub async fn keep(app: &App, cursors: Vec<Cursor>) -> Result<()> {
    let store = sql!(
        "INSERT INTO muster.stream_cursors (stream, session, seq, stored_at)
         SELECT stream, session, seq, $4 FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS new (stream, session, seq)
         ON CONFLICT (stream) DO UPDATE
             SET seq = greatest(stream_cursors.seq, excluded.seq), stored_at = excluded.stored_at"
    );
    let streams: Vec<Uuid> = cursors.iter().map(|cursor| cursor.stream).collect();
    let sessions: Vec<Uuid> = cursors.iter().map(|cursor| cursor.session).collect();
    let numbers: Vec<i64> = cursors.iter().map(|cursor| cursor.seq).collect();
    let mut change = app.db.change_for_system("event streams").await?;
    change.execute(store, &[&streams, &sessions, &numbers, &app.clock.now()]).await?;
    change.commit().await
}

/// Takes over the place of the stream of this session that got least far. With several pages open this may be that of a
/// page that is still there: the new one then gets an event again, and none is lost.
pub async fn claim(app: &App, session: Uuid, since: DateTime<Utc>) -> Result<Option<i64>> {
    let take = sql!(
        "DELETE FROM muster.stream_cursors WHERE stream = (
             SELECT stream FROM muster.stream_cursors WHERE session = $1 AND stored_at >= $2
             ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING seq"
    );
    let mut change = app.db.change_for_system("event streams").await?;
    let found: Option<i64> = change.one(take, &[&session, &since]).await?;
    change.commit().await?;
    Ok(found)
}
