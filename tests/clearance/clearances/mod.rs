//! Requests from the first to the last state.

mod closing;
mod offices;
mod races;
mod reading;
mod requesting;
