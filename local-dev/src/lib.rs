//! The program `muster`: every system as one ordinary server on one machine, with the parts it needs embedded.

pub mod admin;
pub mod bench;
pub mod cli;
mod connections;
pub mod database;
pub mod demo;
pub mod development;
pub mod doctor;
pub mod files;
pub mod frontend;
pub mod imitations;
pub mod lambda_runtime_api;
pub mod legacy;
pub mod outbox;
pub mod parts;
pub mod passwords;
pub mod postgres;
pub mod serve;
pub mod systems;
pub mod template;
pub mod test_programs;
pub mod welcome;

/// Any error of a command: it ends in front of a person.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
