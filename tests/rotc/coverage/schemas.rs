use std::{collections::BTreeMap, fs};

use regex::Regex;

use tests::sources::{place, repository, sources};

/// The document of a system has one place for each name: of two types with one name it would show either in place of both.
#[test]
fn no_two_types_of_the_documentation_share_a_name() {
    let declared = Regex::new(
        r"#\[derive\([^)]*\bToSchema\b[^)]*\)\](?:\s*(?:#\[[^\]]*\]|//[^\n]*))*\s*(?:pub(?:\([^)]*\))? )?(?:struct|enum) (\w+)",
    );
    let declared = declared.expect("a pattern");
    let files = [sources(&repository("functions/rotc/src")), sources(&repository("shared/src"))].concat();
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("a source file");
        for found in declared.captures_iter(&text) {
            places.entry(found[1].to_owned()).or_default().push(place(file));
        }
    }
    assert!(places.len() > 100, "the types are found");
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "name these types apart: {places:#?}");
}
