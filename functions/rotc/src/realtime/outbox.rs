//! The outbox `sync_events` and the log of what was broadcast.
//!
//! The legacy server may run on the same database: what it marks as processed is its own and does not come here, and
//! the other way round.

use chrono::{DateTime, Utc};
use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    App, Result,
    realtime::{BATCH, Batch, Cursor, Pumped, Source},
    sql,
};
use uuid::Uuid;

use super::{cursors, facts::Facts, frames};

/// Who pumps holds this lock; its digits mean nothing.
const LOCK: i64 = 7_310_442_958_006;

/// The events of the ROTC system.
pub static OUTBOX: Outbox = Outbox;

/// See [`OUTBOX`].
#[derive(Debug)]
pub struct Outbox;

impl Source for Outbox {
    fn pump<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Pumped>> {
        pump(app).boxed()
    }

    fn bounds<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<(i64, i64)>> {
        bounds(app).boxed()
    }

    fn after<'a>(&'a self, app: &'a App, after: i64, limit: i64) -> BoxFuture<'a, Result<Batch>> {
        read(app, after, limit).boxed()
    }

    fn ended<'a>(&'a self, app: &'a App, sessions: Vec<Uuid>) -> BoxFuture<'a, Result<Vec<Uuid>>> {
        ended(app, sessions).boxed()
    }

    fn keep<'a>(&'a self, app: &'a App, cursors: Vec<Cursor>) -> BoxFuture<'a, Result<()>> {
        cursors::keep(app, cursors).boxed()
    }

    fn claim<'a>(
        &'a self,
        app: &'a App,
        session: Uuid,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Option<i64>>> {
        cursors::claim(app, session, since).boxed()
    }
}

/// Takes committed events out of the outbox and numbers them. The lock is held until the commit, so the numbers become
/// visible in their own order. Should this process freeze in between, the database ends the transaction.
async fn pump(app: &App) -> Result<Pumped> {
    let lock = sql!(
        "SELECT pg_try_advisory_xact_lock($1),
                set_config('idle_in_transaction_session_timeout', '5s', true)"
    );
    let take = sql!(
        "WITH waiting AS (
             SELECT id FROM sync_events WHERE processed IS NOT TRUE ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
         ), taken AS (
             UPDATE sync_events SET processed = TRUE, processed_at = clock_timestamp()
             FROM waiting WHERE sync_events.id = waiting.id RETURNING sync_events.id
         )
         INSERT INTO muster.event_log (event_id) SELECT id FROM taken ORDER BY id
         ON CONFLICT (event_id) DO NOTHING"
    );
    let mut change = app.db.change_for_system("events").await?;
    let locked: Option<(bool, String)> = change.one(lock, &[&LOCK]).await?;
    if !locked.is_some_and(|(locked, _)| locked) {
        return Ok(Pumped::Busy);
    }
    let moved = change.execute(take, &[&BATCH]).await?;
    if moved > 0 {
        // The other processes read the log now, not at their next look.
        let wake = sql!("SELECT true FROM pg_notify('muster_events', '')");
        change.one::<bool>(wake, &[]).await?;
    }
    change.commit().await?;
    Ok(Pumped::Moved(moved))
}

async fn bounds(app: &App) -> Result<(i64, i64)> {
    let ends = sql!("SELECT coalesce(min(seq) - 1, 0), coalesce(max(seq), 0) FROM muster.event_log");
    Ok(app.db.read().await?.one(ends, &[]).await?.unwrap_or_default())
}

async fn read(app: &App, after: i64, limit: i64) -> Result<Batch> {
    let list = sql!(
        "SELECT log.seq, coalesce(events.event_type, '') AS kind, events.cadet_id,
                coalesce(events.payload, 'null') AS payload, events.created_at AS at
         FROM muster.event_log AS log LEFT JOIN sync_events AS events ON events.id = log.event_id
         WHERE log.seq > $1 ORDER BY log.seq LIMIT $2"
    );
    let stored: Vec<frames::Stored> = app.db.read().await?.all(list, &[&after, &limit]).await?;
    let (rows, last) = (stored.len(), stored.last().map(|event| event.seq));
    let facts = Facts::of(app, &stored).await?;
    // An event whose row is gone went with its cadet.
    let present = stored.iter().filter(|event| !event.kind.is_empty());
    Ok(Batch { events: present.map(|event| frames::render(event, &facts)).collect(), last, rows })
}

/// Sessions that no longer let anybody in, as [`crate::access`] sees it.
async fn ended(app: &App, sessions: Vec<Uuid>) -> Result<Vec<Uuid>> {
    let find = sql!(
        "SELECT asked.id FROM unnest($1::uuid[]) AS asked (id)
         WHERE NOT EXISTS (
             SELECT FROM muster.sessions JOIN users ON users.id = sessions.user_id::int
             LEFT JOIN cadets ON cadets.id = users.cadet_id
             LEFT JOIN training_staff ON training_staff.id = users.staff_id
             WHERE sessions.id = asked.id AND sessions.revoked_at IS NULL
               AND sessions.idle_expires_at > $2 AND sessions.absolute_expires_at > $2
               AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
               AND cadets.is_archived IS NOT TRUE AND training_staff.is_archived IS NOT TRUE)"
    );
    app.db.read().await?.all(find, &[&sessions, &app.clock.now()]).await
}
