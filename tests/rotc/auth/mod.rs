//! Signing in and out, and what a user keeps about themselves.

mod admin_profile;
mod identifiers;
mod limits;
mod passwords;
mod registration;
mod self_service;
mod sessions;
