//! A gateway that holds WebSockets: its address for messages is a server of the test.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State, routing::post};
use http::StatusCode;
use serde_json::{Value, json};
use shared::{http::Path, realtime::gateway::SocketEvent};

/// The gateway's side: what was sent to each socket. Sockets whose names begin with `gone` are.
#[derive(Clone, Default)]
pub struct Gateway(Arc<Mutex<HashMap<String, Vec<Value>>>>);

impl Gateway {
    /// A gateway on a free port, and the address at which it takes messages.
    pub async fn start() -> (Self, String) {
        let gateway = Self::default();
        let routes = post(receive).delete(close);
        let router = Router::new().route("/live/@connections/{id}", routes).with_state(gateway.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}/live", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (gateway, address)
    }

    /// The messages that a socket got since this was asked last; `"closed"` for the end.
    pub fn sent(&self, id: &str) -> Vec<Value> {
        self.0.lock().expect("no test panicked here").get_mut(id).map(std::mem::take).unwrap_or_default()
    }
}

async fn receive(State(gateway): State<Gateway>, Path(id): Path<String>, body: String) -> StatusCode {
    if id.starts_with("gone") {
        return StatusCode::GONE;
    }
    let message = serde_json::from_str(&body).expect("messages are JSON");
    gateway.0.lock().expect("no test panicked here").entry(id).or_default().push(message);
    StatusCode::OK
}

async fn close(State(gateway): State<Gateway>, Path(id): Path<String>) -> StatusCode {
    gateway.0.lock().expect("no test panicked here").entry(id).or_default().push(json!("closed"));
    StatusCode::NO_CONTENT
}

/// An event of the gateway (`connect`), from its file, about the socket `id`.
pub fn socket_event(name: &str, id: &str, change: impl FnOnce(&mut Value)) -> SocketEvent {
    let file = format!("{}/lambda/sockets/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut event: Value = serde_json::from_str(&text).expect("JSON");
    event["requestContext"]["connectionId"] = id.into();
    change(&mut event);
    SocketEvent::read(serde_json::from_value(event).expect("an event of the gateway"))
        .expect("the event is understood")
}
