//! The program `muster` that also knows the library of the tests.

use std::process::ExitCode;

use clap::Parser;
use muster::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run(tests::SYSTEMS).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muster: {error}");
            ExitCode::FAILURE
        }
    }
}
