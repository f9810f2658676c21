//! The one cluster all test binaries share.

use std::io;
use std::path::PathBuf;

use tokio::sync::OnceCell;

use super::{Cluster, Options, Purpose};
use crate::test_programs;

/// The shared cluster of the tests, started by whichever test comes first.
///
/// It lives in the build directory (`target/muster-test-pg`), so each working copy has its own and `cargo clean` removes
/// it. Every test process joins it by holding a shared file lock until it ends; nobody has to stop it: the watchdog stops
/// the server a few seconds after the last process has ended, however it ended. Between the binaries of one `cargo tests`
/// it therefore stays, afterwards nothing is left running. Databases persist, so a template made by one run serves the
/// next; remove the directory to begin anew.
pub async fn test_cluster() -> io::Result<&'static Cluster> {
    static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
    CLUSTER
        .get_or_try_init(|| async {
            // Only PostgreSQL is needed here, and it is fetched where it cannot be installed.
            if let Err(advice) = tokio::task::spawn_blocking(test_programs::ensure).await? {
                eprintln!("{advice}");
            }
            let options = Options {
                data_dir: build_directory()?.join("muster-test-pg"),
                port: None,
                purpose: Purpose::Tests,
            };
            Cluster::start(options, &|step| tracing::info!("{step}")).await
        })
        .await
}

/// Cargo marks its build directory with this file; the test binary lies somewhere below.
fn build_directory() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let found = program.ancestors().find(|directory| directory.join("CACHEDIR.TAG").is_file());
    Ok(found.map_or_else(std::env::temp_dir, PathBuf::from))
}
