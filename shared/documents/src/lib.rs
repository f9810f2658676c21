//! Files that people send and download. Knows nothing of the systems: it gets values and returns bytes.

pub mod picture;
pub mod upload;
mod xlsx;

pub use xlsx::{Cell, Column, Sheet, XlsxError};
