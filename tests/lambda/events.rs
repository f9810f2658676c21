//! Events as an HTTP API of API Gateway sends them (format 2.0), one file each.

use std::path::Path;

use serde_json::Value;

/// The event in `events/<name>.json`.
pub fn event(name: &str) -> Value {
    let file = folder().join(format!("{name}.json"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("{} is not there", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|problem| panic!("{name}: {problem}"))
}

/// Every event with its name.
pub fn all() -> Vec<(String, Value)> {
    let files = std::fs::read_dir(folder()).expect("the folder of the events");
    let names = files
        .flatten()
        .filter_map(|file| file.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
    names.map(|name| (name.clone(), event(&name))).collect()
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lambda/events")
}
