//! Events for the clients' live views: rows of the outbox table `sync_events`, written with the change.

use serde_json::Value;
use shared::{Result, db::Change, sql};

/// Stores one event (`cadet_updated`), about one cadet or about none in particular.
pub async fn publish(
    change: &mut Change,
    event_type: &'static str,
    cadet_id: Option<i32>,
    payload: Value,
) -> Result<()> {
    let insert = sql!("INSERT INTO sync_events (event_type, cadet_id, payload) VALUES ($1, $2, $3)");
    change.execute(insert, &[&event_type, &cadet_id, &payload]).await?;
    Ok(())
}

/// Stores one event about each of these cadets; the payloads stand in the same order.
pub async fn publish_each(
    change: &mut Change,
    event_type: &'static str,
    cadet_ids: &[i32],
    payloads: &[Value],
) -> Result<()> {
    let insert = sql!(
        "INSERT INTO sync_events (event_type, cadet_id, payload)
         SELECT $1, cadet_id, payload FROM unnest($2::int[], $3::jsonb[]) AS event (cadet_id, payload)"
    );
    change.execute(insert, &[&event_type, &cadet_ids, &payloads]).await?;
    Ok(())
}
