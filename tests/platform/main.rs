//! Tests of what every system stands on, independent of any one of them.

mod api;
mod auth;
mod circles;
mod configuration;
mod connections;
mod heartbeat;
mod http;
mod library;
mod migrations;
mod pooler;
mod realtime;
mod schema;
mod scopes;
mod statements;
mod tenancy;
mod typescript;
mod versions;
mod vocabulary;
mod workspace;
