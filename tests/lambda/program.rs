//! Deployed programs as Lambda runs them.

use std::{path::PathBuf, process::Command, sync::LazyLock};

use muster::lambda_runtime_api::{Outcome, RuntimeApi};
use serde_json::Value;
use tokio::process::Child;

/// Built once for all tests, with the packages that `cargo tests` builds, so that no dependency is built anew.
static PROGRAMS: LazyLock<PathBuf> = LazyLock::new(build);

/// The programs that the tests run.
const NAMES: [&str; 5] =
    ["muster", "rotc-auth", "rotc-realtime-socket", "rotc-worker-image", "rotc-worker-schedule"];

/// Where the programs are.
pub async fn folder() -> PathBuf {
    tokio::task::spawn_blocking(|| PROGRAMS.clone()).await.expect("the programs are built")
}

/// A running function and the Runtime API it asks for work.
pub struct Function {
    pub api: RuntimeApi,
    _process: Child,
}

impl Function {
    /// Starts `rotc-auth` with these variables, and waits until it asks for work.
    pub async fn started(variables: &[(&str, &str)]) -> Self {
        Self::program("rotc-auth", variables).await
    }

    /// The same with another of the programs.
    pub async fn program(name: &str, variables: &[(&str, &str)]) -> Self {
        let program = folder().await.join(name);
        let api = RuntimeApi::start().await.expect("a free port");
        let process = api.launch(&program, variables).expect("the program starts");
        api.first_poll().await;
        Self { api, _process: process }
    }

    /// Its answer to an event.
    pub async fn answer(&self, event: &Value) -> Value {
        match self.api.invoke(event).await {
            Some(Outcome::Answered(answer)) => answer,
            other => panic!("{other:?} to {event}"),
        }
    }
}

/// The JSON inside an answer.
#[track_caller]
pub fn body(answer: &Value) -> Value {
    let text = answer["body"].as_str().unwrap_or_else(|| panic!("no text in {answer}"));
    serde_json::from_str(text).unwrap_or_else(|_| panic!("not JSON: {answer}"))
}

fn build() -> PathBuf {
    // .../target/<profile>/deps/lambda-<hash>
    let test = std::env::current_exe().expect("the test's own path");
    let profile = test.ancestors().nth(2).expect("the folder of the profile");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet"]);
    for name in NAMES {
        cargo.args(["--bin", name]);
    }
    for package in ["rotc", "muster", "shared", "documents", "tests"] {
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
