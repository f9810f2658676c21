//! Sends new events to the sockets that the gateway holds.
//!
//! A worker takes sockets for a while (a lease), so two of them never send the same. One that dies in between leaves
//! them to the next, and an event may then come twice; its `event_id` tells.

use std::{collections::HashSet, time::Duration};

use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use serde::Serialize;
use tokio::time::Instant;

use super::{
    Gateway,
    sockets::{Socket, Stored, forget},
};
use crate::{
    App, Result,
    realtime::{BATCH, Event, Listener, Source, log, source::dismissed},
    sql,
};

/// Sockets that are spoken to at the same time.
const AT_ONCE: usize = 16;

/// How long a worker may take for the sockets it has taken.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What a delivery has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Sockets that are up to date now.
    pub current: usize,
    /// Sockets that were gone.
    pub gone: usize,
    /// Sockets that could not be reached; they are tried again.
    pub failed: usize,
}

/// What became of one socket.
enum Outcome {
    Current(String),
    Gone(String),
    Failed,
}

/// Delivers for as long as anybody has a socket, `longest` at most.
pub async fn deliver_while_needed(app: &App, source: &dyn Source, longest: Duration) -> Result<Delivered> {
    let until = Instant::now() + longest;
    let mut all = Delivered::default();
    loop {
        let turn = deliver(app, source).await?;
        all.current += turn.current;
        all.gone += turn.gone;
        all.failed += turn.failed;
        let left = sql!("SELECT count(*) FROM muster.sockets");
        let left: i64 = app.db.read().await?.only(left, &[]).await?;
        if left == 0 || Instant::now() + LOOK_EVERY >= until {
            return Ok(all);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Delivers what is new, once.
pub async fn deliver(app: &App, source: &dyn Source) -> Result<Delivered> {
    let newest = log::newest(app, source).await?;
    let sockets = take(app, newest).await?;
    let Some(oldest) = sockets.iter().map(|socket| socket.seq).min() else {
        return Ok(Delivered::default());
    };
    let listeners: Vec<Listener> = sockets.iter().map(|socket| socket.listener.clone()).collect();
    let ended = dismissed(source, app, &listeners).await?;
    let batch = source.read(app, oldest, BATCH).await?;
    let reached = batch.last.unwrap_or(newest);
    let gateway = Gateway::new(&app.config)?;
    let turns: Vec<_> = sockets.iter().map(|socket| serve(&gateway, socket, &ended, &batch.events)).collect();
    let outcomes: Vec<Outcome> = stream::iter(turns).buffer_unordered(AT_ONCE).collect().await;
    finish(app, outcomes, reached).await
}

async fn take(app: &App, newest: i64) -> Result<Vec<Socket>> {
    let take = sql!(
        "UPDATE muster.sockets SET lease_until = $3
         WHERE connection_id IN (
             SELECT connection_id FROM muster.sockets
             WHERE (seq < $1 OR NOT greeted) AND (lease_until IS NULL OR lease_until < $2)
             ORDER BY seq LIMIT 500 FOR UPDATE SKIP LOCKED)
         RETURNING connection_id, listener, joined_seq, seq, greeted"
    );
    let now = app.clock.now();
    let mut change = app.db.change_for_system("sockets").await?;
    let taken: Vec<Stored> = change.all(take, &[&newest, &now, &(now + LEASE)]).await?;
    change.commit().await?;
    let mut sockets = Vec::with_capacity(taken.len());
    let mut unreadable = Vec::new();
    for stored in taken {
        sockets.extend(stored.read().map_err(|id| unreadable.push(id)).ok());
    }
    if !unreadable.is_empty() {
        // One that another edition has written must not keep the others from what is new to them.
        tracing::warn!(sockets = unreadable.len(), "nobody knows any more who listens");
        forget(app, &unreadable).await?;
    }
    Ok(sockets)
}

async fn serve(gateway: &Gateway, socket: &Socket, ended: &HashSet<Listener>, events: &[Event]) -> Outcome {
    if ended.contains(&socket.listener) {
        gateway.close(&socket.connection_id).await;
        return Outcome::Gone(socket.connection_id.clone());
    }
    tell(gateway, socket, events).await
}

/// Tells one socket what is new to it, in order.
async fn tell(gateway: &Gateway, socket: &Socket, events: &[Event]) -> Outcome {
    let new = events.iter().filter(|event| event.seq > socket.seq);
    let messages = new.flat_map(|event| event.messages(&socket.listener));
    let greeting = (!socket.greeted).then(|| socket.greeting());
    let texts = greeting.as_deref().into_iter().chain(messages.map(|message| message.as_str()));
    for text in texts {
        match gateway.send(&socket.connection_id, text).await {
            Ok(true) => {}
            Ok(false) => return Outcome::Gone(socket.connection_id.clone()),
            Err(error) => {
                tracing::warn!(%error, "a socket could not be reached");
                return Outcome::Failed;
            }
        }
    }
    Outcome::Current(socket.connection_id.clone())
}

async fn finish(app: &App, outcomes: Vec<Outcome>, reached: i64) -> Result<Delivered> {
    let (mut current, mut gone, mut failed) = (Vec::new(), Vec::new(), 0);
    for outcome in outcomes {
        match outcome {
            Outcome::Current(id) => current.push(id),
            Outcome::Gone(id) => gone.push(id),
            Outcome::Failed => failed += 1,
        }
    }
    let note = sql!(
        "UPDATE muster.sockets SET seq = greatest(seq, $2), greeted = TRUE, lease_until = NULL
         WHERE connection_id = ANY($1)"
    );
    let mut change = app.db.change_for_system("sockets").await?;
    change.execute(note, &[&current, &reached]).await?;
    change.commit().await?;
    if !gone.is_empty() {
        forget(app, &gone).await?;
    }
    Ok(Delivered { current: current.len(), gone: gone.len(), failed })
}
