//! Which operations of the API the tests have called with success, for the check that none is left out.
//!
//! A test process writes the list of the system that its binary is named after below the build directory; the binary
//! `zz_coverage` runs after the others and reads them.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write,
    path::PathBuf,
    sync::{LazyLock, Mutex},
};

use http::Method;
use serde_json::Value;
use shared::system::System;

use crate::{SYSTEMS, description::Description};

/// First line of the list when the run was asked for some tests only.
pub const PARTIAL: &str = "(some tests only)";

/// Every operation of the API of a system as (`GET`, `/api/items/{id}`).
pub fn operations(system: &System) -> Vec<(String, String)> {
    let document = serde_json::to_value(shared::http::openapi::document(system));
    let document = document.expect("the description is JSON");
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let methods = ["get", "post", "put", "patch", "delete", "head", "options"];
    let of_path = |(path, item): (String, Value)| {
        methods
            .into_iter()
            .filter(move |method| item.get(method).is_some())
            .map(move |method| (method.to_uppercase(), path.clone()))
    };
    paths.into_iter().flat_map(of_path).collect()
}

/// Where the list of the test binary `name` is.
pub fn list_of(name: &str) -> PathBuf {
    let program = std::env::current_exe().expect("a test has a program");
    let marked = |directory: &&std::path::Path| directory.join("CACHEDIR.TAG").is_file();
    let directory = program.ancestors().find(marked).map_or_else(std::env::temp_dir, PathBuf::from);
    directory.join(format!("exercised-{name}.txt"))
}

/// Remembers a request to a system that was answered with success, if the binary tests this system.
pub(crate) fn note(system: &System, method: &Method, path: &str) {
    static LIST: LazyLock<Option<Mutex<List>>> = LazyLock::new(|| List::begin().map(Mutex::new));
    let Some(list) = &*LIST else { return };
    let mut list = list.lock().expect("no test thread panicked");
    if list.system.name == system.name
        && let Some(operation) = Description::of(list.system).called(method, path)
    {
        list.add(format!("{} {}", operation.method, operation.path));
    }
}

struct List {
    system: &'static System,
    known: BTreeSet<String>,
    file: File,
}

impl List {
    fn begin() -> Option<Self> {
        let name = std::env::current_exe().ok().and_then(|path| {
            let stem = path.file_stem()?.to_string_lossy().into_owned();
            Some(stem.rsplit_once('-').map_or(stem.clone(), |(name, _)| name.to_owned()))
        });
        let (system, _) = SYSTEMS.iter().find(|(system, _)| Some(system.name) == name.as_deref())?;
        let path = list_of(system.name);
        let mut file = File::create(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let narrowed = ["--skip", "--ignored", "--exact"];
        if std::env::args().skip(1).any(|arg| !arg.starts_with('-') || narrowed.contains(&&*arg)) {
            writeln!(file, "{PARTIAL}").expect("the list can be written");
        }
        Some(Self { system, known: BTreeSet::new(), file })
    }

    fn add(&mut self, operation: String) {
        if self.known.insert(operation.clone()) {
            writeln!(self.file, "{operation}").expect("the list can be written");
        }
    }
}

/// The operations the binary `name` has called in its last run; the error says why that is not known.
pub fn read(name: &str) -> Result<BTreeSet<String>, String> {
    let text = fs::read_to_string(list_of(name))
        .map_err(|_| format!("the tests `{name}` have not run: run the whole `cargo tests`"))?;
    if text.starts_with(PARTIAL) {
        return Err(format!("only some of the tests `{name}` have run: run the whole `cargo tests`"));
    }
    Ok(text.lines().map(str::to_owned).collect())
}
