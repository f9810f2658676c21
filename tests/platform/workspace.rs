//! What README promises of the workspace itself.

use std::process::Command;

use serde_json::Value;

/// The packages that `cargo run` looks through have more than one program, so one of them must say which it is.
#[test]
fn cargo_run_starts_muster() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(tests::sources::repository(""))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("JSON");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let by_default = list(&metadata["workspace_default_members"]);
    let packages = list(&metadata["packages"]);
    let named: Vec<&str> = packages
        .iter()
        .filter(|package| by_default.contains(&package["id"]))
        .filter_map(|package| package["default_run"].as_str())
        .collect();
    assert_eq!(named, ["muster"]);
}
