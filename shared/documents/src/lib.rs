//! Documents that people download. Knows nothing of the systems: it gets values and returns bytes.

mod xlsx;

pub use xlsx::{Cell, Column, Sheet, XlsxError};
