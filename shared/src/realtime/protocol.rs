//! What is said over sockets and event streams.

use axum::extract::ws::Utf8Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Event, Listener, Source};

/// Events that one `replay_request` gets at most.
const REPLAYED: usize = 50;

/// What a client wants.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// To hear its own words back, as a sign of life.
    Ping(Value),
    /// What happened after this event.
    Replay(i64),
    /// Something we do not understand, with the words to answer.
    Unclear(String),
}

/// Reads what a client has sent.
pub(super) fn understand(text: &str) -> Asked {
    let Ok(message) = serde_json::from_str::<Value>(text) else {
        return Asked::Unclear("Invalid JSON format".to_owned());
    };
    match message["type"].as_str() {
        Some("ping") => Asked::Ping(message["timestamp"].clone()),
        Some("replay_request") => match number(&message["last_event_id"]) {
            Some(after) => Asked::Replay(after),
            None => Asked::Unclear("last_event_id must be a number".to_owned()),
        },
        Some(kind) => {
            let kind: String = kind.chars().take(100).collect();
            Asked::Unclear(format!("Unknown message type: {kind}"))
        }
        None => Asked::Unclear("Unknown message type: None".to_owned()),
    }
}

/// A number from 0, also written as text; nothing counts as 0, from the beginning.
fn number(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Null => Some(0),
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    };
    number.filter(|number| *number >= 0)
}

/// An event in a stream: its number, if a client may go on from it, and its JSON.
pub fn frame(seq: Option<i64>, body: &impl Serialize) -> String {
    let id = seq.map(|seq| format!("id: {seq}\n")).unwrap_or_default();
    // Maps of texts and numbers always become JSON.
    let json = serde_json::to_string(body).unwrap_or_default();
    format!("{id}data: {json}\n\n")
}

/// An event in a socket.
pub fn message(seq: i64, kind: &str, data: &Value) -> Utf8Bytes {
    json!({ "type": kind, "data": data, "event_id": seq }).to_string().into()
}

/// The first message. `event_id` is the newest event: where a client goes on from that gets no other.
pub(super) fn established(listener: &Listener, position: i64) -> String {
    // As its system writes it: a number, or a text.
    let user_id = listener.user.parse::<i64>().map_or_else(|| listener.user.as_str().into(), Value::from);
    json!({
        "type": "connection_established", "message": "WebSocket connection established",
        "user_id": user_id, "role": listener.role, "event_id": position,
    })
    .to_string()
}

/// What a listener gets that asks what it missed: the oldest of these events, and the end.
pub(super) fn replay<'a>(
    source: &dyn Source,
    listener: &Listener,
    events: impl Iterator<Item = &'a Event>,
) -> Vec<String> {
    let missed = events.flat_map(|event| event.messages(listener)).take(REPLAYED);
    let missed = missed.map(|text| serde_json::from_str(text).unwrap_or_default());
    let mut messages: Vec<String> = missed.map(|message| source.replayed(message).to_string()).collect();
    messages.push(json!({ "type": "replay_complete", "count": messages.len() }).to_string());
    messages
}

/// The answer to a ping.
pub(super) fn pong(timestamp: &Value) -> String {
    json!({ "type": "pong", "timestamp": timestamp }).to_string()
}

/// What went wrong, for the client.
pub(super) fn error(message: &str) -> String {
    json!({ "type": "error", "message": message }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_what_was_not_understood() {
        let unclear = |text: &str| match understand(text) {
            Asked::Unclear(words) => words,
            other => panic!("{other:?}"),
        };
        assert_eq!(unclear("{"), "Invalid JSON format");
        assert_eq!(unclear(r#"{"type":"dance"}"#), "Unknown message type: dance");
        assert_eq!(unclear("[]"), "Unknown message type: None");
        assert_eq!(
            unclear(r#"{"type":"replay_request","last_event_id":"x"}"#),
            "last_event_id must be a number"
        );
        assert_eq!(understand(r#"{"type":"replay_request","last_event_id":"7"}"#), Asked::Replay(7));
        assert_eq!(understand(r#"{"type":"ping","timestamp":5}"#), Asked::Ping(5.into()));
    }
}
