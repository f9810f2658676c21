//! What is said of variables elsewhere is what `docs/configuration.md` says.

use std::{collections::BTreeSet, fs, path::Path};

use regex::Regex;
use shared::config::{OF_MUSTER, PARTS, is_described};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository")
}

fn sources(folder: &Path, texts: &mut Vec<String>) {
    for path in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            sources(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(fs::read_to_string(&path).expect("a source file"));
        }
    }
}

/// The first group of a pattern wherever it is found.
fn found(pattern: &str, texts: &[String]) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).expect("a pattern");
    texts.iter().flat_map(|text| pattern.captures_iter(text)).map(|found| found[1].to_owned()).collect()
}

#[test]
fn variables_that_only_muster_reads_are_described_and_described_ones_are_read() {
    let mut texts = Vec::new();
    sources(&root().join("local-dev/src"), &mut texts);
    let read = found(r#"(?:env::var(?:_os)?|\bvariable)\("([A-Z_]+)""#, &texts);

    let unknown: Vec<_> = read.iter().filter(|name| !is_described(name)).collect();
    assert!(unknown.is_empty(), "describe these in shared/src/config/variables.rs: {unknown:?}");
    let own = PARTS.iter().filter(|part| part.title == OF_MUSTER).flat_map(|part| part.variables);
    let unread: Vec<_> = own.map(|variable| variable.name).filter(|name| !read.contains(*name)).collect();
    assert!(unread.is_empty(), "nothing reads these: {unread:?}");
}

#[test]
fn readme_names_only_variables_that_are_described() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let rows: Vec<String> =
        readme.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect();
    let named = found(r"`([A-Z][A-Z_]{3,})`", &rows);
    assert!(named.len() > 30, "the table is found");

    let unknown: Vec<_> = named.iter().filter(|name| !is_described(name)).collect();
    assert!(unknown.is_empty(), "no program reads these: {unknown:?}");
}
