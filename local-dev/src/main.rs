//! `muster`: starts the systems, and everything else one does with them on one machine.

use std::process::ExitCode;

use clap::Parser;
use muster::{cli::Cli, systems::SYSTEMS};

#[tokio::main]
async fn main() -> ExitCode {
    // Variables of a file `.env` in the working directory; those of the process win.
    dotenvy::dotenv().ok();
    match Cli::parse().run(SYSTEMS).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muster: {error}");
            ExitCode::FAILURE
        }
    }
}
