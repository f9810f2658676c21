//! Logs: one JSON object a line.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Starts logging for this process: JSON lines (Lambda, production) or readable lines (a terminal).
///
/// `RUST_LOG` chooses what is logged (default `info`). Calling it twice is harmless.
pub fn start(json: bool) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,aws=warn,s3s=warn"));
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
