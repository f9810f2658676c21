//! WebSockets that this server holds itself.

use std::time::{Duration, Instant};

use axum::{
    extract::{
        FromRequestParts, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use http::{header, request::Parts};

use super::{
    Event, Listener, Signal, Source, Subscription,
    protocol::{self, Asked},
};
use crate::{
    App, Error, Result,
    auth::principal::{self, Principal},
    error::{Kind, invalid},
};

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

/// Closed because the token does not hold, or its session has ended.
const CLOSE_NO_TOKEN: u16 = 4001;

/// Closed because the client takes more than its share.
const CLOSE_POLICY: u16 = 1008;

/// Closed because of anything else.
const CLOSE_ERROR: u16 = 4000;

/// Where the token of a socket is looked for. Cookies do not count: pages of other sites can open sockets.
const TOKEN: &[principal::Source] = &[principal::Source::Query("token"), principal::Source::Header];

/// Whoever opens a WebSocket, by `?token=` or header. A socket is opened for a stranger too, who is told by the code it is
/// closed with; any other request is refused.
#[derive(Clone, Debug)]
pub struct Caller<P>(pub Option<P>);

impl<P: Principal> FromRequestParts<App> for Caller<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        if parts.headers.contains_key(header::SEC_WEBSOCKET_KEY) {
            principal::optional(app, parts, TOKEN).await.map(Self)
        } else {
            principal::required(app, parts, TOKEN).await.map(|caller| Self(Some(caller)))
        }
    }
}

/// Opens a WebSocket of this server and speaks with its client until one of them ends it. A stranger's is closed with 4001.
pub fn serve_socket(
    app: App,
    source: &'static dyn Source,
    listener: Option<Listener>,
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
        let (code, reason) = match listener {
            Some(listener) => converse(&mut socket, &app, source, listener).await,
            None => (CLOSE_NO_TOKEN, "no valid token"),
        };
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
const TOO_MANY: End = (CLOSE_POLICY, "too many connections");
const TOO_OFTEN: End = (CLOSE_POLICY, "too many messages");

async fn converse(socket: &mut WebSocket, app: &App, source: &'static dyn Source, listener: Listener) -> End {
    let subscription = match app.hub.subscribe(app, source, Some(listener.clone()), None).await {
        Ok(subscription) => subscription,
        Err(error) if error.kind() == Kind::TooManyRequests => return TOO_MANY,
        Err(error) => {
            tracing::error!(%error, "a socket could not be opened");
            return (CLOSE_ERROR, "Internal server error");
        }
    };
    let greeting = protocol::established(&listener, subscription.position);
    let mut talk =
        Talk { socket, source, subscription, listener, silent_beats: 0, allowance: Allowance::new() };
    match talk.say(greeting).await {
        Ok(()) => talk.until_it_ends().await,
        Err(end) => end,
    }
}

/// A conversation with one client.
struct Talk<'a> {
    socket: &'a mut WebSocket,
    source: &'static dyn Source,
    subscription: Subscription,
    listener: Listener,
    silent_beats: u32,
    allowance: Allowance,
}

/// Messages that a client may send.
struct Allowance {
    left: f64,
    since: Instant,
}

impl Allowance {
    /// At once, and again each second.
    const BURST: f64 = 60.0;
    const PER_SECOND: f64 = 10.0;

    fn new() -> Self {
        Self { left: Self::BURST, since: Instant::now() }
    }

    /// Counts a message; false when it is one too many.
    fn take(&mut self) -> bool {
        let passed = std::mem::replace(&mut self.since, Instant::now()).elapsed().as_secs_f64();
        self.left = (self.left + passed * Self::PER_SECOND).min(Self::BURST) - 1.0;
        self.left >= 0.0
    }
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
        if self.subscription.is_dismissed() {
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
        let messages: Vec<Utf8Bytes> = event.messages(&self.listener).cloned().collect();
        for message in messages {
            self.send(Message::Text(message)).await?;
        }
        Ok(())
    }

    async fn answer(&mut self, message: Message) -> Result<(), End> {
        self.silent_beats = 0;
        // Pongs are what we have asked for.
        if !matches!(message, Message::Pong(_)) && !self.allowance.take() {
            return Err(TOO_OFTEN);
        }
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
        let events = events.iter().map(AsRef::as_ref);
        for message in protocol::replay(self.source, &self.listener, events) {
            self.say(message).await?;
        }
        Ok(())
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
