//! The layers around every route: bodies, tokens, headers, paths, failures.

mod bodies;
mod failures;
mod headers;
mod health;
mod paths;
pub mod sample;
mod tokens;
