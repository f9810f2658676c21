//! The sources of the repository, for checks that read them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use shared::system::System;

/// A path below the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Where the sources of a system are.
pub fn folder_of(system: &System) -> PathBuf {
    let own = repository(&format!("functions/{}/src", system.name));
    if own.exists() { own } else { repository(&format!("tests/src/{}", system.name)) }
}

/// Every source file below `folder`.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The names of the tests below a folder of the repository, as `cargo test` prints them.
pub fn tests_of(folder: &str) -> Vec<String> {
    let root = repository(folder);
    let mut names = Vec::new();
    for file in sources(&root) {
        let module = file.strip_prefix(&root).unwrap_or(&file).with_extension("");
        let words = module.iter().map(|word| word.to_string_lossy());
        let module: String =
            words.filter(|word| word != "mod" && word != "main").map(|word| format!("{word}::")).collect();
        let text = fs::read_to_string(&file).expect("a source can be read");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| ["#[test]", "#[tokio::test]"].contains(&pair[0])) {
            let name = pair[1].trim_start_matches("async ").strip_prefix("fn ");
            names.extend(name.and_then(|name| name.split('(').next()).map(|name| format!("{module}{name}")));
        }
    }
    names
}

/// The path below the repository.
pub fn place(file: &Path) -> String {
    file.strip_prefix(repository("")).unwrap_or(file).display().to_string()
}

/// Every `sql!("...")` of some files as (file:line, text).
pub fn statements(files: &[PathBuf]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).expect("a source can be read");
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        collect(tokens, &place(file), &mut found);
    }
    found
}

/// Looks for `sql ! ( "..." )` among all tokens, so also inside other macros.
pub fn collect(tokens: TokenStream, file: &str, found: &mut Vec<(String, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for window in tokens.windows(3) {
        let [TokenTree::Ident(name), TokenTree::Punct(bang), TokenTree::Group(group)] = window else {
            continue;
        };
        if name != "sql" || bang.as_char() != '!' {
            continue;
        }
        if let Ok(literal) = syn::parse2::<syn::LitStr>(group.stream()) {
            found.push((format!("{file}:{}", literal.span().start().line), literal.value()));
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            collect(group.stream(), file, found);
        }
    }
}
