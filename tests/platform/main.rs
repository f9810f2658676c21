//! Tests of what every system stands on, independent of any one of them.

mod auth;
mod connections;
mod http;
mod pooler;
