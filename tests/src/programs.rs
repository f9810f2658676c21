//! Programs that tests run as processes of their own.

use std::{path::PathBuf, process::Command, sync::LazyLock};

/// Built once for all tests, with the packages that `cargo tests` builds, so that no dependency is built anew.
static PROGRAMS: LazyLock<PathBuf> = LazyLock::new(build);

/// The programs that the tests run.
const NAMES: [&str; 10] = [
    "any-function",
    "muster",
    "muster-and-library",
    "rotc-auth",
    "rotc-files",
    "rotc-ops",
    "rotc-realtime-socket",
    "rotc-reports",
    "rotc-worker-image",
    "rotc-worker-schedule",
];

/// Returns when the programs of others that tests run are installed.
pub async fn installed() {
    let ensured = tokio::task::spawn_blocking(muster::test_programs::ensure).await;
    ensured.expect("the look for programs ends").unwrap_or_else(|advice| panic!("{advice}"));
}

/// Where a program is.
pub async fn path(name: &str) -> PathBuf {
    assert!(NAMES.contains(&name), "say in tests/src/programs.rs that {name} is needed");
    let folder = tokio::task::spawn_blocking(|| PROGRAMS.clone()).await.expect("the programs are built");
    folder.join(name)
}

fn build() -> PathBuf {
    // .../target/<profile>/deps/<test>-<hash>
    let test = std::env::current_exe().expect("the test's own path");
    let profile = test.ancestors().nth(2).expect("the folder of the profile");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet"]);
    for name in NAMES {
        cargo.args(["--bin", name]);
    }
    for package in ["rotc", "clearance", "muster", "shared", "documents", "tests"] {
        cargo.args(["--package", package]);
    }
    // Cargo tells a test about its package in variables; build scripts would take them for a change and run again.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
        cargo.env_remove(name);
    }
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG_")) {
        cargo.env_remove(name);
    }
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let target = profile.parent().expect("the folder of all builds");
    let built = cargo
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .arg("--target-dir")
        .arg(target)
        .output()
        .expect("cargo runs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    profile.to_owned()
}
