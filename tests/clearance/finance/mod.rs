//! The fee: claims, what verifies them, and what the finance office changes.

mod claims;
mod records;
