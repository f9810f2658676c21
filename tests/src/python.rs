//! Programs from the Python package index, for tests that need them.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::Command,
};

/// The folder of a virtual environment with these packages, made at the first use beside what cargo builds. Whoever comes
/// second waits.
pub fn environment(name: &str, packages: &[&str]) -> PathBuf {
    muster::test_programs::ensure().unwrap_or_else(|advice| panic!("{advice}"));
    // .../target/<profile>/deps/rotc-<hash>
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test.ancestors().nth(3).expect("the folder of all builds").join(name);
    fs::create_dir_all(&folder).expect("a folder for the environment");
    let lock = File::create(folder.join("lock")).expect("a lock");
    lock.lock().expect("the lock can be taken");
    let (python, ready) = (folder.join("bin/python"), folder.join("ready"));
    let wanted = packages.join(" ");
    if fs::read_to_string(&ready).ok().as_deref() != Some(&wanted) {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        run(Command::new(&python).args(pip).args(packages));
        fs::write(&ready, wanted).expect("a note");
    }
    folder
}

fn run(command: &mut Command) {
    let advice = "Some tests need the Python package index for their first run";
    let output = command.output().unwrap_or_else(|error| panic!("{advice}: {command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{advice}: {command:?}: {errors}");
}
