//! WebSockets that this server holds itself.

use std::time::Duration;

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use shared::{
    App, Result,
    error::invalid,
    realtime::{Event, Signal, Subscription, Topic},
};

use super::{
    OUTBOX,
    audience::topics_of,
    protocol::{self, Asked, CLOSE_ERROR, CLOSE_NO_TOKEN, REPLAYED},
};
use crate::access::{Caller, User};

/// Bytes of a message of a client: requests are short.
const LONGEST_MESSAGE: usize = 16 * 1024;

/// Bytes kept for reading, for each socket: there may be many.
const READ_BUFFER: usize = 2 * 1024;

/// Bytes that may wait for a client that does not read.
const WRITE_BUFFER: usize = 256 * 1024;

/// A client that does not take a message in this time is given up.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Heartbeats after which a client that answers none is given up.
const SILENT_BEATS: u32 = 2;

/// Open a WebSocket for live events
///
/// The first message is `connection_established`; then come events as `{type, data, event_id}`. A client may send
/// `ping` and `replay_request` with the `last_event_id` it knows, and gets up to 50 events it missed. Without a token
/// that holds the socket is closed with 4001.
#[utoipa::path(get, path = "/ws/updates", tag = "realtime",
    params(("token" = Option<String>, Query, description = "The token of the session")),
    responses((status = 101, description = "The socket is open")))]
pub async fn open_socket(
    Caller(user): Caller,
    State(app): State<App>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    let upgrade = upgrade.map_err(|_| invalid("upgrade_required", "This address is for WebSockets"))?;
    let upgrade = upgrade
        .max_message_size(LONGEST_MESSAGE)
        .max_frame_size(LONGEST_MESSAGE)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER);
    Ok(upgrade.on_upgrade(async move |mut socket| {
        let (code, reason) = converse(&mut socket, &app, user.as_ref()).await;
        let close = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        let closing = socket.send(Message::Close(Some(close)));
        // A client that is gone hears nothing.
        drop(tokio::time::timeout(SEND_TIMEOUT, closing).await);
    }))
}

/// Why a socket is closed: code and words.
type End = (u16, &'static str);

const GONE: End = (CLOSE_ERROR, "connection lost");
const TOO_SLOW: End = (CLOSE_ERROR, "too slow");

async fn converse(socket: &mut WebSocket, app: &App, user: Option<&User>) -> End {
    let Some(user) = user else { return (CLOSE_NO_TOKEN, "no valid token") };
    let joined = app.hub.subscribe(app, &OUTBOX, Some(user.session), None).await;
    let subscription = match joined {
        Ok(subscription) => subscription,
        Err(error) => {
            tracing::error!(%error, "a socket could not be opened");
            return (CLOSE_ERROR, "Internal server error");
        }
    };
    let mut talk = Talk { socket, subscription, topics: topics_of(user), silent_beats: 0 };
    let greeting = protocol::established(user.id, user.role.as_str(), talk.subscription.position);
    match talk.say(greeting).await {
        Ok(()) => talk.until_it_ends().await,
        Err(end) => end,
    }
}

/// A conversation with one client.
struct Talk<'a> {
    socket: &'a mut WebSocket,
    subscription: Subscription,
    topics: Vec<Topic>,
    silent_beats: u32,
}

impl Talk<'_> {
    async fn until_it_ends(&mut self) -> End {
        loop {
            let step = tokio::select! {
                signal = self.subscription.next() => match signal {
                    Some(signal) => self.pass_on(signal).await,
                    None => Err(self.farewell()),
                },
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.answer(message).await,
                    Some(Err(_)) | None => Err(GONE),
                },
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Why there are no more events.
    fn farewell(&self) -> End {
        if self.subscription.session_ended() {
            (CLOSE_NO_TOKEN, "the session has ended")
        } else if self.subscription.hub().is_stopped() {
            (1001, "the server stops")
        } else {
            TOO_SLOW
        }
    }

    async fn pass_on(&mut self, signal: Signal) -> Result<(), End> {
        match signal {
            Signal::Event(event) => self.tell(&event).await,
            Signal::Beat(_) if self.silent_beats >= SILENT_BEATS => Err(TOO_SLOW),
            Signal::Beat(_) => {
                self.silent_beats += 1;
                self.send(Message::Ping(bytes::Bytes::new())).await
            }
            Signal::Stop => Err(self.farewell()),
        }
    }

    async fn tell(&mut self, event: &Event) -> Result<(), End> {
        let parts = event.parts.iter().filter(|part| part.is_for(&self.topics));
        let messages: Vec<Utf8Bytes> = parts.filter_map(|part| part.message.clone()).collect();
        for message in messages {
            self.send(Message::Text(message)).await?;
        }
        Ok(())
    }

    async fn answer(&mut self, message: Message) -> Result<(), End> {
        self.silent_beats = 0;
        let asked = match message {
            Message::Text(text) => protocol::understand(&text),
            Message::Binary(_) => Asked::Unclear("Invalid JSON format".to_owned()),
            Message::Close(_) => return Err(GONE),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
        };
        match asked {
            Asked::Ping(timestamp) => self.say(protocol::pong(&timestamp)).await,
            Asked::Replay(after) => self.replay(after).await,
            Asked::Unclear(words) => self.say(protocol::error(&words)).await,
        }
    }

    /// What the client missed before this socket was opened; what came later it has been sent.
    async fn replay(&mut self, after: i64) -> Result<(), End> {
        let events = self.subscription.hub().recent(after, self.subscription.position);
        let parts = events.iter().flat_map(|event| &event.parts).filter(|part| part.is_for(&self.topics));
        let missed: Vec<Utf8Bytes> = parts.filter_map(|part| part.replayed.clone()).take(REPLAYED).collect();
        let count = missed.len();
        for message in missed {
            self.send(Message::Text(message)).await?;
        }
        self.say(protocol::replay_complete(count)).await
    }

    async fn say(&mut self, text: String) -> Result<(), End> {
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match tokio::time::timeout(SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(GONE),
            Err(_) => Err(TOO_SLOW),
        }
    }
}
