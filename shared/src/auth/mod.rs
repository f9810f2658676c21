//! Signing in: passwords, tokens, sessions, and the limits against guessing.
//!
//! A session is a row that can be revoked; the token names it. A system's `access.rs` loads the person
//! behind a session together with the session in one query.

pub mod data_key;
pub(crate) mod installation_key;
pub mod known;
pub mod lockout;
pub mod one_time;
pub mod password;
pub mod policy;
pub mod principal;
pub mod rate_limit;
pub mod second_factor;
pub mod session;
pub mod token;

use sha2::{Digest, Sha256};

/// SHA-256 of a secret: what the database keeps instead of it.
fn fingerprint(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
