//! The folders of a system form no circle: whoever reads one need not know those that build on it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use syn::{UseTree, visit::Visit};
use tests::sources::{repository, sources};

/// Which modules of its crate a file names: `crate::name::..`, in imports and in code.
#[derive(Default)]
struct Named(BTreeSet<String>);

impl<'ast> Visit<'ast> for Named {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut segments = path.segments.iter().map(|segment| segment.ident.to_string());
        if segments.next().as_deref() == Some("crate") {
            self.0.extend(segments.next());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_use_tree(&mut self, tree: &'ast UseTree) {
        if let UseTree::Path(path) = tree
            && path.ident == "crate"
        {
            first_names(&path.tree, &mut self.0);
        }
    }
}

fn first_names(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => {
            names.insert(path.ident.to_string());
        }
        UseTree::Name(name) => {
            names.insert(name.ident.to_string());
        }
        UseTree::Rename(rename) => {
            names.insert(rename.ident.to_string());
        }
        UseTree::Group(group) => group.items.iter().for_each(|item| first_names(item, names)),
        UseTree::Glob(_) => {}
    }
}

/// The top-level modules of a crate, and which others each of them names.
fn modules(source: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut modules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in sources(source) {
        let below = path.strip_prefix(source).expect("below the source");
        let first = below.components().next().expect("a name").as_os_str();
        let module = Path::new(first).file_stem().expect("a name").to_string_lossy().into_owned();
        if ["lib", "bin"].contains(&&*module) {
            continue;
        }
        let file = syn::parse_file(&std::fs::read_to_string(&path).expect("text")).expect("Rust");
        let mut named = Named::default();
        named.visit_file(&file);
        modules.entry(module).or_default().extend(named.0);
    }
    let all: BTreeSet<String> = modules.keys().cloned().collect();
    for (module, named) in &mut modules {
        named.retain(|name| all.contains(name) && name != module);
    }
    modules
}

/// Modules that name each other, directly or over others: what is left when those without an open end are taken away.
fn circles(modules: &BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    let mut left = modules.clone();
    loop {
        let named: BTreeSet<String> = left.values().flatten().cloned().collect();
        let ends = |(name, names): (&String, &BTreeSet<String>)| {
            (names.is_empty() || !named.contains(name)).then(|| name.clone())
        };
        let gone: BTreeSet<String> = left.iter().filter_map(ends).collect();
        if gone.is_empty() {
            return left;
        }
        left.retain(|name, _| !gone.contains(name));
        left.values_mut().for_each(|names| names.retain(|name| !gone.contains(name)));
    }
}

#[test]
fn folders_of_a_system_form_no_circle() {
    let folders: Vec<PathBuf> = std::fs::read_dir(repository("functions"))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path().join("src"))
        .filter(|source| source.join("lib.rs").exists())
        .collect();
    assert!(!folders.is_empty());
    for source in folders {
        let circles = circles(&modules(&source));
        assert!(circles.is_empty(), "{}: these name each other: {circles:#?}", source.display());
    }
}

#[test]
fn circle_over_three_modules_is_found() {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let modules = BTreeMap::from([
        ("a".to_owned(), names(&["b", "leaf"])),
        ("b".to_owned(), names(&["c"])),
        ("c".to_owned(), names(&["a"])),
        ("leaf".to_owned(), names(&[])),
        ("top".to_owned(), names(&["a"])),
    ]);
    assert_eq!(circles(&modules).into_keys().collect::<Vec<_>>(), ["a", "b", "c"]);
}
