//! Live events, as event streams and over WebSockets.

mod browser;
mod delivery;
mod gateway;
mod limits;
mod sockets;
mod sockets_of_the_gateway;
mod streams;

use serde_json::json;
use tests::{Cadet, EventStream, TestApp};

/// The stream of the existing client.
const EVENTS: &str = "/api/attendance/events";

/// A system that holds its streams open.
async fn live() -> TestApp {
    TestApp::with(|config| {
        config.realtime.held = true;
        config.database.pool_size = 4;
    })
    .await
}

/// A second process on the database of `first`.
async fn beside(first: &TestApp) -> TestApp {
    first
        .twin(|config| {
            config.realtime.held = true;
            config.database.pool_size = 4;
        })
        .await
}

/// Opens a stream and reads its greeting.
async fn greeted(mut stream: EventStream) -> EventStream {
    assert_eq!(stream.parts.status, 200);
    assert_eq!(stream.data().await["type"], "connected");
    stream
}

/// An admin gives a cadet merits.
async fn praise(app: &TestApp, cadet: &Cadet, points: i32) {
    let body = json!({ "cadetId": cadet.id, "type": "merit", "points": points, "reason": "Drill" });
    app.as_admin().post("/api/admin/merit-logs", body).await.is(200);
}

/// Stores an event as a change does, and nothing else.
async fn publish(app: &TestApp, kind: &str, payload: serde_json::Value) {
    app.execute("INSERT INTO sync_events (event_type, payload) VALUES ($1, $2)", &[&kind, &payload]).await;
}
