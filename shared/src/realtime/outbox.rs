//! The outbox `muster.events`, for systems whose legacy server had none.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{Audience, Batch, Event, Log, Part, Topic, protocol};
use crate::{
    App, Error, Result,
    db::{Change, TenantKey},
    error::Kind,
    row, sql,
};

/// The statements of `muster.events`, which holds the numbers too.
pub(super) static EVENTS: Log = Log {
    number: sql!(
        "WITH waiting AS MATERIALIZED (
             SELECT id, nextval('muster.event_numbers') AS number
             FROM (SELECT id FROM muster.events WHERE seq IS NULL ORDER BY id LIMIT $1) AS oldest
         )
         UPDATE muster.events SET seq = number FROM waiting WHERE events.id = waiting.id"
    ),
    bounds: sql!("SELECT coalesce(min(seq) - 1, 0), coalesce(max(seq), 0) FROM muster.events"),
    expire: sql!(
        "DELETE FROM muster.events WHERE created_at < $1 AND seq < (SELECT max(seq) FROM muster.events)"
    ),
};

impl Change {
    /// Stores an event (`lesson.published`), which reaches listeners of these topics after the commit.
    ///
    /// It belongs to the tenant of the transaction. In a system with tenants only the platform publishes to all of them, and the
    /// scope of a user to users; any other transaction without a tenant is refused (403).
    pub async fn publish(
        &mut self,
        kind: &'static str,
        topics: &[Topic],
        payload: &impl Serialize,
    ) -> Result<()> {
        let insert = sql!(
            "INSERT INTO muster.events (kind, audience, payload) SELECT $1::text, $2::jsonb, $3::jsonb
             WHERE current_setting('muster.scope', true) IS DISTINCT FROM 'own'
                OR NOT EXISTS (SELECT FROM jsonb_array_elements($2::jsonb) AS topic WHERE NOT topic ? 'user')"
        );
        let (topics, payload) = (serde_json::to_value(topics)?, serde_json::to_value(payload)?);
        match self.execute(insert, &[&kind, &topics, &payload]).await? {
            0 => Err(Error::new(Kind::Forbidden, "tenant_required", "The event needs a tenant")),
            _ => Ok(()),
        }
    }
}

row! {
    struct Stored {
        seq: i64,
        kind: String,
        tenant: Option<TenantKey>,
        audience: Value,
        payload: Value,
        created_at: DateTime<Utc>,
    }
}

pub(super) async fn read(app: &App, after: i64, limit: i64) -> Result<Batch> {
    let list = sql!(
        "SELECT seq, kind, tenant, audience, payload, created_at FROM muster.events
         WHERE seq > $1 ORDER BY seq LIMIT $2"
    );
    let stored: Vec<Stored> = app.db.read().await?.all(list, &[&after, &limit]).await?;
    let (rows, last) = (stored.len(), stored.last().map(|event| event.seq));
    Ok(Batch { events: stored.into_iter().map(written).collect(), last, rows })
}

#[derive(Serialize)]
struct Frame<'a> {
    r#type: &'a str,
    data: &'a Value,
    timestamp: String,
}

fn written(stored: Stored) -> Event {
    // Topics that this release does not know are nobody's.
    let topics: Vec<Topic> = serde_json::from_value(stored.audience).unwrap_or_default();
    let audience = match stored.tenant {
        Some(tenant) => Audience::of_tenant(tenant, topics),
        None => Audience::everywhere(topics),
    };
    let timestamp = stored.created_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let frame = Frame { r#type: &stored.kind, data: &stored.payload, timestamp };
    let frame = protocol::frame(Some(stored.seq), &frame).into();
    let message = protocol::message(stored.seq, &stored.kind, &stored.payload);
    let part = Part { audience, frames: [bytes::Bytes::new(), frame], message: Some(message) };
    Event { seq: stored.seq, parts: vec![part] }
}
