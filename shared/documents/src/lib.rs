//! Files that people send and download. Knows nothing of the systems: it gets values and returns bytes.

mod archive;
mod csv;
pub mod pdf;
pub mod picture;
pub mod read;
pub mod scan;
pub mod upload;
mod xlsx;

pub use archive::{Archive, ArchiveError, ZIP};
pub use csv::{BYTE_ORDER_MARK, csv_rows};
pub use xlsx::{Cell, Column, Sheet, XlsxError};
