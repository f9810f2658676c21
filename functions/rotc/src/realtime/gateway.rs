//! WebSockets that the gateway holds: who has one, and what they say.
//!
//! A socket cannot be spoken to while it is being opened, so the greeting comes with the first delivery, or before the
//! answer to the first message. A token that does not hold is refused with 401: there is no socket yet to be closed.

use shared::{
    App, Result,
    realtime::{
        REPLAY_LIMIT, Source, Topic,
        gateway::{Gateway, Happened, SocketEvent},
        pump_all,
    },
    row, sql,
};
use uuid::Uuid;

use super::{
    OUTBOX, audience,
    protocol::{self, Asked, REPLAYED},
};
use crate::access::{self, Role};

row! {
    /// An open socket.
    #[derive(Clone, Debug)]
    pub struct Connection {
        /// The gateway's name for it.
        pub connection_id: String,
        /// Whose it is.
        pub user_id: i32,
        /// Their role when it was opened.
        pub role: String,
        /// The cadet they are.
        pub cadet_id: Option<i32>,
        /// The session it was opened with.
        pub session: Uuid,
        /// The newest event when it was opened.
        pub joined_seq: i64,
        /// The newest event that was sent to it.
        pub seq: i64,
        /// Whether it has been greeted.
        pub greeted: bool,
    }
}

impl Connection {
    /// The groups of people its user belongs to.
    pub fn topics(&self) -> Vec<Topic> {
        Role::parse(&self.role)
            .map(|role| audience::topics(self.user_id, role, self.cadet_id))
            .unwrap_or_default()
    }

    /// The first message.
    pub fn greeting(&self) -> String {
        protocol::established(self.user_id, &self.role, self.joined_seq)
    }
}

/// Answers an event of the gateway with a status.
pub async fn handle(app: &App, event: SocketEvent) -> Result<u16> {
    match event.what {
        Happened::Opened(token) => opened(app, &event.connection_id, token.as_deref()).await,
        Happened::Closed => forget(app, &[event.connection_id]).await.map(|()| 200),
        Happened::Said(text) => said(app, &event.connection_id, &text).await,
    }
}

async fn opened(app: &App, connection_id: &str, token: Option<&str>) -> Result<u16> {
    let Some(token) = token else { return Ok(401) };
    let Some(user) = access::bearer(app, token).await? else { return Ok(401) };
    pump_all(app, &OUTBOX).await?;
    let (_, newest) = OUTBOX.bounds(app).await?;
    let insert = sql!(
        "INSERT INTO muster.ws_connections
                (connection_id, user_id, role, cadet_id, session, joined_seq, seq, connected_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ON CONFLICT (connection_id) DO NOTHING"
    );
    let role = user.role.as_str();
    let mut change = app.db.change(&user.actor()).await?;
    change
        .execute(
            insert,
            &[&connection_id, &user.id, &role, &user.cadet_id, &user.session, &newest, &app.clock.now()],
        )
        .await?;
    change.commit().await?;
    Ok(200)
}

/// Forgets sockets that are gone.
pub async fn forget(app: &App, connection_ids: &[String]) -> Result<()> {
    let delete = sql!("DELETE FROM muster.ws_connections WHERE connection_id = ANY($1)");
    let mut change = app.db.change_for_system("sockets").await?;
    change.execute(delete, &[&connection_ids]).await?;
    change.commit().await
}

async fn said(app: &App, connection_id: &str, text: &str) -> Result<u16> {
    let find = sql!(
        "SELECT connection_id, user_id, role, cadet_id, session, joined_seq, seq, greeted
         FROM muster.ws_connections WHERE connection_id = $1"
    );
    let found: Option<Connection> = app.db.read().await?.one(find, &[&connection_id]).await?;
    let Some(connection) = found else { return Ok(410) };
    let gateway = Gateway::new(&app.config)?;
    if !OUTBOX.ended(app, vec![connection.session]).await?.is_empty() {
        gateway.close(connection_id).await;
        forget(app, &[connection.connection_id]).await?;
        return Ok(401);
    }
    let mut messages =
        if first_words(app, &connection).await? { vec![connection.greeting()] } else { Vec::new() };
    match protocol::understand(text) {
        Asked::Ping(timestamp) => messages.push(protocol::pong(&timestamp)),
        Asked::Replay(after) => messages.extend(replay(app, &connection, after).await?),
        Asked::Unclear(words) => messages.push(protocol::error(&words)),
    }
    for message in messages {
        if !gateway.send(connection_id, &message).await? {
            forget(app, &[connection.connection_id]).await?;
            return Ok(410);
        }
    }
    Ok(200)
}

/// Whether the socket is still to be greeted; true for one caller only.
async fn first_words(app: &App, connection: &Connection) -> Result<bool> {
    if connection.greeted {
        return Ok(false);
    }
    let claim =
        sql!("UPDATE muster.ws_connections SET greeted = TRUE WHERE connection_id = $1 AND NOT greeted");
    let mut change = app.db.change_for_system("sockets").await?;
    let claimed = change.execute(claim, &[&connection.connection_id]).await?;
    change.commit().await?;
    Ok(claimed > 0)
}

/// What happened before the socket was opened; what came later is delivered.
async fn replay(app: &App, connection: &Connection, after: i64) -> Result<Vec<String>> {
    let (floor, _) = OUTBOX.bounds(app).await?;
    let oldest = floor.max(connection.joined_seq - REPLAY_LIMIT as i64);
    let batch = OUTBOX.after(app, after.max(oldest), REPLAY_LIMIT as i64).await?;
    let topics = connection.topics();
    let events = batch.events.iter().filter(|event| event.seq <= connection.joined_seq);
    let parts = events.flat_map(|event| &event.parts).filter(|part| part.is_for(&topics));
    let mut messages: Vec<String> =
        parts.filter_map(|part| Some(part.replayed.as_ref()?.to_string())).take(REPLAYED).collect();
    messages.push(protocol::replay_complete(messages.len()));
    Ok(messages)
}
