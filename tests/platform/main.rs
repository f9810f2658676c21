//! Tests of what every system stands on, independent of any one of them.

mod auth;
mod circles;
mod connections;
mod heartbeat;
mod http;
mod library;
mod migrations;
mod pooler;
mod realtime;
mod schema;
mod statements;
mod tenancy;
mod versions;
mod vocabulary;
mod workspace;
