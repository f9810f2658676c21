//! Names of types in the documentation.

use std::{collections::BTreeMap, fs};

use regex::Regex;
use shared::system::System;

use crate::sources::{folder_of, place, repository, sources};

/// The document of a system has one place for each name: of two types with one name it would show either in place of both.
pub fn types_have_names_of_their_own(system: &System) {
    let declared = Regex::new(
        r"#\[derive\([^)]*\bToSchema\b[^)]*\)\](?:\s*(?:#\[[^\]]*\]|//[^\n]*))*\s*(?:pub(?:\([^)]*\))? )?(?:struct|enum) (\w+)",
    );
    let declared = declared.expect("a pattern");
    let files = [sources(&folder_of(system)), sources(&repository("shared/src"))].concat();
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("a source file");
        for found in declared.captures_iter(&text) {
            places.entry(found[1].to_owned()).or_default().push(place(file));
        }
    }
    assert!(places.len() > 50, "the types are found");
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "name these types apart: {places:#?}");
}
