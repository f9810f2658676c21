//! What is said over a socket besides events.

use serde_json::{Value, json};

/// Events that one `replay_request` gets at most.
pub const REPLAYED: usize = 50;

/// Closed because the token does not hold, or its session has ended.
pub const CLOSE_NO_TOKEN: u16 = 4001;

/// Closed because of anything else.
pub const CLOSE_ERROR: u16 = 4000;

/// What a client wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// To hear its own words back, as a sign of life.
    Ping(Value),
    /// What happened after this event.
    Replay(i64),
    /// Something we do not understand, with the words to answer.
    Unclear(String),
}

/// Reads what a client has sent.
pub fn understand(text: &str) -> Asked {
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

/// The first message. `event_id` is the newest event: where a client goes on from that gets no other.
pub fn established(user_id: i32, role: &str, position: i64) -> String {
    json!({
        "type": "connection_established", "message": "WebSocket connection established",
        "user_id": user_id, "role": role, "event_id": position,
    })
    .to_string()
}

/// The answer to a ping.
pub fn pong(timestamp: &Value) -> String {
    json!({ "type": "pong", "timestamp": timestamp }).to_string()
}

/// The end of a replay.
pub fn replay_complete(count: usize) -> String {
    json!({ "type": "replay_complete", "count": count }).to_string()
}

/// What went wrong, for the client.
pub fn error(message: &str) -> String {
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
