//! The files that are written from the groups of each system, so that no function, address or right is kept twice:
//! the template of each system for Amazon, the addresses of `cargo lambda watch`, the program of a new group, and the pages
//! that list every variable and every job.

mod function;
mod main_program;
mod nested;
mod pages;
mod router;

use std::{
    io,
    path::{Path, PathBuf},
};

use shared::system::System;

use crate::systems::SYSTEMS;

pub use function::binaries;
pub use nested::nested;
pub use router::watch_router;

#[cfg(test)]
mod tests;

/// Every system there is.
fn systems() -> Vec<&'static System> {
    SYSTEMS.iter().map(|(system, _)| *system).collect()
}

/// Writes the generated files below `root` that are not up to date, and answers which.
pub fn write_all(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for (path, text) in generated(root)? {
        if read_if_there(&path)?.as_deref() != Some(text.as_str()) {
            std::fs::write(&path, text)?;
            written.push(path);
        }
    }
    for system in systems() {
        for group in system.groups {
            let program = binary_path(root, system, &function::group_binary(system, group));
            // Only what is missing: its one sentence may since have been written better by hand.
            if !program.exists() {
                std::fs::write(&program, main_program::of_group(system, group))?;
                written.push(program);
            }
        }
    }
    Ok(written)
}

/// What is wrong with the generated files and the programs below `root`, one sentence each that says what to do.
pub fn check_all(root: &Path) -> io::Result<Vec<String>> {
    let mut problems = Vec::new();
    for (path, text) in generated(root)? {
        if read_if_there(&path)?.as_deref() != Some(text.as_str()) {
            let path = path.strip_prefix(root).unwrap_or(&path).display();
            problems.push(format!("{path} is not up to date: run `muster template`"));
        }
    }
    for system in systems() {
        problems.extend(bins_missing(root, system)?);
    }
    Ok(problems)
}

/// The functions of `system` without a program in its `src/bin`, and the programs without a function.
pub fn bins_missing(root: &Path, system: &System) -> io::Result<Vec<String>> {
    let wanted: Vec<PathBuf> =
        binaries(system).iter().map(|binary| binary_path(root, system, binary)).collect();
    let mut there = Vec::new();
    for entry in std::fs::read_dir(binary_path(root, system, "").with_file_name(""))? {
        there.push(entry?.path());
    }
    let name = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    let missing = wanted.iter().filter(|path| !there.contains(path));
    let missing = missing.map(|path| {
        format!("{} is missing: run `muster template`, or write it if it is a worker's", name(path))
    });
    let spare = there.iter().filter(|path| !wanted.contains(path));
    let spare = spare.map(|path| format!("{} belongs to no group or worker: remove it", name(path)));
    Ok(missing.chain(spare).collect())
}

fn binary_path(root: &Path, system: &System, binary: &str) -> PathBuf {
    root.join("functions").join(system.name).join("src/bin").join(format!("{binary}.rs"))
}

/// Every generated file with the text it should have.
fn generated(root: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let template =
        |system: &&System| (root.join("functions").join(system.name).join("template.yaml"), nested(system));
    let mut files: Vec<_> = systems().iter().map(template).collect();
    for system in systems() {
        let manifest = root.join("functions").join(system.name).join("Cargo.toml");
        let text = watch_router(&std::fs::read_to_string(&manifest)?, system).map_err(io::Error::other)?;
        files.push((manifest, text));
    }
    files.push((root.join("docs/configuration.md"), pages::configuration()));
    files.push((root.join("docs/jobs.md"), pages::jobs(&systems())));
    Ok(files)
}

fn read_if_there(path: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}
