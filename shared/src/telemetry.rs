//! Logs: one JSON object a line.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Starts logging for this process: JSON lines (Lambda, production) or readable lines (a terminal).
///
/// `RUST_LOG` chooses what is logged (default `info`; where `MUSTER_ENV` says `development`, every query too). Calling it
/// twice is harmless.
pub fn start(json: bool) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(filter(is_development())));
    let registry = tracing_subscriber::registry().with(filter);
    let started = if json {
        registry
            .with(fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false))
            .try_init()
    } else {
        registry
            .with(fmt::layer().with_ansi(std::io::stdout().is_terminal()).with_target(false).compact())
            .try_init()
    };
    if started.is_err() {
        tracing::debug!("logging was already started");
    }
}

/// What is logged unless somebody says otherwise.
fn filter(development: bool) -> &'static str {
    if development { "info,shared=debug,aws=warn,s3s=warn" } else { "info,aws=warn,s3s=warn" }
}

/// Whether somebody has said so; a laptop without any setting is not told of every query. Looked for here, because the log
/// begins before the configuration can be wrong.
fn is_development() -> bool {
    std::env::var_os("MUSTER_ENV").is_some_and(|value| value == "development")
}
