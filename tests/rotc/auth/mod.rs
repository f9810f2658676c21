//! Signing in and out, and what a user keeps about themselves.

mod identifiers;
mod limits;
mod passwords;
mod registration;
mod self_service;
mod sessions;
mod settings;
