//! Measurements of what users and bills notice.

pub mod cold_start;
