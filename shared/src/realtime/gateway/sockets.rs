//! WebSockets that the gateway holds: who has one, and what they say.
//!
//! A socket cannot be spoken to while it is being opened, so the greeting comes with the first delivery, or before the
//! answer to the first message. A token that does not hold is refused with 401: there is no socket yet to be closed.

use chrono::TimeDelta;
use serde_json::Value;
use tokio_postgres::types::Json;

use super::{Gateway, Happened, SocketEvent};
use crate::{
    App, Result,
    realtime::{
        Listener, REPLAY_LIMIT, Source, log,
        protocol::{self, Asked},
    },
    row, sql,
};

/// The gateway closes every socket after two hours; one that is older has been closed without a word.
pub(in crate::realtime) const LONGEST_SOCKET: TimeDelta = TimeDelta::hours(3);

row! {
    /// An open socket as it is stored.
    pub(super) struct Stored {
        connection_id: String,
        listener: Value,
        joined_seq: i64,
        seq: i64,
        greeted: bool,
    }
}

/// An open socket.
pub(super) struct Socket {
    /// The gateway's name for it.
    pub connection_id: String,
    /// Whose it is.
    pub listener: Listener,
    /// The newest event when it was opened.
    pub joined_seq: i64,
    /// The newest event that was sent to it.
    pub seq: i64,
    /// Whether it has been greeted.
    pub greeted: bool,
}

impl Stored {
    /// The socket, or its name if it does not say whose it is.
    pub fn read(self) -> Result<Socket, String> {
        let Self { connection_id, listener, joined_seq, seq, greeted } = self;
        match serde_json::from_value(listener) {
            Ok(listener) => Ok(Socket { connection_id, listener, joined_seq, seq, greeted }),
            Err(_) => Err(connection_id),
        }
    }
}

impl Socket {
    /// The first message.
    pub fn greeting(&self) -> String {
        protocol::established(&self.listener, self.joined_seq)
    }
}

/// Answers an event of the gateway with a status.
pub async fn handle(app: &App, source: &dyn Source, event: SocketEvent) -> Result<u16> {
    match event.what {
        Happened::Opened(token) => opened(app, source, &event.connection_id, token.as_deref()).await,
        Happened::Closed => forget(app, &[event.connection_id]).await.map(|()| 200),
        Happened::Said(text) => said(app, source, &event.connection_id, &text).await,
    }
}

async fn opened(app: &App, source: &dyn Source, connection_id: &str, token: Option<&str>) -> Result<u16> {
    let Some(token) = token else { return Ok(401) };
    let Some(listener) = source.listener(app, token).await? else { return Ok(401) };
    let newest = log::newest(app, source).await?;
    let insert = sql!(
        "INSERT INTO muster.sockets (connection_id, user_id, listener, joined_seq, seq, connected_at)
         VALUES ($1, $2, $3, $4, $4, $5) ON CONFLICT (connection_id) DO NOTHING"
    );
    let mut change = app.db.change_for_system("sockets").await?;
    change
        .execute(insert, &[&connection_id, &listener.user, &Json(&listener), &newest, &app.clock.now()])
        .await?;
    change.commit().await?;
    Ok(200)
}

/// Forgets sockets that are gone.
pub(super) async fn forget(app: &App, connection_ids: &[String]) -> Result<()> {
    let delete = sql!("DELETE FROM muster.sockets WHERE connection_id = ANY($1)");
    let mut change = app.db.change_for_system("sockets").await?;
    change.execute(delete, &[&connection_ids]).await?;
    change.commit().await
}

async fn said(app: &App, source: &dyn Source, connection_id: &str, text: &str) -> Result<u16> {
    let find = sql!(
        "SELECT connection_id, listener, joined_seq, seq, greeted FROM muster.sockets WHERE connection_id = $1"
    );
    let found: Option<Stored> = app.db.read().await?.one(find, &[&connection_id]).await?;
    let Some(socket) = found.and_then(|stored| stored.read().ok()) else { return Ok(410) };
    let gateway = Gateway::new(&app.config)?;
    if !source.ended(app, std::slice::from_ref(&socket.listener)).await?.is_empty() {
        gateway.close(connection_id).await;
        forget(app, &[socket.connection_id]).await?;
        return Ok(401);
    }
    let mut messages = if first_words(app, &socket).await? { vec![socket.greeting()] } else { Vec::new() };
    match protocol::understand(text) {
        Asked::Ping(timestamp) => messages.push(protocol::pong(&timestamp)),
        Asked::Replay(after) => messages.extend(replay(app, source, &socket, after).await?),
        Asked::Unclear(words) => messages.push(protocol::error(&words)),
    }
    for message in messages {
        if !gateway.send(connection_id, &message).await? {
            forget(app, &[socket.connection_id]).await?;
            return Ok(410);
        }
    }
    Ok(200)
}

/// Whether the socket is still to be greeted; true for one caller only.
async fn first_words(app: &App, socket: &Socket) -> Result<bool> {
    if socket.greeted {
        return Ok(false);
    }
    let claim = sql!("UPDATE muster.sockets SET greeted = TRUE WHERE connection_id = $1 AND NOT greeted");
    let mut change = app.db.change_for_system("sockets").await?;
    let claimed = change.execute(claim, &[&socket.connection_id]).await?;
    change.commit().await?;
    Ok(claimed > 0)
}

/// What happened before the socket was opened; what came later is delivered.
async fn replay(app: &App, source: &dyn Source, socket: &Socket, after: i64) -> Result<Vec<String>> {
    let (floor, _) = log::bounds(app, source).await?;
    let oldest = floor.max(socket.joined_seq - REPLAY_LIMIT as i64);
    let batch = source.read(app, after.max(oldest), REPLAY_LIMIT as i64).await?;
    let events = batch.events.iter().filter(|event| event.seq <= socket.joined_seq);
    Ok(protocol::replay(source, &socket.listener, events))
}
