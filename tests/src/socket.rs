//! The system on a port, and WebSockets to it.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use http::Method;
use serde_json::Value;
use shared::system::System;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::{TestApp, exercised, stream::PATIENCE};

/// The system on a port of this machine; it ends with the value.
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    system: &'static System,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl TestApp {
    /// Serves the system on a free port.
    pub async fn serve(&self) -> Listening {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let router = self.router.clone();
        let server =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("the server runs") });
        Listening { system: self.system, address, server }
    }
}

impl Listening {
    /// A WebSocket to this path and query.
    pub async fn socket(&self, path: &str) -> Socket {
        let connected = connect_async(format!("ws://{}{path}", self.address)).await;
        let (socket, _) = connected.expect("the socket opens");
        exercised::note(self.system, &Method::GET, path.split('?').next().unwrap_or_default());
        Socket(socket)
    }
}

/// An open WebSocket.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Sends a text.
    pub async fn say(&mut self, text: impl ToString) {
        self.0.send(Message::text(text.to_string())).await.expect("the socket takes it");
    }

    /// Sends a text, and tells whether the socket still took it.
    pub async fn try_say(&mut self, text: impl ToString) -> bool {
        self.0.send(Message::text(text.to_string())).await.is_ok()
    }

    /// The next message, without pings; the error is the code the socket was closed with (0 without any).
    pub async fn next(&mut self) -> Result<Value, u16> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("something comes");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    /// The next message.
    #[track_caller]
    pub fn message(&mut self) -> impl Future<Output = Value> + use<'_> {
        let caller = std::panic::Location::caller();
        async move {
            self.next().await.unwrap_or_else(|code| panic!("closed with {code}, waited for at {caller}"))
        }
    }
}
