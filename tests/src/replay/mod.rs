//! Recorded exchanges, sent again: what the replays of all systems need.

mod matcher;
mod variables;

pub use matcher::{Matcher, equal, fits_text, sort_list};
pub use variables::{Variables, fill, fill_text, plain};
