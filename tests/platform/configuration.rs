//! What is said of variables elsewhere is what `docs/configuration.md` says.

use std::{collections::BTreeSet, fs};

use regex::Regex;
use shared::config::{OF_MUSTER, PARTS, is_described};
use tests::sources::{repository, sources};

fn texts(folder: &str) -> Vec<String> {
    sources(&repository(folder)).iter().map(|file| fs::read_to_string(file).expect("a source file")).collect()
}

/// The first group of a pattern wherever it is found.
fn found(pattern: &str, texts: &[String]) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).expect("a pattern");
    texts.iter().flat_map(|text| pattern.captures_iter(text)).map(|found| found[1].to_owned()).collect()
}

#[test]
fn variables_that_only_muster_reads_are_described_and_described_ones_are_read() {
    let texts = texts("local-dev/src");
    let read = found(r#"(?:env::var(?:_os)?|\bvariable|\bnumber)\("([A-Z_]+)""#, &texts);

    let unknown: Vec<_> = read.iter().filter(|name| !is_described(name)).collect();
    assert!(unknown.is_empty(), "describe these in shared/src/config/variables.rs: {unknown:?}");
    let own = PARTS.iter().filter(|part| part.title == OF_MUSTER).flat_map(|part| part.variables);
    let unread: Vec<_> = own.map(|variable| variable.name).filter(|name| !read.contains(*name)).collect();
    assert!(unread.is_empty(), "nothing reads these: {unread:?}");
}

#[test]
fn readme_names_only_variables_that_are_described() {
    let readme = fs::read_to_string(repository("README.md")).expect("README.md");
    let rows: Vec<String> =
        readme.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect();
    let named = found(r"`([A-Z][A-Z_]{3,})`", &rows);
    assert!(named.len() > 30, "the table is found");

    let unknown: Vec<_> = named.iter().filter(|name| !is_described(name)).collect();
    assert!(unknown.is_empty(), "no program reads these: {unknown:?}");
}
