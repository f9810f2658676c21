//! Which operations of the API the tests have called with success, for the check that none is left out.
//!
//! Every test process writes its own list below the build directory; the binary `zz_coverage` runs after the others and
//! reads that of `rotc`.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write,
    path::PathBuf,
    sync::{LazyLock, Mutex},
};

use http::Method;
use serde_json::Value;

/// First line of the list when the run was asked for some tests only.
pub const PARTIAL: &str = "(some tests only)";

/// Every operation of the API as (`GET`, `/api/cadets/{id}`).
pub fn operations() -> Vec<(String, String)> {
    let document = serde_json::to_value(shared::http::openapi::document(&rotc::SYSTEM));
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

/// Remembers a request that was answered with success.
pub(crate) fn note(method: &Method, path: &str) {
    static LIST: LazyLock<Mutex<List>> = LazyLock::new(|| Mutex::new(List::begin()));
    let Some(operation) = operation(method, path) else { return };
    LIST.lock().expect("no test thread panicked").add(operation);
}

struct List {
    known: BTreeSet<String>,
    file: File,
}

impl List {
    fn begin() -> Self {
        let name = std::env::current_exe().ok().and_then(|path| {
            let stem = path.file_stem()?.to_string_lossy().into_owned();
            Some(stem.rsplit_once('-').map_or(stem.clone(), |(name, _)| name.to_owned()))
        });
        let path = list_of(&name.unwrap_or_default());
        let mut file = File::create(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let narrowed = ["--skip", "--ignored", "--exact"];
        if std::env::args().skip(1).any(|arg| !arg.starts_with('-') || narrowed.contains(&&*arg)) {
            writeln!(file, "{PARTIAL}").expect("the list can be written");
        }
        Self { known: BTreeSet::new(), file }
    }

    fn add(&mut self, operation: String) {
        if self.known.insert(operation.clone()) {
            writeln!(self.file, "{operation}").expect("the list can be written");
        }
    }
}

/// The operation a request calls; a fixed segment wins over a variable one.
fn operation(method: &Method, path: &str) -> Option<String> {
    static OPERATIONS: LazyLock<Vec<(String, String)>> = LazyLock::new(operations);
    let path = path.strip_prefix("/api/v1").map_or_else(|| path.to_owned(), |rest| format!("/api{rest}"));
    let path = path.trim_end_matches('/').to_lowercase();
    let fits = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len()
            && template.iter().zip(&path).all(|(want, got)| want.starts_with('{') || want == got)
    };
    let fitting = OPERATIONS.iter().filter(|(verb, template)| *verb == method.as_str() && fits(template));
    let best = fitting.min_by_key(|(_, template)| template.matches('{').count());
    best.map(|(verb, template)| format!("{verb} {template}"))
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
