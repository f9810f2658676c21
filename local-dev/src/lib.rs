//! The program `muster`: every system as one ordinary server on one machine, with the parts it needs embedded.

pub mod demo;
pub mod files;
pub mod frontend;
pub mod legacy;
pub mod postgres;
