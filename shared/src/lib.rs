//! What the functions of every Muster system share: configuration, HTTP, database, sign-in, files, mail.
//!
//! A system (`functions/<name>`) describes itself with [`system::System`] and writes handlers over
//! [`app::App`]; this crate runs them as Lambda functions ([`lambda`]) or inside one server ([`http::service`]).

mod alarm;
pub mod app;
pub mod auth;
pub mod aws;
pub mod budget;
pub mod cache;
pub mod certificates;
pub mod clock;
pub mod config;
pub mod db;
pub mod drf;
pub mod error;
pub mod files;
pub mod http;
pub mod ids;
pub mod imports;
pub mod jobs;
pub mod lambda;
pub mod mail;
pub mod metrics;
pub mod ocr;
pub mod outbound;
pub mod push;
pub mod queue;
pub mod realtime;
pub mod redis;
pub mod reports;
pub mod system;
pub mod telemetry;
pub mod text;

pub use app::App;
pub use error::{Error, Result};
