//! Programs from npm, for tests that need them.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

/// A folder beside what cargo builds with the packages that `package-lock.json` of `source` names, installed at the first use.
/// Whoever comes second waits.
pub fn installed(name: &str, source: &Path) -> PathBuf {
    muster::test_programs::ensure().unwrap_or_else(|advice| panic!("{advice}"));
    // .../target/<profile>/deps/platform-<hash>
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test.ancestors().nth(3).expect("the folder of all builds").join(name);
    fs::create_dir_all(&folder).expect("a folder for the packages");
    let lock = File::create(folder.join("lock")).expect("a lock");
    lock.lock().expect("the lock can be taken");
    let wanted = fs::read(source.join("package-lock.json")).expect("the packages are locked");
    let ready = folder.join("ready");
    if fs::read(&ready).ok().as_deref() != Some(&*wanted) {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(source.join(file), folder.join(file)).expect("a copy");
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
        run(&mut npm);
        fs::write(&ready, wanted).expect("a note");
    }
    folder
}

/// Runs a program to its end, which must be a good one.
pub fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
}
