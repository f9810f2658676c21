//! How this system refuses, in the words that its clients know.

use shared::{
    Error,
    error::{Kind, forbidden, invalid, not_found},
};

/// What only administrators may.
pub const ADMINS_ONLY: &str = "You must be an administrator to perform this action.";

/// What only those may who decide on approvals.
pub const DECIDERS_ONLY: &str = "You do not have permission to approve this clearance.";

/// 403 by the default text.
pub const NOT_PERMITTED: &str = "You do not have permission to perform this action.";

/// 400 `{"error": ".."}`, beside what every error has.
pub fn fault(text: impl Into<String>) -> Error {
    let text = text.into();
    invalid("invalid", text.clone()).with("error", text)
}

/// 403 `{"error": ".."}`, beside what every error has.
pub fn refused(text: &str) -> Error {
    forbidden(text).with("error", text)
}

/// 409 `{"error": ".."}`, beside what every error has.
pub fn conflicting(text: &str) -> Error {
    Error::new(Kind::Conflict, "conflict", text).with("error", text)
}

/// 404 of a row that is not there, or that the caller may not see.
pub fn unknown() -> Error {
    not_found("Not found.")
}
