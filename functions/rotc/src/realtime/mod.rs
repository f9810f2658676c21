//! Live events: what the clients' pages show without being reloaded, as event streams and over WebSockets.
//!
//! A change stores events in `sync_events` (a trigger, or [`crate::events::publish`]). [`outbox`] puts them in order,
//! [`frames`] writes them as each kind of client knows them, [`audience`] says who may know them.

use shared::{
    App,
    system::{Group, Need, Sockets},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod audience;
pub mod frames;
pub mod handlers;
pub mod messages;
pub mod outbox;

pub use outbox::OUTBOX;

/// Live events.
pub const GROUP: Group = Group {
    name: "realtime",
    about: "Live events, as an event stream or over a WebSocket.",
    prefixes: &["/api/attendance/events", "/api/events", "/ws/updates"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

/// WebSockets behind the gateway, which holds them.
pub static SOCKETS: Sockets = Sockets {
    name: "realtime-socket",
    description: "Opens and closes WebSockets for live events, and answers what clients say",
    needs: &[Need::Database, Need::Sockets],
    memory_mb: 128,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::stream_client_events))
        .routes(routes!(handlers::stream_events))
        .routes(routes!(handlers::open_socket))
}
