//! The outbox `sync_events` and the log of what was broadcast.
//!
//! The legacy server may run on the same database: what it marks as processed is its own and does not come here, and
//! the other way round.

use futures_util::{FutureExt, future::BoxFuture};
use serde_json::{Value, json};
use shared::{
    App, Result,
    realtime::{Batch, Listener, Log, Source},
    sql,
};
use uuid::Uuid;

use super::{audience::listener, frames};
use crate::access;

/// The live events of the ROTC system.
#[derive(Debug)]
pub struct Outbox;

/// The events of the ROTC system.
pub static OUTBOX: Outbox = Outbox;

static LOG: Log = Log {
    number: sql!(
        "WITH waiting AS (
             SELECT id FROM sync_events WHERE processed IS NOT TRUE ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
         ), taken AS (
             UPDATE sync_events SET processed = TRUE, processed_at = clock_timestamp()
             FROM waiting WHERE sync_events.id = waiting.id RETURNING sync_events.id
         )
         INSERT INTO muster.event_log (event_id) SELECT id FROM taken ORDER BY id
         ON CONFLICT (event_id) DO NOTHING"
    ),
    bounds: sql!("SELECT coalesce(min(seq) - 1, 0), coalesce(max(seq), 0) FROM muster.event_log"),
    // The events themselves stay in `sync_events`.
    expire: sql!(
        "DELETE FROM muster.event_log WHERE created_at < $1 AND seq < (SELECT max(seq) FROM muster.event_log)"
    ),
};

impl Source for Outbox {
    fn log(&self) -> &'static Log {
        &LOG
    }

    fn read<'a>(&'a self, app: &'a App, after: i64, limit: i64) -> BoxFuture<'a, Result<Batch>> {
        read(app, after, limit).boxed()
    }

    fn ended<'a>(&'a self, app: &'a App, listeners: &'a [Listener]) -> BoxFuture<'a, Result<Vec<i64>>> {
        ended(app, listeners).boxed()
    }

    fn listener<'a>(&'a self, app: &'a App, token: &'a str) -> BoxFuture<'a, Result<Option<Listener>>> {
        async move { Ok(access::bearer(app, token).await?.as_ref().map(listener)) }.boxed()
    }

    /// As the clients know it from the legacy server.
    fn replayed(&self, message: Value) -> Value {
        json!({
            "type": "sync_event", "event_type": message["type"], "data": message["data"],
            "event_id": message["event_id"], "replayed": true,
        })
    }
}

async fn read(app: &App, after: i64, limit: i64) -> Result<Batch> {
    let list = sql!(
        "SELECT log.seq, coalesce(events.event_type, '') AS kind, events.cadet_id,
                coalesce(events.payload, 'null') AS payload, events.created_at AS at,
                (SELECT jsonb_build_object(
                     'attendance_present', coalesce(attendance_present, 0), 'merit_points', coalesce(merit_points, 0),
                     'demerit_points', coalesce(demerit_points, 0), 'prelim_score', prelim_score,
                     'midterm_score', midterm_score, 'final_score', final_score)
                 FROM grades WHERE grades.cadet_id = named.cadet_id) AS grades,
                (SELECT jsonb_build_object('time_in', time_in, 'time_out', time_out) FROM attendance_records AS records
                 WHERE records.training_day_id = named.day_id AND records.cadet_id = named.cadet_id) AS times,
                (SELECT jsonb_agg(jsonb_build_object(
                     'id', notices.id, 'user_id', user_id, 'message', message, 'type', type,
                     'is_read', coalesce(is_read, FALSE),
                     'created_at', to_char(notices.created_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')) ORDER BY place)
                 FROM jsonb_path_query(events.payload, '$.ids[*] ? (@ > 0 && @ < 2147483648)')
                      WITH ORDINALITY AS listed (id, place)
                      JOIN notifications AS notices ON notices.id = listed.id::int
                 WHERE events.event_type = 'notifications_created') AS notices,
                (SELECT value FROM system_settings AS settings
                 WHERE events.event_type = 'system_setting_updated' AND settings.key = events.payload->>'key'
                 ORDER BY settings.id LIMIT 1) AS setting
         FROM muster.event_log AS log LEFT JOIN sync_events AS events ON events.id = log.event_id
              CROSS JOIN LATERAL (
                  SELECT coalesce(events.cadet_id, jsonb_path_query_first(
                             events.payload, '$.cadetId ? (@ > 0 && @ < 2147483648)')::int) AS cadet_id,
                         jsonb_path_query_first(
                             events.payload, '$.dayId ? (@ > 0 && @ < 2147483648)')::int AS day_id) AS named
         WHERE log.seq > $1 ORDER BY log.seq LIMIT $2"
    );
    let stored: Vec<frames::Stored> = app.db.read().await?.all(list, &[&after, &limit]).await?;
    let (rows, last) = (stored.len(), stored.last().map(|event| event.seq));
    // An event whose row is gone went with its cadet.
    let present = stored.iter().filter(|event| !event.kind.is_empty());
    Ok(Batch { events: present.map(frames::render).collect(), last, rows })
}

/// Those whose session no longer lets anybody in, as [`crate::access`] sees it, or whose role has changed.
async fn ended(app: &App, listeners: &[Listener]) -> Result<Vec<i64>> {
    let find = sql!(
        "SELECT asked.position FROM unnest($1::uuid[], $3::text[]) WITH ORDINALITY AS asked (id, role, position)
         WHERE NOT EXISTS (
             SELECT FROM muster.sessions JOIN users ON users.id = sessions.user_id::int
             LEFT JOIN cadets ON cadets.id = users.cadet_id
             LEFT JOIN training_staff ON training_staff.id = users.staff_id
             WHERE sessions.id = asked.id AND users.role = asked.role AND sessions.revoked_at IS NULL
               AND sessions.idle_expires_at > $2 AND sessions.absolute_expires_at > $2
               AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
               AND cadets.is_archived IS NOT TRUE AND training_staff.is_archived IS NOT TRUE)"
    );
    let (sessions, roles): (Vec<Uuid>, Vec<&str>) =
        listeners.iter().map(|listener| (listener.session, listener.role.as_ref())).unzip();
    app.db.read().await?.all(find, &[&sessions, &app.clock.now(), &roles]).await
}
