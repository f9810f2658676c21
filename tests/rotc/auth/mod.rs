//! Signing in and out, and what a user keeps about themselves.

mod admin_profile;
mod identifiers;
mod known_sessions;
mod limits;
mod linking;
mod passwords;
mod registration;
mod self_service;
mod sessions;
