//! Passwords: bcrypt, compatible with the legacy hashes, off the async threads.

use crate::{Result, error};

/// A hash of nothing anybody knows: verified when there is no user, so that both cases take as long.
const NOBODY: &str = "$2a$10$C6UzMDM.H6dfI/f/IKcEeO7ZbN7yHcV0Hyp1q1bqXQn1bqXQn1bqa";

/// Whether `password` belongs to `hash`.
///
/// Without a hash, or with a text that is no bcrypt hash (the placeholder most legacy cadets have), the
/// answer is no, after the same time.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    let checked = move || {
        let known = hash.as_deref().filter(|hash| is_hash(hash));
        let matches = bcrypt::verify(password, known.unwrap_or(NOBODY)).unwrap_or(false);
        matches && known.is_some()
    };
    Ok(tokio::task::spawn_blocking(checked).await?)
}

/// A new hash of `password` with the given work factor.
pub async fn hash(password: String, cost: u32) -> Result<String> {
    let hashed = tokio::task::spawn_blocking(move || bcrypt::hash(password, cost)).await?;
    hashed.map_err(|cause| error::internal("a password could not be hashed").caused_by(cause))
}

/// Whether `text` is a complete bcrypt hash (`$2a$10$` and 53 characters).
pub fn is_hash(text: &str) -> bool {
    text.len() == 60 && text.starts_with("$2") && text.parse::<bcrypt::HashParts>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_legacy_hash_verifies_and_a_placeholder_never_does() {
        let legacy = bcrypt::hash("cadet123", 4).unwrap().replacen("$2b$", "$2a$", 1);
        assert!(verify("cadet123".into(), Some(legacy.clone())).await.unwrap());
        assert!(!verify("cadet124".into(), Some(legacy)).await.unwrap());
        assert!(!verify("x".into(), Some("$2a$10$DUMMYPASSWORDHASHDO_NOT_USE".into())).await.unwrap());
        assert!(!verify("x".into(), None).await.unwrap());
    }

    #[test]
    fn the_hash_of_nobody_costs_as_much_as_a_real_one() {
        assert!(is_hash(NOBODY));
    }
}
