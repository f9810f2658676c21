//! The program `muster`: every system as one ordinary server on one machine, with the parts it needs embedded.

pub mod bench;
pub mod files;
pub mod frontend;
pub mod lambda_runtime_api;
pub mod legacy;
pub mod postgres;
pub mod template;
